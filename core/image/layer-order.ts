import type { TarMember } from "../tar/mod.ts";
import { pathFields } from "./path-fields.ts";

/** What a layer does to the file system below it. Paths are relative to the root, clean, without a slash at either end. */
export interface LayerChanges {
  /** What it adds or replaces, in any order; the root itself is `.`. Of a path given twice the last counts. */
  readonly members: Iterable<TarMember>;
  /** Paths that it takes away, with all below them. */
  readonly removed?: Iterable<string | Uint8Array> | undefined;
  /** Directories among the members of which nothing of lower layers shows through. */
  readonly opaque?: Iterable<string | Uint8Array> | undefined;
}

/** An entry to write, its path as Latin-1 of its bytes, and what it is sorted by: the same with slashes below every other byte. */
interface Placed {
  readonly key: string;
  readonly path: string;
  readonly member: TarMember;
}

const encoder = new TextEncoder();

/**
 * The entries of a layer in the one order that all layers of ours have: a directory before what is in it, siblings by the bytes of their
 * names, and before them the opaque marker and whiteouts. Of names of one file the first has the content, the others are hard links to it.
 * So the same changes give the same layer, in whatever order they were made.
 * @throws RangeError for a path that no image can have: absolute, with `..` or an empty part, or with a part that begins with `.wh.`
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#representing-changes
 */
export function orderedLayer(changes: LayerChanges): TarMember[] {
  const placed = new Map<string, Placed>();
  for (const member of changes.members) {
    const { path, pathBytes } = member.entry;
    const raw = rawPath(pathBytes ?? path);
    const key = raw === "." ? "" : sortKey(raw);
    placed.set(key, { key, path: raw, member });
  }
  for (const path of changes.removed ?? []) {
    const raw = rawPath(path);
    const slash = raw.lastIndexOf("/") + 1;
    placeMarker(placed, raw.slice(0, slash), raw.slice(slash));
  }
  for (const path of changes.opaque ?? []) {
    const raw = rawPath(path);
    placeMarker(placed, raw === "." ? "" : `${raw}/`, undefined);
  }
  const sorted = [...placed.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return withLinksInOrder(sorted);
}

/** A marker stands before everything else in its directory: no name begins with a NUL. The opaque one, of no name, comes first. */
function placeMarker(placed: Map<string, Placed>, folder: string, name: string | undefined): void {
  const key = `${sortKey(folder)}\0${name ?? ""}`;
  const path = `${folder}.wh.${name ?? ".wh..opq"}`;
  placed.set(key, { key, path, member: { entry: { ...pathFields(bytesOf(path)), type: "file", mode: 0 } } });
}

function withLinksInOrder(sorted: readonly Placed[]): TarMember[] {
  if (!sorted.some(({ member }) => member.entry.type === "link"))
    return sorted.map(({ member, path }) => written(member, path));
  const byPath = new Map(sorted.map((one) => [one.path, one]));
  /** The member at the end of a chain of hard links in this layer. */
  const ownerOf = (one: Placed): Placed => {
    let at = one;
    for (let steps = 0; at.member.entry.type === "link" && steps < sorted.length; steps++) {
      const next = byPath.get(cleanLink(at.member));
      if (next === undefined) return at;
      at = next;
    }
    return at;
  };
  const firsts = new Map<Placed, Placed>();
  const owners = new Map<Placed, Placed>();
  for (const one of sorted) {
    const owner = ownerOf(one);
    owners.set(one, owner);
    if (!firsts.has(owner)) firsts.set(owner, one);
  }
  return sorted.map((one) => {
    const owner = owners.get(one)!;
    const first = firsts.get(owner)!;
    // A link whose target is in a lower layer stays one.
    if (owner.member.entry.type === "link" || (first === one && owner === one))
      return written(one.member, one.path);
    const { path, pathBytes } = one.member.entry;
    const own = pathBytes === undefined ? { path } : { path, pathBytes };
    const { pathBytes: _, ...attributes } = owner.member.entry;
    if (first === one) return { ...owner.member, entry: { ...attributes, ...own } };
    const { path: link, pathBytes: linkBytes } = first.member.entry;
    const { link: __, linkBytes: ___, ...plain } = attributes;
    return {
      entry: {
        ...plain,
        ...own,
        ...(linkBytes === undefined ? { link } : { link, linkBytes }),
        type: "link",
        size: 0,
      },
    };
  });
}

/** The root is written as engines write it. */
function written(member: TarMember, path: string): TarMember {
  return path === "." ? { entry: { ...member.entry, path: "./" } } : member;
}

/** Where a hard link of this layer leads, as {@link rawPath} has it. */
function cleanLink({ entry: { link = "", linkBytes } }: TarMember): string {
  return latin1(linkBytes ?? encoder.encode(link)).replace(/^(?:\.?\/)+/, "");
}

/** The bytes of a path as Latin-1, without a slash at its end. @throws RangeError when no image can have it. */
function rawPath(path: string | Uint8Array): string {
  const given = latin1(typeof path === "string" ? encoder.encode(path) : path);
  const raw = given === "./" || given === "/" ? "." : given.endsWith("/") ? given.slice(0, -1) : given;
  if (raw === ".") return raw;
  const wrong = raw
    .split("/")
    .some((part) => part === "" || part === "." || part === ".." || part.startsWith(".wh."));
  if (wrong || raw.includes("\0")) {
    const shown = JSON.stringify(typeof path === "string" ? path : raw);
    throw new RangeError(`${shown} cannot be a path of a layer`);
  }
  return raw;
}

/** Slashes sort before everything, so that what is in a directory follows it directly. */
const sortKey = (path: string): string => path.replaceAll("/", "\0");

const bytesOf = (raw: string): Uint8Array => Uint8Array.from(raw, (letter) => letter.charCodeAt(0));

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
