import { CoreError } from "../error.ts";
import { orderedLayer, storeLayer } from "../image/mod.ts";
import { type ContainerRecord, type DraftRecord, editTable, type LocalStore } from "../store/mod.ts";
import type { ContainerContext } from "./context.ts";
import { noSuchContainer } from "./failure.ts";
import { type OpenContainer, withDraft } from "./open.ts";
import type { Stage } from "./stage.ts";

/** What a draft is told as. */
export type DraftNote = Pick<DraftRecord, "verb" | "path" | "from">;

/**
 * Makes the changes of a stage a draft of the container: its layer is written and then named in the record, in one step, so that a container
 * has all of a change or nothing. What was taken back before can no longer be made again.
 * @throws CoreError `container/changed` when somebody else changed it meanwhile, `container/missing` when it is gone, `store/full`;
 * what reading a content throws.
 */
export async function keepDraft(
  context: ContainerContext,
  container: OpenContainer,
  change: { readonly stage: Stage; readonly note: DraftNote },
): Promise<OpenContainer> {
  const { store, newHasher, signal } = context;
  const members = orderedLayer(change.stage.changes());
  if (members.length === 0) return container;
  const lease = await store.lease(container.record.target.digest);
  try {
    const { descriptor } = await storeLayer(store, members, { newHasher, signal, lease });
    const record = await editRecord(store, container.record, (now) => ({
      ...now,
      drafts: [...now.drafts, { layer: descriptor, ...change.note }],
      undone: [],
    }));
    return await withDraft(context, container, record);
  } finally {
    await lease.release();
  }
}

/**
 * Changes the record of a container that is still as it was opened.
 * @throws CoreError `container/changed`, `container/missing`.
 */
export async function editRecord(
  store: LocalStore,
  opened: ContainerRecord,
  change: (now: ContainerRecord) => ContainerRecord,
): Promise<ContainerRecord> {
  const { id, name } = opened;
  const { record } = await editTable(store.table, ({ containers }) => {
    const now = containers.get(id);
    if (now === undefined) throw noSuchContainer(name);
    if (layersOf(now) !== layersOf(opened)) {
      throw new CoreError(
        "container/changed",
        `Cannot change container ${name}: it was changed elsewhere since it was opened`,
        { container: id },
      );
    }
    const made = change(now);
    return { changes: [{ kind: "container", id, record: made }], record: made };
  });
  return record;
}

const layersOf = ({ drafts, undone }: ContainerRecord): string =>
  [drafts, undone].map((list) => list.map(({ layer }) => layer.digest).join()).join(" ");
