import { contentEvent } from "./compare.ts";
import { diveScore } from "./dive.ts";
import { isPresent } from "./events.ts";
import { contentSize } from "./layer-pass.ts";
import { sizeOfEvent } from "./lookup.ts";
import { checkLayer, measure } from "./measure.ts";
import { sortedByKey } from "./order.ts";
import { CHANGE, IMPLICIT, type Tree, TYPE } from "./tree.ts";

/**
 * Why bytes are shipped and yet not needed: another version took their place; the path was removed; only mode, owner, times or attributes
 * were rewritten, and the bytes with them; or nothing ever shows them (a path listed twice in its layer, leftovers of aufs, entries
 * that are left out).
 */
export type WasteKind = "overwritten" | "removed" | "metadata" | "unused";

/** What one layer ships. */
export interface LayerUsage {
  readonly layer: number;
  /** Sizes of its regular files. */
  readonly bytes: number;
  readonly files: number;
  /** Of `bytes`, those not in the final tree. */
  readonly wasted: number;
  /** Paths by what the layer did to them; `same` were rewritten without any difference. */
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly metadata: number;
  readonly same: number;
  /** Bytes of lower layers that it hides. */
  readonly hidden: number;
}

/** One path that ships bytes nobody sees. */
export interface WastedPath {
  readonly node: number;
  readonly bytes: number;
  /** Versions of it that ship bytes, the visible one counted. */
  readonly copies: number;
  /** What became of the last wasted copy. */
  readonly kind: WasteKind;
}

/** Where an image's bytes are; `totalBytes = finalBytes + wastedBytes` always. */
export interface Usage {
  readonly layers: readonly LayerUsage[];
  readonly totalBytes: number;
  readonly finalBytes: number;
  readonly wastedBytes: number;
  readonly wastedBy: { readonly [K in WasteKind]: number };
  /** `finalBytes / totalBytes`, from 0 to 1; `undefined` for an image without bytes. */
  readonly efficiency: number | undefined;
  /** Efficiency as dive defines it (TREE-16), for comparison; `undefined` for an image without bytes. */
  readonly diveEfficiency: number | undefined;
  /** Largest first. */
  readonly wasted: readonly WastedPath[];
}

/** Paths listed in {@link Usage.wasted} unless the caller says otherwise. */
const MOST = 1000;

const KINDS: readonly WasteKind[] = ["unused", "overwritten", "removed", "metadata"];

/**
 * Where the bytes are as of layer `upTo` (default: the last). Linear in changes; about 30 bytes a node for the time it takes.
 * @throws RangeError when the tree has no such layer; an empty tree has no bytes.
 */
export function usage(
  tree: Tree,
  options: { readonly upTo?: number | undefined; readonly most?: number | undefined } = {},
): Usage {
  const upTo = options.upTo ?? tree.tables.length - 1;
  if (upTo >= 0 || options.upTo !== undefined) checkLayer(tree, upTo);
  const end = tree.layerStarts[upTo + 1]!;
  const needed = neededContent(tree, upTo, end);
  const fate = fates(tree, end);
  const nodeBytes = new Float64Array(tree.nodeCount);
  const nodeCopies = new Uint32Array(tree.nodeCount);
  const nodeKind = new Uint8Array(tree.nodeCount);
  const wastedBy = { overwritten: 0, removed: 0, metadata: 0, unused: 0 };
  const layers: LayerUsage[] = [];
  let totalBytes = 0;

  for (let layer = 0; layer <= upTo; layer++) {
    const counts = [0, 0, 0, 0, 0, 0];
    let files = 0;
    let seen = 0;
    let wasted = 0;
    let hidden = 0;
    for (let event = tree.layerStarts[layer]!; event < tree.layerStarts[layer + 1]!; event++) {
      const kind = tree.eventKind[event]!;
      counts[kind]!++;
      if (kind > CHANGE.added) hidden += sizeOfEvent(tree, tree.eventPrevious[event]!);
      if (kind === CHANGE.removed || tree.eventRow[event] === IMPLICIT) continue;
      const bytes = sizeOfEvent(tree, event);
      const node = tree.eventNode[event]!;
      if (isPresent(kind) && isFile(tree, event)) files++;
      if (bytes === 0) continue;
      seen += bytes;
      nodeCopies[node]!++;
      if (needed[event] === 1) continue;
      wasted += bytes;
      nodeBytes[node]! += bytes;
      nodeKind[node] = fate[event]!;
      wastedBy[KINDS[fate[event]!]!] += bytes;
    }
    const bytes = contentSize(tree.tables[layer]!);
    // What never became a change of a path: entries that are left out.
    wastedBy.unused += bytes - seen;
    wasted += bytes - seen;
    totalBytes += bytes;
    layers.push({
      layer,
      bytes,
      files,
      wasted,
      added: counts[CHANGE.added]!,
      changed: counts[CHANGE.changed]!,
      removed: counts[CHANGE.removed]!,
      metadata: counts[CHANGE.metadata]!,
      same: counts[CHANGE.same]!,
      hidden,
    });
  }

  const wastedBytes = layers.reduce((sum, layer) => sum + layer.wasted, 0);
  return {
    layers,
    totalBytes,
    finalBytes: totalBytes - wastedBytes,
    wastedBytes,
    wastedBy,
    efficiency: totalBytes === 0 ? undefined : (totalBytes - wastedBytes) / totalBytes,
    diveEfficiency: diveScore(tree, upTo),
    wasted: largest(nodeBytes, options.most ?? MOST).map((node) => ({
      node,
      bytes: nodeBytes[node]!,
      copies: nodeCopies[node]!,
      kind: KINDS[nodeKind[node]!]!,
    })),
  };
}

/** Whether the row at `event` is a regular file. */
function isFile(tree: Tree, event: number): boolean {
  const type = tree.tables[tree.eventLayer[event]!]!.type[tree.eventRow[event]!]!;
  return type === TYPE.file || type === TYPE.sparse;
}

/** For every event whether some path of the final tree has its content. */
function neededContent(tree: Tree, upTo: number, end: number): Uint8Array {
  const needed = new Uint8Array(end);
  if (upTo < 0) return needed;
  for (const event of measure(tree, { upTo, scope: "merged" }).event) {
    const content = event < 0 ? -1 : contentEvent(tree, event);
    if (content >= 0) needed[content] = 1;
  }
  return needed;
}

/** For every event what became of it, as an index of KINDS; 0 when no later layer touched the path. */
function fates(tree: Tree, end: number): Uint8Array {
  const fate = new Uint8Array(end);
  for (let event = 0; event < end; event++) {
    const kind = tree.eventKind[event]!;
    const before = tree.eventPrevious[event]!;
    if (kind === CHANGE.none || before < 0) continue;
    if (kind === CHANGE.removed) fate[before] = 2;
    else fate[before] = kind === CHANGE.metadata || kind === CHANGE.same ? 3 : 1;
  }
  return fate;
}

function largest(bytes: Float64Array, most: number): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < bytes.length; node++) if (bytes[node]! > 0) nodes.push(node);
  const key = bytes.map((count) => -count);
  return [...sortedByKey(Int32Array.from(nodes), key).subarray(0, most)];
}
