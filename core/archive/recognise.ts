import type { EntryTable } from "../tar/mod.ts";
import { cleanPath, pathAt, typeAt } from "./contents.ts";

/** What a tar without image tables looks like. */
export type BareKind = "rootfs" | "layer" | undefined;

const ROOT_DIRECTORIES: ReadonlySet<string> = new Set(
  "bin boot dev etc home lib lib32 lib64 media mnt opt proc root run sbin srv sys tmp usr var".split(" "),
);
/** Whether a member of this cleaned name, met first, tells a root file system: its tar is then read as the layer that it is. */
export function startsRootfs(name: string): boolean {
  return ROOT_DIRECTORIES.has(name.split("/", 1)[0]!);
}

/** Directories and files that only image archives have; without their tables they are pieces of one. */
const IMAGE_PIECE =
  /^(?:blobs\/sha256(?:\/|$)|oci-layout$|manifest\.json$|index\.json$|repositories$|[^/]+\/layer\.tar$|[0-9a-f]{64}\.(?:json|tar)$)/;

/** Tables, by their names at the root of an archive. */
const TABLE_NAMES: ReadonlySet<string> = new Set([
  "manifest.json",
  "index.json",
  "oci-layout",
  "repositories",
]);

/** What a look at the names alone tells of an archive. */
export interface Outline {
  /** Tables that are there (as files or links). */
  readonly tables: ReadonlySet<string>;
  /** There is a `<directory>/json` and a `<directory>/layer.tar`. */
  readonly legacy: boolean;
  readonly bare: BareKind;
}

/** Longest name that can be a table or a piece of an image; longer ones are not decoded. */
const NAME_BYTES = 200;

/** A first look at the members: which tables there are, else what kind of file tree it is. Holds nothing, so it may be a large one. */
export function outline(members: EntryTable): Outline {
  const tables = new Set<string>();
  let descriptions = false;
  let layers = false;
  let pieces = false;
  let whiteouts = false;
  const roots = new Set<string>();
  for (let row = 0; row < members.count; row++) {
    if (members.link[row]! - members.path[row]! > NAME_BYTES) continue;
    const name = cleanPath(pathAt(members, row));
    if (name === undefined || name === "") continue;
    const isDirectory = typeAt(members, row) === "dir";
    if (TABLE_NAMES.has(name) && !isDirectory) tables.add(name);
    descriptions ||= !isDirectory && /^[^/]+\/json$/.test(name);
    layers ||= /^[^/]+\/layer\.tar$/.test(name);
    pieces ||= IMAGE_PIECE.test(name);
    whiteouts ||= /(?:^|\/)\.wh\./.test(name);
    if (startsRootfs(name)) roots.add(name.split("/", 1)[0]!);
  }
  return {
    tables,
    legacy: descriptions && layers,
    bare: bareKind({ entries: members.count, pieces, whiteouts, rootDirectories: roots.size }),
  };
}

/** Pieces of an image without its tables are a broken image rather than a file tree, unless a root file system is all around them. */
function bareKind(seen: {
  readonly entries: number;
  readonly pieces: boolean;
  readonly whiteouts: boolean;
  readonly rootDirectories: number;
}): BareKind {
  if (seen.entries === 0 || (seen.pieces && seen.rootDirectories < 3)) return undefined;
  return seen.whiteouts || seen.rootDirectories === 0 ? "layer" : "rootfs";
}
