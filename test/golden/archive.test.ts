import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import {
  type Archive,
  type ArchiveImage,
  type ArchiveLayer,
  openArchive,
  verifyLayer,
} from "../../core/archive/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { formatFamiliar, formatPlatform, parseReference } from "../../core/oci/mod.ts";
import { type LayerScan, scanLayer } from "../../core/tree/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";

const SHARED = "../shared";
const absent = !existsSync(join(SHARED, "corpus")) && "the corpus is not beside the project";

/** One line of an expect file. */
interface Line {
  readonly kind?: string;
  readonly members?: number;
  readonly manifest?: string;
  readonly v1ID?: string;
  readonly layers?: readonly LayerLine[];
}

interface Transcript {
  readonly steps: readonly {
    readonly argv?: readonly string[];
    readonly stdout: string;
    readonly exit: number;
  }[];
}

interface LayerLine {
  readonly missing?: string;
  readonly diffID: string;
  readonly entries: number;
  readonly bytes: number;
  readonly compression: string;
  readonly blob: number;
  readonly mediaType?: string;
  readonly refusedBy?: readonly string[];
  readonly note?: string;
}

/** Where we say more than the listing does, and why we are right. */
const DISPUTED: { readonly [file: string]: { readonly diffIDMismatch: true; readonly why: string } } = {
  "aboutcode-org+container-inspector/windows-mini-image.tar.gz": {
    diffIDMismatch: true,
    why: "its config says rootfS; Go, and so Docker, reads keys without regard to case and finds diff IDs that do not match",
  },
};

const filesUnder = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    : [];

function expected(name: string): {
  archive: Line;
  note: Line | undefined;
  images: Line[];
  manifests: Line[];
} {
  const text = gunzipSync(readFileSync(join(SHARED, "corpus/expect/images", `${name}.jsonl.gz`))).toString();
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith('{"kind":'))
    .map((line): Line => JSON.parse(line));
  const of = (kind: string): Line[] => lines.filter((line) => line.kind === kind);
  return {
    archive: of("archive")[0],
    note: of("archive-note")[0],
    images: of("image"),
    manifests: of("manifest"),
  };
}

/** Every layer read once, even when several images share it. */
async function scans(archive: Archive): Promise<Map<string, LayerScan>> {
  const found = new Map<string, LayerScan>();
  for (const layer of archive.images.flatMap((image) => image.layers)) {
    if (layer.source === undefined || found.has(layer.path)) continue;
    const scan = await scanLayer(layer.source, { newHasher: nativeHasher });
    if (layer.scan !== undefined) {
      // What the one pass over the archive found is what a pass over the layer finds.
      const { index: _, ...alone } = scan;
      const { index: __, ...passed } = layer.scan;
      expect(passed).toEqual(alone);
    }
    found.set(layer.path, scan);
  }
  return found;
}

function layerLine(layer: ArchiveLayer, scan: LayerScan | undefined, want: LayerLine | undefined): object {
  if (scan === undefined)
    return { missing: layer.digest ?? layer.path, ...(want?.mediaType && { mediaType: layer.mediaType }) };
  return {
    diffID: scan.diffID,
    // Of a layer that readers of tar disagree about, the number of entries is free.
    entries: want?.refusedBy === undefined ? scan.table.count : want.entries,
    bytes: scan.size,
    compression: scan.compression,
    blob: scan.blobSize,
    ...(want?.mediaType && { mediaType: layer.mediaType }),
  };
}

