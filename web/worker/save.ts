import type { Source } from "../../core/bytes/mod.ts";
import { CoreError } from "../../core/error.ts";
import { writeTar } from "../../core/tar/mod.ts";
import { nodeEntry, pathOf } from "../../core/tree/mod.ts";
import { type Below, entriesBelow } from "./below.ts";
import { fileAt, openContent } from "./content.ts";
import type { Crew } from "./crew.ts";
import { chunksOf, Feed } from "./feed.ts";
import type { ImageTree } from "./image-tree.ts";
import type { Place } from "./protocol.ts";
import { openTar, planTar, tarSize } from "./save-tar.ts";
import { checkZip, writeZip, type ZipMember } from "./zip.ts";

/** A feed, and its size when that is known beforehand. */
export interface Saving {
  readonly feed: Feed;
  readonly size?: number | undefined;
}

/** What saving takes beside the place. */
export interface SaveOptions {
  readonly crew: Crew;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a file as it is, or of a directory and all below it as an archive.
 * @throws CoreError `worker/path` when there is nothing to save, `bytes/limit` when it does not fit a zip.
 */
export async function save(
  image: ImageTree,
  place: Place,
  options: SaveOptions & { readonly format: "file" | "tar" | "zip" },
): Promise<Saving> {
  const layer = Math.min(place.layer, image.folded - 1);
  if (options.format === "file") {
    const file = fileAt(image, place.node, layer);
    const source = await openContent(image, file.content, options);
    return { feed: new Feed(chunksOf(source.stream())), size: source.size };
  }
  if (nodeEntry(image.tree, place.node, layer) === undefined) {
    const path = pathOf(image.tree, place.node);
    throw new CoreError("worker/path", `Cannot save ${path}: it is not there as of layer ${layer}`, {
      path,
      layer,
    });
  }
  const below = entriesBelow(image, place.node, layer);
  if (options.format === "tar") {
    const members = openTar(planTar(below), (content) => openContent(image, content, options));
    const stream = writeTar(members, { signal: options.signal });
    return { feed: new Feed(chunksOf(stream)), size: tarSize(planTar(below)) };
  }
  checkSize(pathOf(image.tree, place.node), below);
  return { feed: new Feed(writeZip(zipMembers(image, below, options), { signal: options.signal })) };
}

async function* zipMembers(
  image: ImageTree,
  below: readonly Below[],
  options: SaveOptions,
): AsyncGenerator<ZipMember> {
  for (const { name: path, merged } of below) {
    const { entry } = merged;
    const { mode, mtime, contentType } = entry;
    if (contentType === "dir") yield { path, type: "dir", mode, mtime };
    if (contentType === "symlink") {
      yield { path, type: "symlink", mode: 0o777, mtime, content: new TextEncoder().encode(entry.link) };
    }
    if (entry.content === undefined) continue;
    const content: Source = await openContent(image, entry.content, options);
    yield { path, type: "file", mode, mtime, content };
  }
}

/** @throws CoreError `bytes/limit` when a zip cannot hold it. */
function checkSize(what: string, below: readonly Below[]): void {
  let bytes = 0;
  let nameBytes = 0;
  for (const { name, merged } of below) {
    if (merged.entry.content !== undefined) bytes += merged.entry.size;
    // A character has at most three bytes of UTF-8 (four in two halves).
    nameBytes += 3 * name.length;
  }
  checkZip(what, { members: below.length, bytes, nameBytes });
}
