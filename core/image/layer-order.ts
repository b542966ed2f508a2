import type { TarMember } from "../tar/mod.ts";

/** What a layer does to the file system below it. Paths are relative to the root, clean, without a slash at either end. */
export interface LayerChanges {
  /** What it adds or replaces, in any order; the root itself is `.`. Of a path given twice the last counts. */
  readonly members: Iterable<TarMember>;
  /** Paths that it takes away, with all below them. */
  readonly removed?: Iterable<string> | undefined;
  /** Directories among the members of which nothing of lower layers shows through. */
  readonly opaque?: Iterable<string> | undefined;
}

/** An entry to write, and what it is sorted by: its path as Latin-1 of its bytes, slashes below every other byte. */
interface Placed {
  readonly key: string;
  readonly path: string;
  readonly member: TarMember;
}

const OPAQUE = ".wh..wh..opq";
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
    const { pathBytes } = member.entry;
    const path = withoutSlash(member.entry.path);
    const raw = pathBytes === undefined ? path : withoutSlash(latin1(pathBytes));
    checkPath(path);
    const key = path === "." ? "" : sortKey(pathBytes === undefined ? latin1(encoder.encode(raw)) : raw);
    placed.set(key, { key, path, member });
  }
  for (const path of changes.removed ?? []) {
    checkPath(path);
    const slash = path.lastIndexOf("/") + 1;
    placeMarker(placed, { folder: path.slice(0, slash), name: `.wh.${path.slice(slash)}` });
  }
  for (const path of changes.opaque ?? []) {
    if (path !== ".") checkPath(path);
    placeMarker(placed, { folder: path === "." ? "" : `${path}/`, name: OPAQUE });
  }
  const sorted = [...placed.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return withLinksInOrder(sorted);
}

/** A marker stands before everything else in its directory: no name begins with a NUL. The opaque one comes first. */
function placeMarker(
  placed: Map<string, Placed>,
  { folder, name }: { readonly folder: string; readonly name: string },
): void {
  const sorted = name === OPAQUE ? "" : latin1(encoder.encode(name.slice(".wh.".length)));
  const key = `${sortKey(latin1(encoder.encode(folder)))}\0${sorted}`;
  const path = folder + name;
  placed.set(key, { key, path, member: { entry: { path, type: "file", mode: 0 } } });
}

function withLinksInOrder(sorted: readonly Placed[]): TarMember[] {
  if (!sorted.some(({ member }) => member.entry.type === "link"))
    return sorted.map(({ member }) => written(member));
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
    if (owner.member.entry.type === "link" || (first === one && owner === one)) return written(one.member);
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
function written(member: TarMember): TarMember {
  return withoutSlash(member.entry.path) === "." ? { entry: { ...member.entry, path: "./" } } : member;
}

function cleanLink({ entry }: TarMember): string {
  return (entry.link ?? "").replace(/^(?:\.?\/)+/, "");
}

/**
 * Refuses a path that no image can have.
 * @throws RangeError
 */
export function checkPath(path: string): void {
  if (path === ".") return;
  const wrong = path
    .split("/")
    .some((part) => part === "" || part === "." || part === ".." || part.startsWith(".wh."));
  if (wrong || path.includes("\0"))
    throw new RangeError(`${JSON.stringify(path)} cannot be a path of a layer`);
}

const withoutSlash = (path: string): string =>
  path === "./" || path === "/" ? "." : path.endsWith("/") ? path.slice(0, -1) : path;

/** Slashes sort before everything, so that what is in a directory follows it directly. */
const sortKey = (path: string): string => path.replaceAll("/", "\0");

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