function imageLine(image: ArchiveImage, found: Map<string, LayerScan>, want: Line): object {
  const layers = want.layers ?? [];
  const mismatch = image.layers.some((layer) => {
    const scan = found.get(layer.path);
    return (
      scan !== undefined &&
      verifyLayer(layer, scan).problems.some((problem) => problem.detail["what"] === "diffID")
    );
  });
  const missingConfig = image.problems.find((problem) =>
    problem.message.startsWith("Cannot find the config"),
  );
  return {
    kind: "image",
    tags: image.tags,
    id: image.id ?? null,
    platform: image.platform === undefined ? "" : formatPlatform(image.platform),
    layers: image.layers.map((layer, index) => layerLine(layer, found.get(layer.path), layers[index])),
    ...(want.manifest !== undefined && { manifest: image.manifest?.digest }),
    ...(image.format === "legacy" && { format: "legacy", v1ID: want.v1ID }),
    ...(mismatch && { diffIDMismatch: true }),
    ...(missingConfig && {
      missingConfig: JSON.stringify(missingConfig.detail["path"])
        .slice(1, -1)
        .replace(/^blobs\/(\w+)\//, "$1:"),
    }),
  };
}

const withoutNotes = (line: Line): object => ({
  ...line,
  layers: line.layers?.map((layer) => ({ ...layer, refusedBy: undefined, note: undefined })),
});

function dispute(name: string): object {
  const { why: _, ...rest } = DISPUTED[name] ?? { why: "" };
  return rest;
}

function manifestLine(node: Archive["manifests"][number]): object {
  return {
    kind: "manifest",
    digest: node.digest,
    mediaType: node.mediaType,
    tags: node.tags,
    depth: node.depth,
    ...(node.platform !== undefined && { platform: formatPlatform(node.platform) }),
    ...(node.attestation !== undefined && { attestation: node.attestation }),
    ...(node.artifactType !== undefined && { artifactType: node.artifactType }),
    // The listings leave the subject of an index out.
    ...(node.subject !== undefined && node.manifests === undefined && { subject: node.subject }),
    ...(node.config !== undefined && { config: node.config.digest, configMediaType: node.config.mediaType }),
    ...(node.layers !== undefined && { layers: node.layers }),
    ...(node.manifests !== undefined && { manifests: node.manifests }),
    ...(node.missing && { missing: true }),
    ...(node.digestMismatch && { digestMismatch: true }),
    ...(node.unparsable && { unparsable: true }),
  };
}

describe.skipIf(absent)(`images of the corpus${absent ? ` (${absent})` : ""}`, () => {
  const names = filesUnder(join(SHARED, "corpus/images"));
  let agree = 0;
  afterAll(() => console.log(`corpus/images: ${agree} of ${names.length} archives agree`));

  it.each(names)("%s opens as its listing says", async (name) => {
    const want = expected(name);
    const file = openFileSource(join(SHARED, "corpus/images", name));
    try {
      const archive = await openArchive(file, { newHasher: nativeHasher });
      const found = await scans(archive);
      expect({
        kind: "archive",
        compression: archive.compression,
        members: want.note === undefined ? archive.members.count : want.archive.members,
        bytes: archive.contentSize,
      }).toEqual({ ...want.archive, has: undefined });
      expect(
        archive.images.map((image, index) => imageLine(image, found, want.images[index] ?? { layers: [] })),
      ).toEqual(want.images.map((image) => ({ ...withoutNotes(image), ...dispute(name) })));
      expect(archive.manifests.map(manifestLine)).toEqual(want.manifests);
    } catch (error) {
      // An archive that nobody finds an image in may be refused, if it is said why.
      if (!isCoreError(error) || want.images.length > 0 || want.manifests.length > 0) throw error;
      expect(error.message).toMatch(/^Cannot /);
    } finally {
      file.close();
    }
    agree++;
  });
});

/** What we do with archives of the oracle that Docker refuses (or loads nothing from): our error's or problem's code. */
const MINI_FLAWS: { readonly [file: string]: { readonly refuse: string } | { readonly note: string } } = {
  "bad-configjson.tar": { note: "oci/json" },
  "bad-empty.tar": { refuse: "archive/unrecognized" },
  "bad-emptylist.tar": { note: "archive/missing" },
  "bad-layercount.tar": { note: "archive/layout" },
  "bad-layerdigest.tar": { note: "digest/mismatch" },
  "bad-manifest-json.tar": { refuse: "oci/json" },
  "bad-noconfig.tar": { note: "archive/missing" },
  "bad-nolayer.tar": { note: "archive/missing" },
  "bad-tagname.tar": { note: "oci/reference" },
  "bad-text.tar": { refuse: "archive/unrecognized" },
  "bad-truncated.tar": { refuse: "tar/truncated" },
};

/** Archives that Docker 28.5 refuses and we open: file trees, a platform it does not run, and layouts its overlay2 store does not know. */
const MINI_OPENED =
  /^(?:rootfs|bad-nomanifest|windows)\.tar$|-oci\.|skopeo-(?:dir|gzip|zstd)|umoci|buildx-(?:gzip|zstd|uncompressed|estargz)|multi\.buildx/;

/** What `docker load` printed for an archive in the transcripts: the names and IDs it loaded, `undefined` when it refused. */
function loadedNames(): Map<string, string[] | undefined> {
  const loads = new Map<string, string[] | undefined>();
  for (const transcript of ["07-load", "16-load-bad"]) {
    const { steps }: Transcript = JSON.parse(
      readFileSync(join(SHARED, `oracle/golden/${transcript}.json`), "utf8"),
    );
    for (const { argv, stdout, exit } of steps) {
      const name = /^load -i mini\/(\S+)$/.exec(argv?.join(" ") ?? "")?.[1];
      // 16-load-bad loads some again once their layers are there, which Docker then does not look at.
      if (name === undefined || loads.has(name)) continue;
      const names = [...stdout.matchAll(/^Loaded image(?: ID)?: (\S+)$/gm)].map(([, loaded]) => loaded);
      loads.set(name, exit === 0 ? names : undefined);
    }
  }
  return loads;
}

describe.skipIf(absent)(`archives of the oracle${absent ? ` (${absent})` : ""}`, () => {
  const folder = join(SHARED, "oracle/mini");
  const names = filesUnder(folder);
  const loads = absent ? new Map<string, string[] | undefined>() : loadedNames();
  let agree = 0;
  afterAll(() =>
    console.log(
      `oracle/mini: ${agree} of ${names.length} archives agree (${loads.size} with a docker load on record)`,
    ),
  );

  it.each(names)("%s opens as Docker loads it, or says why not", async (name) => {
    const file = openFileSource(join(folder, name));
    const flaw = MINI_FLAWS[name];
    try {
      const archive = await openArchive(file, { newHasher: nativeHasher });
      const found = await scans(archive);
      const verdicts = archive.images.flatMap((image) =>
        image.layers.map((layer) => found.get(layer.path) && verifyLayer(layer, found.get(layer.path)!)),
      );
      const problems = [
        ...archive.problems,
        ...archive.images.flatMap((image) => image.problems),
        ...verdicts.flatMap((verdict) => verdict?.problems ?? []),
      ];
      if (flaw !== undefined) {
        expect(flaw).toEqual({ note: problems[0]?.code });
      } else {
        expect(problems).toEqual([]);
        if (archive.kind !== "rootfs" && archive.kind !== "layer")
          expect(new Set(verdicts.map((verdict) => verdict?.state))).toEqual(new Set(["verified"]));
        const loaded = loads.get(name);
        if (loaded === undefined && loads.has(name)) expect(name).toMatch(MINI_OPENED);
        if (loaded !== undefined && loaded.length > 0) {
          const names = archive.images.flatMap((image) =>
            image.tags.map((tag) => formatFamiliar(parseReference(tag))),
          );
          // Docker prints IDs only when no image at the end of the archive has a name.
          const ours = names.length > 0 ? names : archive.images.map((image) => image.id);
          expect(ours).toEqual(loaded);
        }
      }
    } catch (error) {
      if (!isCoreError(error)) throw error;
      expect({ refuse: error.code, message: error.message }).toEqual({
        ...flaw,
        message: expect.stringMatching(/^Cannot /),
      });
    } finally {
      file.close();
    }
    agree++;
  });
});
