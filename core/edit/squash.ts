import {
  hardLink,
  type LayerChanges,
  mergedMembers,
  nodeMember,
  type OpenTree,
  orderedLayer,
  storeLayer,
} from "../image/mod.ts";
import type { TarMember } from "../tar/mod.ts";
import { measure, mergedEntries, nodeEntry, pathBytes, pathOf } from "../tree/mod.ts";
import type { ImageDraft } from "./draft.ts";
import { checkRange, type LayerRange, withOneLayer } from "./layers.ts";
import { draftLayer, type EditWork, openDraft, storing } from "./work.ts";

/**
 * `draft` with the layers of a range as one, which has the files as of its last: what came and went in between is gone. Upper layers stay
 * as they are. Over the whole image it is a flattening.
 * @throws CoreError `edit/layer`, `edit/foreign`; `store/*`, and what a broken layer throws.
 */
export async function squashed(draft: ImageDraft, range: LayerRange, work: EditWork): Promise<ImageDraft> {
  checkRange(draft, range);
  if (range.from === range.to) return draft;
  const { layers, tree } = await openDraft(draft, work, range.to + 1);
  const files: OpenTree = { tree, layers, upTo: range.to };
  const members =
    range.from === 0
      ? orderedLayer({ members: mergedMembers(files) })
      : orderedLayer(changesSince(files, range.from));
  const stored = await storeLayer(work.store, members, storing(work, draft.family, range.from));
  const created = createdOf(draft, range);
  const comment = `squashed ${range.to - range.from + 1} layers`;
  return withOneLayer(draft, range, { layer: draftLayer(stored), line: { created, comment } });
}

/** When the newest layer of a range was made, as its history says it. */
function createdOf(draft: ImageDraft, { from, to }: LayerRange): string | undefined {
  const layers = new Set(draft.layers.slice(from, to + 1));
  const created = draft.steps
    .findLast(({ layer }) => layer !== undefined && layers.has(layer))
    ?.entry.get("created");
  return typeof created === "string" ? created : undefined;
}

/** What the layers from `first` on did to the files of those below, as one layer. */
function changesSince(files: OpenTree, first: number): LayerChanges {
  const { tree, upTo } = files;
  const before = measure(tree, { upTo: first - 1, scope: "merged" }).event;
  const after = measure(tree, { upTo, scope: "merged" }).event;
  const removed: string[] = [];
  for (let node = 1; node < tree.nodeCount; node++) {
    if (before[node]! < 0 || after[node]! >= 0) continue;
    const parent = tree.parent[node]!;
    // Only the topmost of what is gone, and nothing below what is a directory no more: that goes with it.
    if (after[parent]! < 0 || nodeEntry(tree, parent, upTo)?.contentType !== "dir") continue;
    removed.push(pathOf(tree, node).slice(1));
  }
  return { members: newMembers(files, first), removed };
}

function* newMembers(files: OpenTree, first: number): Generator<TarMember, void, undefined> {
  const { tree, upTo } = files;
  /** First name in this layer of a file that has several. */
  const written = new Map<number, Uint8Array>();
  for (const { node, entry, firstNode = node } of mergedEntries(tree, upTo)) {
    if (entry.layer < first) continue;
    const path = node === 0 ? new Uint8Array(0) : pathBytes(tree, node).subarray(1);
    const member = nodeMember(files, node, { path });
    if (member === undefined) continue;
    const other = entry.contentType === "dir" ? undefined : written.get(firstNode);
    if (other === undefined) written.set(firstNode, path);
    yield other === undefined ? member : hardLink(member, other);
  }
}
