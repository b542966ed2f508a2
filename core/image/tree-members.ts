import type { HeaderFields, TarMember } from "../tar/mod.ts";
import { mergedEntries, type NodeEntry, nodeEntry, pathBytes, type Tree } from "../tree/mod.ts";
import { contentAt, type OpenLayer } from "./layer-stack.ts";
import { linkFields, pathFields } from "./path-fields.ts";

/** A file system to write: the layers that a tree was folded from, as of one of them. */
export interface OpenTree {
  readonly tree: Tree;
  /** One for each layer of the tree. */
  readonly layers: readonly OpenLayer[];
  /** The last layer that counts. */
  readonly upTo: number;
}

/** What becomes of entries on their way into an archive. */
export interface MemberOptions {
  /** Seconds since the epoch for directories that no layer lists; engines make them when they unpack. Default: 0. */
  readonly impliedTime?: number | undefined;
}

/**
 * The whole file system as entries of an archive, as engines export it: a directory before its contents, siblings by their bytes, names of one
 * file as hard links to the first; the root itself is left out, and so is what has no content to copy (broken links, unknown types).
 * Whole seconds, none before the epoch; owners by number only. Contents are read when they are written.
 */
export function* mergedMembers(
  files: OpenTree,
  options: MemberOptions = {},
): Generator<TarMember, void, undefined> {
  for (const { node, entry, firstNode } of mergedEntries(files.tree, files.upTo)) {
    if (node === 0) continue;
    const path = pathBytes(files.tree, node).subarray(1);
    const member = memberOf(files, { entry, path }, options);
    if (member === undefined) continue;
    if (firstNode === undefined) yield member;
    else yield hardLink(member, pathBytes(files.tree, firstNode).subarray(1));
  }
}

/** A member that is another name of the file at `target`. */
export function hardLink({ entry }: TarMember, target: Uint8Array): TarMember {
  const { link: _, linkBytes: __, ...own } = entry;
  return { entry: { ...own, type: "link", size: 0, ...linkFields(target) } };
}

/** One node of a tree as the entry of an archive, by whatever path it is to have there; `undefined` when it is not there or cannot be written. */
export function nodeMember(
  files: OpenTree,
  node: number,
  options: MemberOptions & { readonly path?: Uint8Array | undefined } = {},
): TarMember | undefined {
  const entry = nodeEntry(files.tree, node, files.upTo);
  const path = options.path ?? pathBytes(files.tree, node).subarray(1);
  return entry && memberOf(files, { entry, path }, options);
}

function memberOf(
  { layers }: OpenTree,
  { entry, path }: { readonly entry: NodeEntry; readonly path: Uint8Array },
  { impliedTime = 0 }: MemberOptions,
): TarMember | undefined {
  const type = entry.contentType === "sparse" ? "file" : entry.contentType;
  if (entry.broken || type === "other" || type === "link") return undefined;
  const { substance } = entry;
  const xattrs = substance?.xattrs ?? entry.entry?.xattrs;
  const fields: HeaderFields = {
    ...pathFields(path.length === 0 ? DOT : path),
    type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    mtime: entry.implicit ? impliedTime : Math.max(Math.floor(entry.mtime), 0),
    size: entry.size,
    ...(type === "symlink" && symlinkFields(substance)),
    ...(substance?.major !== undefined && { major: substance.major, minor: substance.minor ?? 0 }),
    ...(xattrs !== undefined && { xattrs }),
  };
  return entry.content === undefined
    ? { entry: fields }
    : { entry: fields, content: contentAt(layers, entry.content) };
}

const DOT = Uint8Array.of(0x2e);
function symlinkFields(entry: NodeEntry["substance"]): Pick<HeaderFields, "link" | "linkBytes"> {
  const { link = "", linkBytes } = entry ?? {};
  return linkBytes === undefined ? { link } : { link, linkBytes };
}
