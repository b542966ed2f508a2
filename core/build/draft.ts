import { CoreError } from "../error.ts";
import {
  type Attributes,
  type DirNode,
  EMPTY_ROOT,
  type FileNode,
  type Found,
  nodeAt,
  resolvePath,
} from "./files.ts";

/** A directory that a draft may change. */
interface OwnDir extends DirNode {
  readonly children: Map<string, FileNode>;
}

/**
 * A file system that is being changed. What is not changed is shared with the one it began as, which stays as it was.
 * @see changedMembers for what has changed
 */
export class Draft {
  readonly base: DirNode;
  /** Its files have times that belong to what they came from: an archive, a server. Those of other files are when somebody touched them. */
  dated = false;
  readonly #token = {};
  #root: DirNode;

  constructor(base: DirNode = EMPTY_ROOT) {
    this.base = base;
    this.#root = base;
  }

  get root(): DirNode {
    return this.#root;
  }

  /** Where `path` leads. @throws CoreError `build/failed` when links lead round in circles */
  find(path: string): Found {
    const found = resolvePath(this.#root, path, { followLast: true });
    if (found !== undefined) return found;
    throw new CoreError("build/failed", `${path}: too many links`);
  }

  /** What stands at `path`, by names alone. */
  at(path: readonly string[]): FileNode | undefined {
    return nodeAt(this.#root, path);
  }

  /**
   * Makes the directory at `path`, which has no links in it, and those above it where they are missing, with these attributes.
   * @throws CoreError `build/failed` when something else stands there
   */
  makeDirs(path: readonly string[], attributes: Attributes): void {
    this.#open(path, attributes);
  }

  /** Puts `node` at `path`, whose parent is there, in place of what was there. */
  put(path: readonly string[], node: FileNode): void {
    const name = path.at(-1);
    const nul =
      name?.includes("\0") === true || (node.type === "symlink" && node.link?.includes("\0") === true);
    if (nul) throw this.#problem(path, "invalid argument", "open");
    if (name === undefined) throw new CoreError("build/failed", "cannot replace the root directory");
    this.#open(path.slice(0, -1), undefined).children.set(name, node);
  }

  /** Gives the directory at `path`, which is there, other attributes. */
  setAttributes(path: readonly string[], attributes: Attributes): void {
    const { mode, uid, gid, mtime, xattrs } = attributes;
    const own = this.#open(path, undefined);
    Object.assign(own, { mode, uid, gid, mtime, xattrs });
  }

  #open(path: readonly string[], attributes: Attributes | undefined): OwnDir {
    let dir = this.#own(this.#root);
    this.#root = dir;
    for (const [at, name] of path.entries()) {
      const child = dir.children.get(name);
      if (child === undefined && attributes === undefined)
        throw this.#problem(path.slice(0, at + 1), "no such file or directory");
      if (child !== undefined && child.type !== "dir")
        throw this.#problem(
          path.slice(0, at + 2),
          "not a directory",
          at + 1 < path.length ? "lstat" : "mkdir",
        );
      if (child === undefined && name.includes("\0")) throw this.#problem(path, "invalid argument", "mkdir");
      const next = child === undefined ? this.#make(attributes!) : this.#own(child);
      if (next !== child) dir.children.set(name, next);
      dir = next;
    }
    return dir;
  }

  #problem(path: readonly string[], what: string, call = "lstat"): CoreError {
    return new CoreError("build/failed", `${call} /${path.join("/")}: ${what}`);
  }

  #make({ mode, uid, gid, mtime, xattrs }: Attributes): OwnDir {
    return { type: "dir", mode, uid, gid, mtime, xattrs, children: new Map(), owner: this.#token };
  }

  #own(dir: DirNode): OwnDir {
    if (this.#isOwn(dir)) return dir;
    return { ...dir, children: new Map(dir.children), owner: this.#token };
  }

  #isOwn(dir: DirNode): dir is OwnDir {
    return dir.owner === this.#token;
  }
}
