import type { DraftChange } from "../../model/drafts.ts";
import { visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { Name } from "../part/name.tsx";
import type { DraftPlace } from "./draft-place.ts";
import type { DraftProps } from "./draft-props.ts";
import type { DraftWorker } from "./draft-work.ts";

/** Lines shown at most. */
const MOST = 1000;

/** What `docker diff` prints, with sizes; each line leads to its path. */
export function ChangesPane({
  draft,
  place,
  worker,
}: Pick<DraftProps, "draft"> & { readonly place: DraftPlace; readonly worker: DraftWorker }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.drafts.pane;
  const standing = draft.standing.value;
  const changes = useAnswer(() => draft.handle.changes(MOST), [standing?.revision]).value.value;
  const show = async (change: DraftChange) => {
    // Filters may hide it.
    if (place.list.spec.peek().filter !== "") place.list.update({ filter: "" });
    place.part.value = "files";
    if (await place.list.reveal(change.node)) return;
    await worker.reveal(change.path);
    desk.say(say.entry(say.kinds[change.kind], visibleName(change.path), ""));
  };
  return (
    <section class="changes-pane" aria-labelledby="changes-title">
      <h2 id="changes-title" class="pane-title">
        {say.title}
      </h2>
      {changes?.length === 0 && <p class="muted changes-empty">{say.empty}</p>}
      <ol>
        {changes?.map((change) => {
          const size = change.type === "file" ? format.bytes(change.size) : "";
          return (
            <li key={change.path} data-above={change.above}>
              <button
                type="button"
                aria-label={say.entry(say.kinds[change.kind], visibleName(change.path), size)}
                title={visibleName(change.path)}
                onClick={() => void show(change)}
              >
                <span class={`mark mark-${change.kind}`} aria-hidden="true">
                  {change.kind}
                </span>
                <span class="change-path">
                  <Name text={change.path} />
                  {change.type === "dir" && "/"}
                </span>
                <span class="change-size">{size}</span>
              </button>
            </li>
          );
        })}
      </ol>
      {changes?.length === MOST && <p class="muted changes-empty">{say.more(format, MOST)}</p>}
    </section>
  );
}
