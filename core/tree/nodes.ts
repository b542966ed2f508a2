import { reserveNode, type Tree } from "./tree.ts";

/**
 * The place in `slots` where a search for (parent, name) begins. The seed is mixed into every step, so that names that meet in one
 * place in one tree part in the next.
 */
function hashOf(tree: Tree, parent: number, name: Uint8Array, from: number, to: number): number {
  const { seed } = tree;
  let hash = Math.imul(parent ^ seed, 0x9e3779b1);
  for (let at = from; at < to; at++) {
    hash = Math.imul(hash ^ name[at]!, seed);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Whether the name of `node` is `bytes[from … to]`. */
function named(tree: Tree, node: number, bytes: Uint8Array, from: number, to: number): boolean {
  const start = tree.nameStart[node]!;
  if (tree.nameStart[node + 1]! - start !== to - from) return false;
  const { names } = tree;
  for (let at = from, own = start; at < to; at++, own++) {
    if (bytes[at] !== names[own]) return false;
  }
  return true;
}

/** The node called `bytes[from … to]` below `parent` that any layer ever had, or -1. */
export function findNode(tree: Tree, parent: number, bytes: Uint8Array, from: number, to: number): number {
  const { slots } = tree;
  const mask = slots.length - 1;
  for (let slot = hashOf(tree, parent, bytes, from, to) & mask; ; slot = (slot + 1) & mask) {
    const node = slots[slot]! - 1;
    if (node < 0) return -1;
    if (tree.parent[node] === parent && named(tree, node, bytes, from, to)) return node;
  }
}

/**
 * The node called `bytes[from … to]` below `parent`, made when there is none.
 * @throws CoreError `bytes/limit` when there are too many.
 */
export function makeNode(tree: Tree, parent: number, bytes: Uint8Array, from: number, to: number): number {
  // A table fuller than this makes long runs of taken places.
  if (tree.nodeCount * 8 >= tree.slots.length * 5) rehash(tree);
  const { slots } = tree;
  const mask = slots.length - 1;
  let slot = hashOf(tree, parent, bytes, from, to) & mask;
  for (;;) {
    const node = slots[slot]! - 1;
    if (node < 0) break;
    if (tree.parent[node] === parent && named(tree, node, bytes, from, to)) return node;
    slot = (slot + 1) & mask;
  }
  reserveNode(tree, to - from);
  const node = tree.nodeCount++;
  const start = tree.nameStart[node]!;
  const { names } = tree;
  for (let at = from, own = start; at < to; at++, own++) names[own] = bytes[at]!;
  tree.nameStart[node + 1] = start + to - from;
  tree.parent[node] = parent;
  slots[slot] = node + 1;
  return node;
}

function rehash(tree: Tree): void {
  const slots = new Int32Array(tree.slots.length * 2);
  const mask = slots.length - 1;
  for (let node = 1; node < tree.nodeCount; node++) {
    let slot =
      hashOf(tree, tree.parent[node]!, tree.names, tree.nameStart[node]!, tree.nameStart[node + 1]!) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = node + 1;
  }
  tree.slots = slots;
}
