import type { Source } from "../bytes/mod.ts";
import { type LayerChanges, linkFields, nodeMember, type OpenTree, pathFields } from "../image/mod.ts";
import type { EntryType, HeaderFields, TarMember } from "../tar/mod.ts";
import { childNamed, children, fileNumber, nameBytes, nodeEntry } from "../tree/mod.ts";

/** A path component or path, one character for each of its bytes: names need not be text. */
export type RawPath = string;

const encoder = new TextEncoder();

/** The bytes of a text, as {@link RawPath}. */
export const rawOf = (text: string): RawPath => rawOfBytes(encoder.encode(text));

/** Bytes as {@link RawPath}. */
export function rawOfBytes(bytes: Uint8Array): RawPath {
  let raw = "";
  for (const byte of bytes) raw += String.fromCharCode(byte);
  return raw;
}

/** The bytes that a {@link RawPath} stands for. */
export const bytesOfRaw = (raw: RawPath): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(raw, (letter) => letter.charCodeAt(0));

/** The text of a {@link RawPath}, for people. */
export const textOfRaw = (raw: RawPath): string => new TextDecoder().decode(bytesOfRaw(raw));

/** A file as it is to be: what its header says, apart from its path, and its content. Paths that share one are hard links. */
export interface Inode {
  entry: Omit<HeaderFields, "path" | "pathBytes">;
  content?: Source | undefined;
}

/** A path of a stage. */
export interface Spot {
  readonly parent: Spot | undefined;
  readonly name: RawPath;
  /** Node of the tree below that shows through here or did before the stage, or -1. */
  readonly lower: number;
  /** What was put here. */
  inode: Inode | undefined;
  /** What was here is gone: nothing is here, unless something was put. */
  gone: boolean;
  /** Nothing of the tree below shows through further down. */
  sealed: boolean;
  children: Map<RawPath, Spot> | undefined;
}

/**
 * Changes to a file system before they become a layer: what is put and removed lies over a tree, and is seen by what comes after it. Directories
 * whose content changes get the time of the stage, as a file system does it. Memory: the paths that were touched; contents stay in their sources.
 */
export class Stage {
  readonly root: Spot;
  readonly #files: OpenTree;
  /** Whole seconds since the epoch. */
  readonly #now: number;
  /** Files of the tree below that were looked at, so that names of one file stay that. */
  readonly #inodes = new Map<number, Inode>();

  constructor(files: OpenTree, now: number) {
    this.#files = files;
    this.#now = Math.max(Math.floor(now), 0);
    this.root = spot(undefined, "", 0);
  }

  /** The spot of a name in a directory's spot, whether anything is there or not. */
  child(parent: Spot, name: RawPath): Spot {
    const known = parent.children?.get(name);
    if (known !== undefined) return known;
    const below = parent.lower < 0 || parent.gone || parent.sealed ? -1 : parent.lower;
    const { tree, upTo } = this.#files;
    const found = below < 0 ? undefined : childNamed(tree, below, { name: bytesOfRaw(name), layer: upTo });
    const made = spot(parent, name, found ?? -1);
    parent.children ??= new Map();
    parent.children.set(name, made);
    return made;
  }

