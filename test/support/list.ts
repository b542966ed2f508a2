/**
 * `npm run --silent list -- [--layers] [--merged] [--sha256] FILE…`: what an archive holds, one JSON object a line. Without options a line per
 * image; `--layers` adds every entry of every layer, `--merged` the merged file system; `--sha256` the hash of each file's content. A tar that
 * is no image is listed entry by entry. Problems are lines of kind `problem`; the exit status is 1 when there were any.
 */
import { type Archive, type ArchiveLayer, openArchive, verifyLayer } from "../../core/archive/mod.ts";
import { pump, type Source } from "../../core/bytes/mod.ts";
import { CoreError } from "../../core/error.ts";
import { layerSize } from "../../core/image/mod.ts";
import { formatPlatform } from "../../core/oci/mod.ts";
import { contentOf, type EntryTable, entryAt } from "../../core/tar/mod.ts";
import { foldLayers, type LayerScan, layerContent, mergedEntries, scanLayer } from "../../core/tree/mod.ts";
import { openFileSource } from "./file-source.ts";
import { nativeHasher } from "./native-hash.ts";

/** What a run of the lister was asked for. */
export interface ListOptions {
  readonly layers: boolean;
  readonly merged: boolean;
  readonly sha256: boolean;
}

/** One layer that could be read: its scan, and its tar with random access. */
interface OpenLayer {
  readonly scan: LayerScan;
  readonly content: Source;
}

/** The lines for the archive in `source`, in order. */
export async function* listArchive(source: Source, options: ListOptions): AsyncGenerator<object> {
  let archive: Archive;
  try {
    archive = await openArchive(source, { newHasher: nativeHasher });
  } catch (error) {
    if (!(error instanceof CoreError) || error.code !== "archive/unrecognized") throw error;
    yield* listTar(source, options);
    return;
  }
  yield* archive.problems.map((problem) => ({ kind: "problem", ...problem }));
  if (archive.kind === "rootfs" || archive.kind === "layer") {
    yield* listTar(source, options);
    return;
  }
  const scans = new Map<string, Promise<OpenLayer | undefined>>();
  for (const [image, { id, tags, platform, layers, problems }] of archive.images.entries()) {
    yield* problems.map((problem) => ({ kind: "problem", image, ...problem }));
    const opened = await Promise.all(
      layers.map((layer) => {
        const known = scans.get(layer.path) ?? openLayer(layer);
        scans.set(layer.path, known);
        return known;
      }),
    );
    yield {
      kind: "image",
      id: id ?? null,
      tags,
      platform: platform === undefined ? null : formatPlatform(platform),
      layers: layers.map((layer, index) => layerLine(layer, opened[index])),
    };
    for (const [index, layer] of layers.entries()) {
      const scan = opened[index]?.scan;
      if (scan === undefined) continue;
      const found = [...scan.problems, ...verifyLayer(layer, scan).problems];
      yield* found.map((problem) => ({ kind: "problem", image, layer: index, ...problem }));
    }
    if (options.layers) {
      for (const [layer, open] of opened.entries()) {
        if (open === undefined) continue;
        for await (const line of tableLines(open.scan.table, open.content, options))
          yield { image, layer, ...line };
      }
    }
    if (options.merged) {
      for await (const line of mergedLines(opened, options)) yield { image, ...line };
    }
  }
}

async function openLayer(layer: ArchiveLayer): Promise<OpenLayer | undefined> {
  if (layer.source === undefined) return undefined;
  const scan = layer.scan ?? (await scanLayer(layer.source, { newHasher: nativeHasher }));
  return { scan, content: layerContent(layer.source, scan) };
}

function layerLine(layer: ArchiveLayer, open: OpenLayer | undefined): object {
  if (open === undefined) return { missing: layer.path, diffID: layer.diffID ?? null };
  const { scan } = open;
  return {
    diffID: scan.diffID ?? null,
    size: layerSize(scan.table),
    entries: scan.table.count,
    bytes: scan.size,
    compression: scan.compression,
    blob: scan.blobSize,
  };
}

async function* listTar(source: Source, options: ListOptions): AsyncGenerator<object> {
  const scan = await scanLayer(source, { newHasher: nativeHasher });
  yield* tableLines(scan.table, layerContent(source, scan), options);
  yield* scan.problems.map((problem) => ({ kind: "problem", ...problem }));
}

async function* tableLines(table: EntryTable, content: Source, options: ListOptions): AsyncGenerator<object> {
  for (let row = 0; row < table.count; row++) {
    const { path, type, size, mode, uid, gid, mtime, link } = entryAt(table, row);
    const hash =
      options.sha256 && (type === "file" || type === "sparse")
        ? await sha256(contentOf(content, table, row))
        : {};
    yield {
      path: withoutSlashes(path),
      type,
      size,
      mode,
      uid,
      gid,
      mtime,
      ...(link === "" ? {} : { link }),
      ...hash,
    };
  }
}

async function* mergedLines(
  opened: readonly (OpenLayer | undefined)[],
  options: ListOptions,
): AsyncGenerator<object> {
  const present = opened.flatMap((open, layer) => (open === undefined ? [] : [{ ...open, layer }]));
  if (present.length === 0) return;
  const tree = foldLayers(present.map(({ scan }) => scan.table));
  for (const { path, entry, firstLink } of mergedEntries(tree, present.length - 1)) {
    const { type, size, mode, uid, gid, mtime, link } = entry;
    const at = entry.content === undefined ? undefined : present[entry.content.layer];
    const hash =
      options.sha256 && at !== undefined && entry.content !== undefined && firstLink === undefined
        ? await sha256(contentOf(at.content, at.scan.table, entry.content.row))
        : {};
    const layer = present[entry.layer]?.layer;
    yield { layer, path, type, size, mode, uid, gid, mtime, ...(link === "" ? {} : { link }), ...hash };
  }
}

async function sha256(content: Source): Promise<{ sha256: string } | { sha256Error: string }> {
  const hasher = nativeHasher();
  try {
    await pump(content, (chunk) => hasher.update(chunk));
    return { sha256: hasher.hex() };
  } catch (error) {
    return { sha256Error: String(error) };
  }
}

/** Tar marks directories by a slash at the end; the listing does not, but keeps a name that is nothing else. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  return end === 0 && path !== "" ? "/" : path.slice(0, end);
}

async function main(args: readonly string[]): Promise<void> {
  const files = args.filter((arg) => !arg.startsWith("--"));
  const unknown = args.filter(
    (arg) => arg.startsWith("--") && !["--layers", "--merged", "--sha256"].includes(arg),
  );
  if (files.length === 0 || unknown.length > 0) {
    process.stderr.write("usage: list [--layers] [--merged] [--sha256] FILE…\n");
    process.exitCode = 2;
    return;
  }
  const options = {
    layers: args.includes("--layers"),
    merged: args.includes("--merged"),
    sha256: args.includes("--sha256"),
  };
  for (const file of files) {
    try {
      const source = openFileSource(file);
      for await (const line of listArchive(source, options)) {
        if ("kind" in line && line.kind === "problem") process.exitCode = 1;
        if (!process.stdout.write(`${JSON.stringify(line)}\n`))
          await new Promise((done) => process.stdout.once("drain", done));
      }
      source.close();
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(`${file}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

if (process.argv[1]?.endsWith("list.ts")) await main(process.argv.slice(2));
