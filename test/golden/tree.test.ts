import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { type Archive, type ArchiveImage, openArchive } from "../../core/archive/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { entryAt, readTable, TarDecoder } from "../../core/tar/mod.ts";
import {
  foldLayers,
  type LayerScan,
  mergedEntries,
  problemsOf,
  scanLayer,
  usage,
} from "../../core/tree/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";

const SHARED = "../shared";
const absent = !existsSync(join(SHARED, "corpus")) && "the corpus is not beside the project";

/** One line of an expect file: an entry of a layer, or of a merged file system. */
interface Line {
  readonly kind?: string;
  readonly image: number;
  readonly layer?: number;
  readonly path: string;
  readonly pathHex?: string;
  readonly type: string;
  readonly size?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly link?: string;
  readonly sha256?: string;
  readonly engine?: boolean;
  readonly layers?: readonly { readonly refusedBy?: readonly string[] }[];
}

const filesUnder = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    : [];

function expected(name: string): Line[] {
  const text = gunzipSync(readFileSync(join(SHARED, "corpus/expect/images", `${name}.jsonl.gz`))).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Line => JSON.parse(line));
}

/** Scans every layer once, even when several images share it. */
async function scans(archive: Archive): Promise<Map<string, LayerScan>> {
  const found = new Map<string, LayerScan>();
  for (const layer of archive.images.flatMap((image) => image.layers)) {
    if (layer.source === undefined || found.has(layer.path)) continue;
    found.set(layer.path, await scanLayer(layer.source, { newHasher: nativeHasher, contentDigests: true }));
  }
  return found;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function digestOf(scan: LayerScan | undefined, row: number): string | undefined {
  const bytes = scan?.fileDigests?.subarray(row * 32, row * 32 + 32);
  return bytes === undefined || bytes.every((byte) => byte === 0) ? undefined : hexOf(bytes);
}

const clean = (path: string): string => (/^\/+$/.test(path) ? "/" : path.replace(/\/+$/, ""));

/** The entries of a layer as the listing has them. */
function layerLines(scan: LayerScan, want: readonly Line[]): object[] {
  return Array.from({ length: scan.table.count }, (_, row) => {
    const entry = entryAt(scan.table, row);
    const line = want[row];
    const sized = entry.type === "file" || entry.type === "sparse";
    return {
      path: clean(entry.path),
      type: entry.type,
      size: sized ? entry.size : line?.size,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      mtime: near(entry.mtime, line?.mtime),
      link: entry.link,
      ...(line?.sha256 !== undefined && entry.type === "file" && { sha256: digestOf(scan, row) }),
    };
  });
}

/** A time as expected, when it is so up to a microsecond. */
const near = (time: number, want: number | undefined): number =>
  want !== undefined && Math.abs(time - want) < 1e-6 ? want : time;

/** A line without what only places it or repeats it. */
const PLACES = new Set(["kind", "image", "layer", "pathHex", "linkHex", "typeflag", "major", "minor"]);

const plain = (line: Line): object =>
  Object.fromEntries(Object.entries(line).filter(([key]) => !PLACES.has(key)));

/** The order of {@link mergedEntries}: a directory before its children, siblings in byte order. */
const byPath = (a: Line, b: Line): number => {
  const [left, right] = [a.path.split("/"), b.path.split("/")];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = Buffer.compare(Buffer.from(left[at] ?? ""), Buffer.from(right[at] ?? ""));
    if (order !== 0) return order;
  }
  return left.length - right.length;
};

/** The merged file system of an image as Docker's listing has it. */
function mergedLines(
  image: ArchiveImage,
  found: Map<string, LayerScan>,
  want: Map<string, Line>,
): Map<string, object> {
  const layers = image.layers.map((layer) => found.get(layer.path));
  const tree = foldLayers(
    layers.map((scan) => scan!.table),
    { fileDigests: layers.map((scan) => scan!.fileDigests) },
  );
  const sums = usage(tree);
  expect(sums.totalBytes).toBe(sums.finalBytes + sums.wastedBytes);
  const lines = new Map<string, object>();
  for (const { path, entry, firstLink } of mergedEntries(tree, layers.length - 1)) {
    if (path === "") continue;
    const line = want.get(path);
    const { content } = entry;
    if (line?.engine === true) {
      lines.set(path, { path, type: entry.type, engine: true });
      continue;
    }
    const type = firstLink !== undefined ? "link" : entry.type === "link" ? entry.contentType : entry.type;
    lines.set(path, {
      path,
      type,
      size: type === "file" || type === "sparse" ? entry.size : line?.size,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      ...(line?.mtime !== undefined && { mtime: near(Math.floor(entry.mtime), line.mtime) }),
      link: type === "link" ? firstLink : entry.contentType === "symlink" ? entry.link : "",
      ...(line?.sha256 !== undefined && {
        sha256: digestOf(layers[content?.layer ?? -1], content?.row ?? 0),
      }),
    });
  }
  return lines;
}

