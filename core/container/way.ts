import type { EntryType } from "../tar/mod.ts";
import type { RawPath, Spot, Stage } from "./stage.ts";

/** Where a path leads. */
export interface Way {
  /** `here`: there is something. `free`: nothing is, but a directory for it. Else why it leads nowhere. */
  readonly state: "here" | "free" | "missing" | "not-a-directory" | "loop" | "escape";
  /** The place, or where the way ended. */
  readonly at: Spot;
  /** What is there. */
  readonly type: EntryType | undefined;
}

/** How a path is walked. */
export interface WalkOptions {
  /** Where relative and absolute paths begin, and what nothing leads out of. Default: the root. */
  readonly scope?: Spot | undefined;
  /** Whether a symlink at the end is followed. A slash at the end follows it in any case. Default: yes. */
  readonly followLast?: boolean | undefined;
  /** Whether `..` above the scope is an error; else it is the scope, as above the root of a file system. */
  readonly strict?: boolean | undefined;
  /** Called where a directory is missing on the way; it may put one there. */
  readonly make?: ((at: Spot) => void) | undefined;
}

/** Links that one path may lead through: what Linux allows. */
const HOPS = 40;

/**
 * Walks a path as the kernel does in a changed root: symlinks are followed inside the scope, absolute ones begin there again. The rests of paths
 * behind links stand in a list, and their number is bounded, so nothing recurses.
 */
export function walkPath(stage: Stage, path: RawPath, options: WalkOptions = {}): Way {
  const { scope = stage.root, followLast = true, strict = false, make } = options;
  const rest = path.split("/").reverse();
  const slash = path.endsWith("/") || path.endsWith("/.") || path === ".";
  let at = scope;
  let hops = 0;
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    if (part === "" || part === ".") continue;
    const type = stage.typeOf(at);
    if (type !== "dir") return { state: type === undefined ? "missing" : "not-a-directory", at, type };
    if (part === "..") {
      if (at === scope && strict) return { state: "escape", at, type };
      at = at === scope ? scope : (at.parent ?? scope);
      continue;
    }
    const next = stage.child(at, part);
    const last = rest.every((name) => name === "" || name === ".");
    if (stage.typeOf(next) === undefined && (!last || slash)) make?.(next);
    if (stage.typeOf(next) !== "symlink" || (last && !followLast && !slash)) {
      at = next;
      continue;
    }
    const link = stage.linkOf(next);
    if (++hops > HOPS) return { state: "loop", at: next, type: "symlink" };
    if (link.startsWith("/")) at = scope;
    rest.push(...link.split("/").reverse());
  }
  const type = stage.typeOf(at);
  if (type === undefined) return { state: slash ? "missing" : "free", at, type };
  if (slash && type !== "dir") return { state: "not-a-directory", at, type };
  return { state: "here", at, type };
}

/** The path of a place, from the root, with a slash before it. */
export function pathOfSpot(at: Spot): RawPath {
  const parts: RawPath[] = [];
  for (let spot: Spot | undefined = at; spot?.parent !== undefined; spot = spot.parent) parts.push(spot.name);
  return `/${parts.reverse().join("/")}`;
}
