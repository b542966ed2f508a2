import type { Source } from "../../core/bytes/mod.ts";
import { openSeekable, type SeekWork } from "../../core/compression/mod.ts";
import { CoreError } from "../../core/error.ts";
import { contentOf } from "../../core/tar/mod.ts";
import { type ContentPlace, type NodeEntry, nodeEntry, pathOf, targetOf } from "../../core/tree/mod.ts";
import type { FileSlice } from "../model/engine.ts";
import type { Crew } from "./crew.ts";
import type { ImageTree } from "./image-tree.ts";

/** Told what reading costs: bytes of the archive, and bytes they inflated to. */
type OnWork = (work: SeekWork) => void;

/**
 * The entry whose bytes stand for `node` as of `layer`, symlinks and hard links followed.
 * @throws CoreError `worker/path` when nothing is there, or nothing that has bytes.
 */
export function fileAt(image: ImageTree, node: number, layer: number): NodeEntry & { content: ContentPlace } {
  const { tree } = image;
  if (!(node >= 0 && node < tree.nodeCount))
    throw new RangeError(`no node ${node} in a tree of ${tree.nodeCount}`);
  const path = pathOf(tree, node);
  const fail = (why: string): never => {
    throw new CoreError("worker/path", `Cannot read ${path}: ${why}`, { path, layer });
  };
  let entry = nodeEntry(tree, node, layer);
  if (entry?.type === "symlink") {
    const target = targetOf(tree, node, layer);
    if (!target.found) {
      const end = target.reason === "cycle" ? "into a circle" : "nowhere";
      return fail(`it is a link to ${entry.link}, which leads ${end}`);
    }
    entry = nodeEntry(tree, target.node, layer);
  }
  if (entry === undefined) return fail(`it is not there as of layer ${layer}`);
  const { content } = entry;
  if (content === undefined) {
    return fail(
      entry.broken ? `it is a hard link to ${entry.link}, which is missing` : `it is a ${entry.contentType}`,
    );
  }
  return { ...entry, content };
}

/**
 * The bytes at a place of an image. Nothing is read before they are; a layer inside a compressed archive that is compressed once more
 * is gone through once, on the first read.
 * @throws CoreError what scanning that layer throws.
 */
export async function openContent(
  image: ImageTree,
  place: ContentPlace,
  options: { readonly crew: Crew; readonly onWork?: OnWork | undefined },
): Promise<Source> {
  const stored = image.stored[place.layer]!;
  const { source, table } = stored;
  if (source === undefined || table === undefined) {
    throw new CoreError("worker/path", `Cannot read layer ${place.layer}: it is missing`, {
      layer: place.layer,
    });
  }
  if (stored.compression === "none") return contentOf(source, table, place.row);
  let index = stored.scan?.index;
  if (index === undefined) {
    const scan = await options.crew.run({ name: "scan", source, priority: () => 0 });
    stored.scanned(scan);
    index = scan.index;
  }
  if (index === undefined) {
    const [problem] = stored.problems;
    const why = problem?.message ?? "it cannot be decompressed";
    throw new CoreError("worker/path", `Cannot read layer ${place.layer}: ${why}`, { layer: place.layer });
  }
  return contentOf(openSeekable(source, index, { onWork: options.onWork }), table, place.row);
}

/** What to read: the file at a node as of a layer, from one offset to another. */
export interface ReadRequest {
  readonly node: number;
  readonly layer: number;
  readonly from: number;
  readonly to: number;
}

/** Bytes of a file, and what they cost. @throws CoreError what {@link fileAt} and reading throw. */
export async function readFile(
  image: ImageTree,
  request: ReadRequest,
  options: { readonly crew: Crew; readonly signal: AbortSignal },
): Promise<FileSlice> {
  const started = performance.now();
  const { content, size } = fileAt(image, request.node, Math.min(request.layer, image.folded - 1));
  let read = 0;
  let inflated = 0;
  const onWork = (work: SeekWork): void => {
    read += work.read;
    inflated += work.inflated;
  };
  const source = await openContent(image, content, { crew: options.crew, onWork });
  options.signal.throwIfAborted();
  const from = Math.min(Math.max(request.from, 0), size);
  const bytes = new Uint8Array(await source.slice(from, Math.max(from, request.to)).arrayBuffer());
  return {
    bytes,
    from,
    size,
    read: inflated === 0 ? bytes.length : read,
    inflated,
    tookMs: performance.now() - started,
  };
}
