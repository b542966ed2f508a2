import { orderedLayer, storeLayer } from "../image/mod.ts";
import { changeset } from "./changes.ts";
import type { ContainerContext } from "./context.ts";
import { editRecord } from "./keep.ts";
import { hasRuntime, type OpenContainer, openRecord, withDraft } from "./open.ts";

/**
 * The container without its last change, which {@link redoChange} makes again; itself when nothing was changed.
 * @throws CoreError `container/changed`, `container/missing`.
 */
export async function undoChange(
  context: ContainerContext,
  container: OpenContainer,
): Promise<OpenContainer> {
  const last = container.record.drafts.at(-1);
  if (last === undefined) return container;
  const record = await editRecord(context.store, container.record, (now) => ({
    ...now,
    drafts: now.drafts.slice(0, -1),
    undone: [last, ...now.undone],
  }));
  const { layers, upTo } = container;
  return { ...container, record, layers: layers.slice(0, -1), upTo: upTo - 1 };
}

/** The container with the change that was taken back last; itself when there is none. Throws as {@link undoChange}. */
export async function redoChange(
  context: ContainerContext,
  container: OpenContainer,
): Promise<OpenContainer> {
  const [next, ...rest] = container.record.undone;
  if (next === undefined) return container;
  const record = await editRecord(context.store, container.record, (now) => ({
    ...now,
    drafts: [...now.drafts, next],
    undone: rest,
  }));
  return withDraft(context, container, record);
}

/**
 * The container with all its changes in one draft: what was changed and changed again takes room once, and can no longer be taken back step by
 * step. The old drafts go with the next sweep.
 * @throws CoreError as {@link undoChange}, `store/full`; what reading a content throws.
 */
export async function compactChanges(
  context: ContainerContext,
  container: OpenContainer,
): Promise<OpenContainer> {
  const { store, newHasher, signal } = context;
  const { drafts } = container.record;
  if (drafts.length < 2) return container;
  const members = orderedLayer(changeset(container));
  const lease = await store.lease(container.record.target.digest);
  try {
    const layer =
      members.length === 0 ? undefined : await storeLayer(store, members, { newHasher, signal, lease });
    const record = await editRecord(store, container.record, (now) => ({
      ...now,
      drafts: layer === undefined ? [] : [{ layer: layer.descriptor, verb: "squash", path: "/" }],
      undone: [],
    }));
    return await openRecord(context, record, { runtime: hasRuntime(container), shown: container.shown });
  } finally {
    await lease.release();
  }
}
