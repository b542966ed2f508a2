import { useSignal } from "@preact/signals";
import { renameLines } from "../../model/draft-lines.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import type { DraftProps } from "./draft-props.ts";

/** Gives a draft another name. */
export function NamePanel({ draft }: Pick<DraftProps, "draft">) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.drafts;
  const before = draft.standing.value?.name ?? "";
  const name = useSignal(before);
  const trouble = useSignal<Trouble | undefined>(undefined);
  const rename = async () => {
    try {
      await desk.drafts.calls.rename(draft.id, name.value.trim());
      desk.panel.value = undefined;
      desk.say(say.renamed(name.value.trim()));
    } catch (error) {
      trouble.value = troubleOf(error);
    }
  };
  const text = name.value.trim();
  return (
    <Frame title={say.renameTitle} lines={text === before ? [] : renameLines(before, text)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void rename();
        }}
      >
        <label class="field">
          <span>{say.form.name}</span>
          <input
            type="text"
            autofocus
            value={name.value}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="none"
            onInput={(event) => (name.value = event.currentTarget.value)}
          />
        </label>
        {trouble.value !== undefined && (
          <TroubleNote title={say.failedTo.rename} trouble={trouble.value} advice={false} />
        )}
        <div class="panel-actions">
          <button type="submit" class="button button-main" disabled={text === "" || text === before}>
            {say.renameAction}
          </button>
        </div>
      </form>
    </Frame>
  );
}