describe.skipIf(absent)(`file systems of the corpus${absent ? ` (${absent})` : ""}`, () => {
  const names = filesUnder(join(SHARED, "corpus/images"));
  let layers = 0;
  let layersWanted = 0;
  let disputed = 0;
  let images = 0;
  let imagesWanted = 0;
  let paths = 0;
  afterAll(() =>
    console.log(
      `corpus/images: entries of ${layers} of ${layersWanted} layers (${disputed} more are disputed among readers of tar), ${images} of ${imagesWanted} merged file systems (${paths} paths) agree`,
    ),
  );

  it.each(names)("%s has the entries and the file systems of its listing", async (name) => {
    const want = expected(name);
    const file = openFileSource(join(SHARED, "corpus/images", name));
    try {
      const archive = await openArchive(file, { newHasher: nativeHasher }).catch((error: unknown) => {
        if (isCoreError(error)) return undefined;
        throw error;
      });
      const imageLines = want.filter((line) => line.kind === "image");
      if (archive === undefined) {
        expect(imageLines).toEqual([]);
        return;
      }
      const found = await scans(archive);
      for (const [index, image] of archive.images.entries()) {
        for (const [at, layer] of image.layers.entries()) {
          const scan = found.get(layer.path);
          if (scan === undefined) continue;
          if (imageLines[index]?.layers?.[at]?.refusedBy !== undefined) {
            disputed++;
            continue;
          }
          const lines = want.filter(
            (line) => line.kind === undefined && line.image === index && line.layer === at,
          );
          layersWanted++;
          expect(layerLines(scan, lines)).toEqual(lines.map(plain));
          layers++;
        }
        const merged = want.filter((line) => line.kind === "merged" && line.image === index);
        if (merged.length === 0) continue;
        imagesWanted++;
        const wantedLines = new Map(merged.map((line) => [line.path, line]));
        const ours = mergedLines(image, found, wantedLines);
        expect([...ours.values()]).toEqual([...wantedLines.values()].sort(byPath).map(plain));
        images++;
        paths += ours.size;
      }
    } finally {
      file.close();
    }
  });
});

describe.skipIf(absent)(`tars of the corpus${absent ? ` (${absent})` : ""}`, () => {
  const names = filesUnder(join(SHARED, "corpus/tars")).filter((name) => name.endsWith(".tar"));

  // Most are no layers, and many are made to break readers: each must fold over itself, and stay as it is.
  it.each(names)("%s folds over itself without adding a path", async (name) => {
    const file = openFileSource(join(SHARED, "corpus/tars", name));
    try {
      const decoder = new TarDecoder();
      const table = await readTable(file, { decoder }).catch((error: unknown) => {
        if (isCoreError(error)) return decoder.table();
        throw error;
      });
      const tree = foldLayers([table, table]);
      const paths = (upTo: number): string[] => Array.from(mergedEntries(tree, upTo), ({ path }) => path);
      const once = new Set(paths(0));
      expect(paths(1).filter((path) => !once.has(path))).toEqual([]);
      expect(once.has("")).toBe(true);
      expect(problemsOf(tree, 10).every(({ message }) => message.startsWith("Cannot fold "))).toBe(true);
    } finally {
      file.close();
    }
  });
});

/** One entry of a tar that `docker export` wrote, as the transcripts have it. */
interface Exported {
  readonly name: string;
  readonly type: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number | string;
  readonly size?: number;
  readonly sha256?: string;
  readonly link?: string;
}

interface Transcript {
  readonly steps: readonly {
    readonly argv?: readonly string[];
    readonly tar?: { readonly [name: string]: { readonly entries: readonly Exported[] } };
  }[];
}

/** What an engine puts into every container. */
const ENGINE = /^(?:\.dockerenv|dev(?:\/.*)?|etc(?:\/(?:hostname|hosts|mtab|resolv\.conf))?|proc|sys)$/;

describe.skipIf(absent)(`file systems of the oracle${absent ? ` (${absent})` : ""}`, () => {
  const exported = (name: string): readonly Exported[] => {
    const transcript: Transcript = JSON.parse(
      readFileSync(join(SHARED, "oracle/golden/10-containers.json"), "utf8"),
    );
    const step = transcript.steps.find(({ argv }) => argv?.join(" ") === `export -o ${name}.tar ${name}`);
    return step?.tar?.[`${name}.tar`]?.entries.filter((entry) => !ENGINE.test(entry.name)) ?? [];
  };
  const archives = ["docker20", "docker28", "docker28c"].flatMap((by) => [
    { file: `whiteouts.${by}.tar`, tag: "wh:1", name: "wh" },
    { file: `odd.${by}.tar`, tag: "odd:files", name: "odd" },
  ]);

  it.each(archives)("$file has what docker export wrote of it", async ({ file: path, tag, name }) => {
    const file = openFileSource(join(SHARED, "oracle/mini", path));
    try {
      const archive = await openArchive(file, { newHasher: nativeHasher });
      const found = await scans(archive);
      const image = archive.images.find((one) => one.tags.some((known) => known.endsWith(tag)))!;
      const layers = image.layers.map((layer) => found.get(layer.path)!);
      const tree = foldLayers(layers.map((scan) => scan.table));
      const want = exported(name);
      expect(want.length).toBeGreaterThan(5);
      const ours = [...mergedEntries(tree, layers.length - 1)]
        .filter((merged) => merged.path !== "")
        .map(({ path, entry, firstLink }) => ({
          name: path,
          type:
            firstLink === undefined ? (entry.type === "link" ? entry.contentType : entry.type) : "hardlink",
          mode: entry.mode.toString(8),
          uid: entry.uid,
          gid: entry.gid,
          // Its own tar writer cannot say a time before the epoch.
          mtime: Math.max(Math.floor(entry.mtime), 0),
          ...(entry.contentType === "file" &&
            firstLink === undefined && {
              size: entry.size,
              sha256: digestOf(layers[entry.content!.layer], entry.content!.row),
            }),
          ...(firstLink !== undefined && { link: firstLink }),
          ...(entry.type === "symlink" && { link: entry.link }),
        }));
      expect(ours).toEqual(want);
    } finally {
      file.close();
    }
  });
});