  /** What is there, for who opens it; `undefined` when nothing is. */
  typeOf(at: Spot): EntryType | undefined {
    if (at.inode !== undefined) return at.inode.entry.type;
    if (at.gone) return undefined;
    // An image whose layers do not list the root has one all the same.
    if (at === this.root) return "dir";
    const type =
      at.lower < 0 ? undefined : nodeEntry(this.#files.tree, at.lower, this.#files.upTo)?.contentType;
    return type === "sparse" ? "file" : type;
  }

  /** What is there, as it could be put elsewhere; shared with other paths only when it was staged so. */
  inodeOf(at: Spot): Inode | undefined {
    if (at.inode !== undefined) return at.inode;
    if (at.gone || at.lower < 0)
      return at === this.root ? { entry: { type: "dir", mode: 0o755 } } : undefined;
    const member = nodeMember(this.#files, at.lower, { impliedTime: this.#now });
    if (member === undefined) return at === this.root ? { entry: { type: "dir", mode: 0o755 } } : undefined;
    const file = fileNumber(this.#files.tree, at.lower, this.#files.upTo)!;
    const known = this.#inodes.get(file);
    if (known !== undefined) return known;
    const { path: _, pathBytes: __, ...entry } = member.entry;
    const inode = { entry, content: member.content };
    this.#inodes.set(file, inode);
    return inode;
  }

  /** The names in a directory, in no order. */
  names(at: Spot): ReadonlySet<RawPath> {
    const names = new Set<RawPath>();
    const { tree, upTo } = this.#files;
    if (at.lower >= 0 && !at.gone && !at.sealed) {
      for (const node of children(tree, at.lower, { upTo, scope: "merged" }))
        names.add(rawOfBytes(nameBytes(tree, node)));
    }
    for (const [name, child] of at.children ?? []) {
      if (this.typeOf(child) === undefined) names.delete(name);
      else names.add(name);
    }
    return names;
  }

  /** Target of the symlink there. */
  linkOf(at: Spot): RawPath {
    const { link = "", linkBytes } = this.inodeOf(at)?.entry ?? {};
    return linkBytes === undefined ? rawOf(link) : rawOfBytes(linkBytes);
  }

  /** Puts something where there is a directory for it: a directory over a directory keeps its contents, else what was there goes. */
  put(at: Spot, inode: Inode): void {
    const before = this.typeOf(at);
    if (before === "dir" && inode.entry.type === "dir") {
      at.inode = inode;
      return;
    }
    at.children = undefined;
    at.sealed = true;
    at.inode = inode;
    this.#touch(at.parent);
  }

  /** Puts something of the same type where it is, with other attributes: what is below stays, and no directory notes it. */
  replace(at: Spot, inode: Inode): void {
    at.inode = inode;
  }

  /** Changes the attributes of what is there, and nothing else. */
  change(at: Spot, attributes: Partial<Inode["entry"]>): void {
    const inode = this.inodeOf(at);
    if (inode !== undefined) this.replace(at, { ...inode, entry: { ...inode.entry, ...attributes } });
  }

  /** Removes what is there with all below it. */
  remove(at: Spot): void {
    at.inode = undefined;
    at.gone = true;
    at.sealed = true;
    at.children = undefined;
    this.#touch(at.parent);
  }

  /** A file system notes when the names in a directory change; the root's time is shown nowhere. */
  #touch(directory: Spot | undefined): void {
    if (directory === undefined || directory === this.root) return;
    const inode = this.inodeOf(directory);
    if (inode === undefined) return;
    directory.inode = { entry: { ...inode.entry, mtime: this.#now } };
  }

  /** The time of the stage. */
  get now(): number {
    return this.#now;
  }

  /** All changes, as a layer over the tree. */
  changes(): LayerChanges {
    const members: TarMember[] = [];
    const removed: Uint8Array[] = [];
    const opaque: Uint8Array[] = [];
    const firsts = new Map<Inode, RawPath>();
    const open: { readonly at: Spot; readonly path: RawPath }[] = [{ at: this.root, path: "" }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { at, path } = next;
      if (at.inode !== undefined) members.push(memberAt(path === "" ? "." : path, at.inode, firsts));
      if (at.lower >= 0 && at !== this.root) {
        if (at.inode === undefined && at.gone) removed.push(bytesOfRaw(path));
        else if (at.inode?.entry.type === "dir" && at.sealed && this.#wasDirectory(at))
          opaque.push(bytesOfRaw(path));
      }
      for (const [name, child] of at.children ?? [])
        open.push({ at: child, path: path === "" ? name : `${path}/${name}` });
    }
    return { members, removed, opaque };
  }

  #wasDirectory({ lower }: Spot): boolean {
    return nodeEntry(this.#files.tree, lower, this.#files.upTo)?.contentType === "dir";
  }
}

const spot = (parent: Spot | undefined, name: RawPath, lower: number): Spot => ({
  parent,
  name,
  lower,
  inode: undefined,
  gone: false,
  sealed: false,
  children: undefined,
});

function memberAt(path: RawPath, inode: Inode, firsts: Map<Inode, RawPath>): TarMember {
  const { entry, content } = inode;
  const own = pathFields(bytesOfRaw(path));
  const first = entry.type === "dir" ? undefined : firsts.get(inode);
  if (first === undefined) {
    firsts.set(inode, path);
    return { entry: { ...entry, ...own }, ...(content && { content }) };
  }
  const { link: _, linkBytes: __, ...plain } = entry;
  return { entry: { ...plain, ...own, ...linkFields(bytesOfRaw(first)), type: "link" } };
}
