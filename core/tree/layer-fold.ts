import { CoreError } from "../error.ts";
import type { EntryTable } from "../tar/mod.ts";
import { contentEvent, linkBytes, typeOfEvent } from "./compare.ts";
import {
  judgeAgain,
  removeBelow,
  removeLower,
  removeLowerBelow,
  writeHidden,
  writeVersion,
} from "./events.ts";
import { findNode, makeNode } from "./nodes.ts";
import { isAufs, isDot, isDotDot, isOpaque, isWhiteout, PathParts } from "./path.ts";
import { note, PROBLEM } from "./problem.ts";
import { ABSENT, BROKEN, IMPLICIT, linkedBy, OWN, type Tree, TYPE } from "./tree.ts";
import { type Ground, type Steps, walk } from "./walk.ts";

const SLASH = 0x2f;

/** Applies the entries of one layer, in archive order, to a tree. RULES.md has the rules. */
export class LayerFold {
  readonly #tree: Tree;
  readonly #table: EntryTable;
  readonly #layer: number;
  readonly #parts = new PathParts();
  readonly #steps: Steps;
  /** The file system so far: for link targets that must be there already, and for those that are made as they are walked. */
  readonly #found: Ground;
  readonly #made: Ground;
  #row = 0;
  /**
   * Directory part of the last path that was walked, as a range of the table's bytes, and the node it led to: entries come directory
   * by directory, and the walk from the root is most of the work. Length -1: none.
   */
  #knownFrom = 0;
  #knownLength = -1;
  #knownNode = 0;

