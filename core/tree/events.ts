import { compareRows } from "./compare.ts";
import { ABSENT, CHANGE, IMPLICIT, OWN, reserveEvent, type Tree, TYPE } from "./tree.ts";

/** A version of a path as the fold is about to write it. */
export interface Version {
  readonly layer: number;
  /** Row of the layer's table, or {@link IMPLICIT}. */
  readonly row: number;
  /** See {@link Tree.eventSource}. */
  readonly source: number;
  /** Effective type: of hard links that of what they lead to. */
  readonly type: number;
}

/** Whether `kind` leaves the path in place. */
export const isPresent = (kind: number): boolean => kind !== CHANGE.none && kind !== CHANGE.removed;

/** Event of `node` before those of `layer`, or -1; an event of this very layer no longer counts from now on. */
function eventBefore(tree: Tree, node: number, layer: number): number {
  const last = tree.last[node]!;
  if (last < 0 || tree.eventLayer[last] !== layer) return last;
  tree.eventKind[last] = CHANGE.none;
  return tree.eventPrevious[last]!;
}

function append(tree: Tree, node: number, version: Version, before: number, kind: number): number {
  reserveEvent(tree);
  const event = tree.eventCount++;
  tree.eventNode[event] = node;
  tree.eventPrevious[event] = before;
  tree.eventLayer[event] = version.layer;
  tree.eventRow[event] = version.row;
  tree.eventKind[event] = kind;
  tree.eventSource[event] = version.source;
  tree.last[node] = event;
  return event;
}

/** Writes a version of `node` that is there: one event per path and layer counts, against what was there before the layer. */
export function writeVersion(tree: Tree, node: number, version: Version): void {
  const before = eventBefore(tree, node, version.layer);
  const existed = before >= 0 && isPresent(tree.eventKind[before]!);
  const event = append(tree, node, version, before, CHANGE.added);
  if (existed) tree.eventKind[event] = compareRows(tree, before, event);
  tree.nodeType[node] = version.type;
  if (tree.inList[node] === 0 && node > 0) {
    const parent = tree.parent[node]!;
    tree.inList[node] = 1;
    tree.liveNext[node] = tree.liveFirst[parent]!;
    tree.liveFirst[parent] = node;
  }
}

/** Compares `event` with what was there before again, since its attributes have changed. */
export function judgeAgain(tree: Tree, event: number): void {
  const kind = tree.eventKind[event]!;
  if (!isPresent(kind) || kind === CHANGE.added) return;
  tree.eventKind[event] = compareRows(tree, tree.eventPrevious[event]!, event);
}

/** Writes a version that has content but no place in the file system: aufs's hard link store. */
export function writeHidden(tree: Tree, node: number, version: Version): void {
  append(tree, node, version, eventBefore(tree, node, version.layer), CHANGE.none);
}

/** Takes `node` away; when it came with this very layer, as if it had never been there. */
function writeRemoval(tree: Tree, node: number, layer: number, row: number): void {
  const before = eventBefore(tree, node, layer);
  tree.nodeType[node] = ABSENT;
  if (before >= 0 && isPresent(tree.eventKind[before]!)) {
    append(tree, node, { layer, row, source: OWN, type: ABSENT }, before, CHANGE.removed);
  } else {
    tree.last[node] = before;
  }
}

/**
 * Removes everything below `top`. Each step removes a node, or drops an absent one from a list it was put into once: all removals
 * together cost no more than the additions before them.
 */
export function removeBelow(tree: Tree, top: number, layer: number, row: number): void {
  const open = [top];
  while (open.length > 0) {
    const directory = open.pop()!;
    let child = tree.liveFirst[directory]!;
    tree.liveFirst[directory] = -1;
    while (child >= 0) {
      const next = tree.liveNext[child]!;
      tree.inList[child] = 0;
      const type = tree.nodeType[child]!;
      if (type !== ABSENT) {
        writeRemoval(tree, child, layer, row);
        if (type === TYPE.dir) open.push(child);
      }
      child = next;
    }
  }
}

/**
 * Removes below `top` what comes from lower layers (TREE-5): what `layer` lists stays, and so do the directories above it. A directory is
 * gone through once a layer, since nothing of lower layers comes back.
 */
export function removeLowerBelow(tree: Tree, top: number, layer: number, row: number): void {
  const stamp = layer + 1;
  const open = [top];
  while (open.length > 0) {
    const directory = open.pop()!;
    if (tree.cleared[directory] === stamp) continue;
    tree.cleared[directory] = stamp;
    let child = tree.liveFirst[directory]!;
    let kept = -1;
    while (child >= 0) {
      const next = tree.liveNext[child]!;
      const type = tree.nodeType[child]!;
      if (type !== ABSENT && tree.touched[child] === stamp) {
        if (type === TYPE.dir) {
          open.push(child);
          keepAsParent(tree, child, layer);
        }
        tree.liveNext[child] = kept;
        kept = child;
      } else {
        tree.inList[child] = 0;
        if (type !== ABSENT) {
          writeRemoval(tree, child, layer, row);
          if (type === TYPE.dir) removeBelow(tree, child, layer, row);
        }
      }
      child = next;
    }
    tree.liveFirst[directory] = kept;
  }
}

/**
 * Removes `node` and everything below it as far as it comes from lower layers. False when there was nothing of lower layers.
 */
export function removeLower(tree: Tree, node: number, layer: number, row: number): boolean {
  const type = tree.nodeType[node]!;
  if (type === ABSENT) return false;
  if (tree.touched[node] === layer + 1) {
    if (type !== TYPE.dir) return existedBefore(tree, node, layer);
    const known = existedBefore(tree, node, layer);
    removeLowerBelow(tree, node, layer, row);
    keepAsParent(tree, node, layer);
    return known;
  }
  writeRemoval(tree, node, layer, row);
  if (type === TYPE.dir) removeBelow(tree, node, layer, row);
  return true;
}

/** Whether `node` was there before `layer`. */
function existedBefore(tree: Tree, node: number, layer: number): boolean {
  const last = tree.last[node]!;
  const before = last >= 0 && tree.eventLayer[last] === layer ? tree.eventPrevious[last]! : last;
  return before >= 0 && isPresent(tree.eventKind[before]!);
}

/** A removed directory that holds what this layer lists stays, as one that nobody lists. */
function keepAsParent(tree: Tree, node: number, layer: number): void {
  const last = tree.last[node]!;
  if (tree.eventLayer[last] === layer) return;
  writeVersion(tree, node, { layer, row: IMPLICIT, source: OWN, type: TYPE.dir });
}
