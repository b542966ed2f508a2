import { findNode } from "./nodes.ts";
import { isDot, isDotDot } from "./path.ts";
import { ABSENT, type Tree, TYPE } from "./tree.ts";

const SLASH = 0x2f;

/** A file system to walk through. */
export interface Ground {
  /** Effective type of a node, or {@link ABSENT}. */
  type(node: number): number;
  /** Target of the symlink at a node. */
  link(node: number): Uint8Array;
  /** Asked for a name that is not there: a directory made for it, or -1. */
  missing(parent: number, name: Uint8Array): number;
}

/** Path components that may still be walked; shared by the walks of one piece of work. */
export interface Steps {
  left: number;
}

/** Why a path leads nowhere; `limit`: too long a way, or too long a target. */
export type Dead = "missing" | "cycle" | "not-a-directory" | "limit";

/** Where a path leads inside the image, or why it leads nowhere. */
export type Resolution =
  | { readonly found: true; readonly node: number }
  | { readonly found: false; readonly reason: Dead /** The last node reached. */; readonly at: number };

/** What is to be walked. */
export interface Way {
  /** Where the way begins; when it is a symlink, it is followed first. */
  readonly from: number;
  readonly path: Uint8Array | undefined;
  readonly steps: Steps;
  /** Whether a symlink at the very end is followed. */
  readonly followLast: boolean;
}

/** What is left of a path: its bytes, and where the next part begins. */
interface Rest {
  readonly bytes: Uint8Array;
  at: number;
}

/**
 * Walks as the kernel does in a changed root: `..` is what is above the directory reached, above the root is the root, absolute targets
 * start again at the root. The rests of paths behind links stand in a list, so depth of links is bounded by `limits.hops` and never
 * by the call stack.
 */
export function walk(tree: Tree, ground: Ground, way: Way): Resolution {
  const { hops, target } = tree.limits;
  const rests: Rest[] = way.path === undefined ? [] : [{ bytes: way.path, at: 0 }];
  let node = way.from;
  let followed = 0;
  const fail = (reason: Dead): Resolution => ({ found: false, reason, at: node });

  for (;;) {
    const type = ground.type(node);
    if (type === ABSENT) return fail("missing");
    if (type === TYPE.symlink && (way.followLast || rests.some(hasMore) || way.path === undefined)) {
      if (++followed > hops) return fail("cycle");
      const bytes = ground.link(node);
      if (bytes.length > target) return fail("limit");
      if (bytes.length === 0) return fail("missing");
      // Of a target that is all slashes there are no components to count.
      way.steps.left -= bytes.length >>> 3;
      rests.push({ bytes, at: 0 });
      node = bytes[0] === SLASH ? 0 : Math.max(tree.parent[node]!, 0);
      continue;
    }
    while (rests.length > 0 && !hasMore(rests.at(-1)!)) rests.pop();
    const rest = rests.at(-1);
    if (rest === undefined) return { found: true, node };
    if (type !== TYPE.dir) return fail("not-a-directory");
    if (way.steps.left-- <= 0) return fail("limit");
    const { bytes } = rest;
    let from = rest.at;
    while (bytes[from] === SLASH) from++;
    let to = from;
    while (to < bytes.length && bytes[to] !== SLASH) to++;
    rest.at = to;
    if (isDot(bytes, from, to)) continue;
    if (isDotDot(bytes, from, to)) {
      node = Math.max(tree.parent[node]!, 0);
      continue;
    }
    const next = findNode(tree, node, bytes, from, to);
    if (next >= 0 && ground.type(next) !== ABSENT) {
      node = next;
      continue;
    }
    const made = ground.missing(node, bytes.subarray(from, to));
    if (made < 0) return fail("missing");
    node = made;
  }
}

function hasMore({ bytes, at }: Rest): boolean {
  for (let next = at; next < bytes.length; next++) {
    if (bytes[next] !== SLASH) return true;
  }
  return false;
}