  constructor(tree: Tree, table: EntryTable, fileDigests: Uint8Array<ArrayBuffer> | undefined) {
    const layer = tree.tables.length;
    if (layer >= tree.limits.layers) {
      throw new CoreError("bytes/limit", `Cannot fold layers: more than ${tree.limits.layers} layers`, {
        limit: tree.limits.layers,
      });
    }
    this.#tree = tree;
    this.#table = table;
    this.#layer = layer;
    this.#steps = { left: tree.stepsLeft };
    this.#found = {
      type: (node) => tree.nodeType[node]!,
      link: (node) => linkBytes(tree, tree.last[node]!),
      missing: () => -1,
    };
    this.#made = {
      ...this.#found,
      missing: (parent, name) => {
        const node = makeNode(tree, parent, name, 0, name.length);
        this.#imply(node);
        return node;
      },
    };
    tree.tables.push(table);
    tree.digests.push(fileDigests);
  }

  run(): void {
    const tree = this.#tree;
    if (this.#layer === 0) this.#imply(0);
    for (let row = 0; row < this.#table.count; row++) this.#apply(row);
    tree.layerStarts.push(tree.eventCount);
    tree.stepsLeft = Math.max(this.#steps.left, 0);
  }

  #apply(row: number): void {
    this.#row = row;
    const { bytes, path, link } = this.#table;
    const start = path[row]!;
    let end = link[row]!;
    while (end > start && bytes[end - 1] === SLASH) end--;
    let name = end;
    while (name > start && bytes[name - 1] !== SLASH) name--;
    const plain = name < end && !isDot(bytes, name, end) && !isDotDot(bytes, name, end);
    if (plain && this.#isKnown(start, name)) {
      this.#place(this.#knownNode, name, end);
      return;
    }
    const parts = this.#parts;
    parts.split(bytes, start, end);
    if (parts.clamped) this.#note(PROBLEM.clamped);
    const last = parts.count - 1;
    if (last < 0) {
      this.#root();
      return;
    }
    if (!this.#leadsThroughNames(last)) return;
    let directory = 0;
    for (let at = 0; at < last; at++) directory = this.#enter(directory, parts.from[at]!, parts.to[at]!);
    if (plain) {
      this.#knownFrom = start;
      this.#knownLength = name - start;
      this.#knownNode = directory;
    }
    this.#place(directory, parts.from[last]!, parts.to[last]!);
  }

  #isKnown(start: number, end: number): boolean {
    if (end - start !== this.#knownLength) return false;
    const { bytes } = this.#table;
    for (let at = start, known = this.#knownFrom; at < end; at++, known++) {
      if (bytes[at] !== bytes[known]) return false;
    }
    return true;
  }

  /** Whether the parts above the last are ordinary names (TREE-2). */
  #leadsThroughNames(last: number): boolean {
    const { bytes } = this.#table;
    const parts = this.#parts;
    for (let at = 0; at < last; at++) {
      const from = parts.from[at]!;
      const to = parts.to[at]!;
      if (!isWhiteout(bytes, from, to)) continue;
      if (!isAufs(bytes, from, to)) this.#note(PROBLEM.whiteoutInPath);
      else if (at === 0) this.#hide(last);
      return false;
    }
    return true;
  }

  /** The directory called `bytes[from … to]` below `directory`: links are followed (TREE-4), what is missing is made (TREE-3). */
  #enter(directory: number, from: number, to: number): number {
    const tree = this.#tree;
    const { bytes } = this.#table;
    const node = makeNode(tree, directory, bytes, from, to);
    const type = tree.nodeType[node]!;
    if (type === TYPE.dir) return node;
    if (type === TYPE.symlink) {
      const end = walk(tree, this.#made, {
        from: node,
        path: undefined,
        steps: this.#steps,
        followLast: true,
      });
      if (end.found && tree.nodeType[end.node] === TYPE.dir) return end.node;
      this.#note(PROBLEM.cycle);
    } else if (type !== ABSENT) {
      this.#note(PROBLEM.parent);
    }
    this.#imply(node);
    return node;
  }

  /** Puts a directory that no entry lists at `node`. */
  #imply(node: number): void {
    writeVersion(this.#tree, node, { layer: this.#layer, row: IMPLICIT, source: OWN, type: TYPE.dir });
    this.#tree.cleared[node] = this.#layer + 1;
    this.#touch(node);
    this.#knownLength = -1;
  }

  #place(directory: number, from: number, to: number): void {
    const { bytes, type } = this.#table;
    if (isWhiteout(bytes, from, to)) {
      this.#whiteout(directory, from, to);
      return;
    }
    const node = makeNode(this.#tree, directory, bytes, from, to);
    const own = type[this.#row]!;
    if (own === TYPE.link) this.#link(node);
    else this.#write(node, own, OWN);
  }

  #write(node: number, type: number, source: number): void {
    const tree = this.#tree;
    this.#touch(node);
    const last = tree.last[node]!;
    const before = tree.nodeType[node]!;
    if (before !== ABSENT && tree.eventLayer[last] === this.#layer && tree.eventRow[last] !== IMPLICIT) {
      this.#note(PROBLEM.duplicate);
    }
    if (before === TYPE.dir && type !== TYPE.dir) removeBelow(tree, node, this.#layer, this.#row);
    if (before === TYPE.symlink || (before === TYPE.dir && type !== TYPE.dir)) this.#knownLength = -1;
    writeVersion(tree, node, { layer: this.#layer, row: this.#row, source, type });
    if (type === TYPE.dir && before !== TYPE.dir) tree.cleared[node] = this.#layer + 1;
  }

  /** The root can only be a directory (TREE-1). */
  #root(): void {
    if (this.#table.type[this.#row] === TYPE.dir) this.#write(0, TYPE.dir, OWN);
    else this.#note(PROBLEM.root);
  }

  /** A hard link takes over the content of its target as it is now (TREE-9): what becomes of the target later is no matter. */
  #link(node: number): void {
    const tree = this.#tree;
    const { bytes, link, path } = this.#table;
    const target = this.#target(bytes.subarray(link[this.#row], path[this.#row + 1]));
    if (target < 0 || tree.nodeType[target] === TYPE.dir) {
      this.#note(target < 0 ? PROBLEM.linkMissing : PROBLEM.linkToDirectory);
      this.#write(node, TYPE.link, BROKEN);
      return;
    }
    const content = contentEvent(tree, tree.last[target]!);
    if (content < 0) this.#note(PROBLEM.linkMissing);
    this.#write(node, content < 0 ? TYPE.link : typeOfEvent(tree, content), content < 0 ? BROKEN : content);
    if (content >= 0 && tree.eventLayer[content] === this.#layer) {
      tree.eventSource[content] = linkedBy(tree.last[node]!);
      judgeAgain(tree, content);
    }
  }

  /** The node that a hard link target names, in the file system or in aufs's link store, or -1. */
  #target(name: Uint8Array): number {
    const tree = this.#tree;
    const parts = this.#parts;
    parts.split(name, 0, name.length);
    if (parts.count === 0) return 0;
    const hidden = isAufs(name, parts.from[0]!, parts.to[0]!);
    let node = 0;
    for (let at = 0; at < parts.count; at++) {
      node = findNode(tree, node, name, parts.from[at]!, parts.to[at]!);
      if (node < 0) return -1;
      if (hidden || at === parts.count - 1) continue;
      const end = walk(tree, this.#found, {
        from: node,
        path: undefined,
        steps: this.#steps,
        followLast: true,
      });
      if (!end.found || tree.nodeType[end.node] !== TYPE.dir) return -1;
      node = end.node;
    }
    if (hidden) return tree.last[node]! >= 0 ? node : -1;
    return tree.nodeType[node] === ABSENT ? -1 : node;
  }

  /** Keeps what aufs put aside, for the hard links to it. */
  #hide(last: number): void {
    const tree = this.#tree;
    const { bytes, type } = this.#table;
    let node = 0;
    for (let at = 0; at <= last; at++) {
      node = makeNode(tree, node, bytes, this.#parts.from[at]!, this.#parts.to[at]!);
    }
    const own = type[this.#row]!;
    if (own !== TYPE.file && own !== TYPE.sparse) return;
    writeHidden(tree, node, { layer: this.#layer, row: this.#row, source: OWN, type: own });
  }

  #whiteout(directory: number, from: number, to: number): void {
    const tree = this.#tree;
    const { bytes } = this.#table;
    if (isAufs(bytes, from, to)) {
      if (isOpaque(bytes, from, to)) removeLowerBelow(tree, directory, this.#layer, this.#row);
      this.#knownLength = -1;
      return;
    }
    const name = from + 4;
    if (name === to || isDot(bytes, name, to) || isDotDot(bytes, name, to)) {
      this.#note(PROBLEM.whiteoutName);
      return;
    }
    const node = findNode(tree, directory, bytes, name, to);
    const type = node < 0 ? ABSENT : tree.nodeType[node]!;
    if (type === ABSENT || !removeLower(tree, node, this.#layer, this.#row)) this.#note(PROBLEM.dangling);
    if (type === TYPE.dir || type === TYPE.symlink) this.#knownLength = -1;
  }

  /** Marks `node` and what is above it as holding something that this layer lists. */
  #touch(node: number): void {
    const { parent, touched } = this.#tree;
    const stamp = this.#layer + 1;
    for (let at = node; at >= 0 && touched[at] !== stamp; at = parent[at]!) touched[at] = stamp;
  }

  #note(kind: number): void {
    note(this.#tree, { kind, layer: this.#layer, row: this.#row });
  }
}
