import { useDesk, useLanguage } from "../desk.ts";
import { Icon, type IconName } from "../part/icon.tsx";
import { LazyMenu } from "../part/lazy-menu.tsx";
import { touch } from "../part/media.ts";
import type { FormProps } from "./draft-form.tsx";

/** What changes the files: it works on what is selected, else on what is under the cursor. */
export function DraftToolbar({ place, actions }: FormProps) {
  const { words, format } = useLanguage();
  const say = words.drafts.tools;
  const { list } = place;
  const marked = place.marked.value.size;
  const busy = place.busy.value !== undefined;
  const none = (marked === 0 && list.selected.value === undefined) || busy;
  const error = list.state.value?.filterError;
  return (
    <div class="file-toolbar">
      <div class="toolbar-line">
        <div class="filter" data-invalid={error !== undefined}>
          <Icon name="find" />
          <input
            type="search"
            value={list.spec.value.filter}
            placeholder={words.files.filterHint}
            aria-label={words.files.filter}
            aria-invalid={error !== undefined}
            aria-describedby={error === undefined ? undefined : "filter-error"}
            aria-keyshortcuts="/"
            title={words.files.filterHelp}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => list.update({ filter: event.currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key !== "Escape" && event.key !== "ArrowDown" && event.key !== "Enter") return;
              event.preventDefault();
              if (event.key === "Escape") list.update({ filter: "" });
              document.querySelector<HTMLElement>(".tree [role=row][tabindex='0']")?.focus();
            }}
          />
        </div>
        <label class="check" title={words.files.changedOnlyTerm}>
          <input
            type="checkbox"
            checked={list.spec.value.changedOnly}
            onChange={(event) => list.update({ changedOnly: event.currentTarget.checked })}
          />
          {words.files.changedOnly}
        </label>
      </div>
      {error !== undefined && (
        <p id="filter-error" class="filter-error" role="alert">
          {error}
        </p>
      )}
      <div class="toolbar-line" role="toolbar" aria-label={say.label}>
        <LazyMenu
          label={say.new}
          icon="plus"
          items={
            busy
              ? []
              : (["file", "directory", "symlink"] as const).map((value) => ({ value, label: say[value] }))
          }
          choose={(value) => {
            if (value === "file" || value === "directory" || value === "symlink") void actions.make(value);
          }}
        />
        <LazyMenu
          label={say.upload}
          icon="up"
          items={busy ? [] : (["files", "folder"] as const).map((value) => ({ value, label: say[value] }))}
          choose={(value) => void actions.choose(value === "folder")}
        />
        <Tool
          icon="edit"
          label={say.rename}
          keys="F2"
          disabled={none || marked > 1}
          run={() => actions.rename()}
        />
        <Tool icon="move" label={say.move} disabled={none} run={() => actions.move()} />
        <Tool icon="lock" label={say.attributes} disabled={none} run={() => actions.attributes()} />
        <Tool icon="bin" label={say.remove} keys="Delete" disabled={none} run={() => actions.remove()} />
        {touch.value && (
          <button
            type="button"
            class="button button-quiet"
            aria-pressed={place.selecting.value}
            onClick={() => {
              place.selecting.value = !place.selecting.value;
            }}
          >
            <Icon name="list" />
            {say.select}
          </button>
        )}
        {marked > 0 && (
          <span class="draft-marked">
            {say.selected(format, marked)}
            <button
              type="button"
              class="icon-button"
              aria-label={say.clear}
              title={say.clear}
              onClick={() => {
                place.marked.value = new Set();
              }}
            >
              <Icon name="close" />
            </button>
          </span>
        )}
      </div>
      <BusyLine place={place} />
    </div>
  );
}

function Tool(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly keys?: string;
  readonly disabled: boolean;
  readonly run: () => Promise<void>;
}) {
  return (
    <button
      type="button"
      class="button button-quiet draft-tool"
      disabled={props.disabled}
      aria-keyshortcuts={props.keys}
      title={props.keys === undefined ? props.label : `${props.label} (${props.keys})`}
      onClick={() => void props.run()}
    >
      <Icon name={props.icon} />
      <span>{props.label}</span>
    </button>
  );
}

/** How far work under way is, and a way to stop it. */
function BusyLine({ place }: Pick<FormProps, "place">) {
  const { words, format } = useDesk().language.value;
  const busy = place.busy.value;
  // What is done at once shows nothing.
  if (busy === undefined || busy.total === 0) return null;
  const text = words.drafts.busy.upload(format, busy.done, busy.total);
  return (
    <div class="draft-busy">
      <progress aria-label={words.drafts.busy.work} value={busy.done} max={Math.max(1, busy.total)} />
      <span class="in-motion">{text}</span>
      <button type="button" class="button button-quiet" onClick={busy.stop}>
        {words.drafts.busy.stop}
      </button>
    </div>
  );
}
