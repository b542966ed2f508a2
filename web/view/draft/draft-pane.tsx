import { useEffect, useMemo } from "preact/hooks";
import { copyInLines, copyOutLines, diffLines } from "../../model/draft-lines.ts";
import { visibleName } from "../../model/name.ts";
import { troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { showKept } from "../kept/show-kept.ts";
import { LazyPanel } from "../panel/lazy-panel.tsx";
import { saveArchive } from "../panel/save-archive.ts";
import { Icon } from "../part/icon.tsx";
import { LazyMenu } from "../part/lazy-menu.tsx";
import { narrow } from "../part/media.ts";
import { Name } from "../part/name.tsx";
import { ShellFoot } from "../part/shell-foot.tsx";
import { CommitPanel } from "./commit-panel.tsx";
import { draftActions } from "./draft-actions.ts";
import { DraftFiles } from "./draft-files.tsx";
import { type DraftPlace, draftPlace, isUnsaved } from "./draft-place.ts";
import type { DraftProps } from "./draft-props.ts";
import { type DraftWorker, draftWorker, stepText } from "./draft-work.ts";
import { NamePanel } from "./name-panel.tsx";

/** One draft: what it is of, its files with what changes them, and what can be made of it. */
export function DraftPane(props: DraftProps) {
  const { draft } = props;
  const { words } = useLanguage();
  // The list begins with what the first standing says, which comes with the files.
  if (draft.standing.value === undefined) return <p class="note">{words.files.waitingForTree}</p>;
  return <Standing {...props} />;
}

function Standing(props: DraftProps) {
  const { draft } = props;
  const desk = useDesk();
  const place = draftPlace(props);
  const worker = useMemo(() => draftWorker(desk, props, place), [desk, props.draft, place]);
  const actions = useMemo(() => draftActions(desk, place, worker), [desk, place, worker]);
  const standing = draft.standing.value;
  const panel = desk.panel.value;
  useUndoKeys(worker);
  useKeptText(place);
  if (standing === undefined) return null;
  const path = place.reading.facts.value?.path;
  const selected = path !== undefined && path !== "/" && !place.reading.facts.value?.row.removed;
  const form = place.form.value;
  let lines = selected ? copyOutLines(standing.name, path) : diffLines(standing.name);
  if (form?.kind === "file") lines = copyInLines(standing.name, form.folder);
  if (place.part.value === "changes") lines = diffLines(standing.name);
  return (
    <div class="image draft">
      <DraftHeader {...props} place={place} worker={worker} />
      <div class="tab-panel">
        <DraftFiles {...props} place={place} actions={actions} />
        {panel?.kind === "commit" && <CommitPanel draft={draft} />}
        {panel?.kind === "draft-name" && <NamePanel draft={draft} />}
        <LazyPanel />
      </div>
      <ShellFoot toggle lines={lines} />
    </div>
  );
}

/** Ctrl+Z and Ctrl+Shift+Z, unless something is being typed. */
function useUndoKeys(worker: DraftWorker): void {
  const desk = useDesk();
  useEffect(() => {
    const end = new AbortController();
    addEventListener(
      "keydown",
      (event) => {
        const key = event.key.toLowerCase();
        if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== "z" && key !== "y")) return;
        const target = event.composedPath()[0];
        const typing =
          target instanceof HTMLElement &&
          (/^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName) || target.isContentEditable);
        // What a notice offers to take back comes first.
        const noticed = desk.notices.peek().some(({ action }) => action?.undo === true);
        if (typing || noticed || event.defaultPrevented) return;
        event.preventDefault();
        void (key === "y" || event.shiftKey ? worker.redo() : worker.undo());
      },
      { signal: end.signal },
    );
    return () => end.abort();
  }, [desk, worker]);
}

/** The browser asks before it closes a page with a text that is not saved. */
function useKeptText(place: DraftPlace): void {
  const unsaved = isUnsaved(place.text.value);
  useEffect(() => {
    if (!unsaved) return undefined;
    const end = new AbortController();
    addEventListener("beforeunload", (event) => event.preventDefault(), { signal: end.signal });
    return () => end.abort();
  }, [unsaved]);
}

/** Name, image and standing; undo, redo, commit, export and the rest. */
function DraftHeader({
  archive,
  draft,
  place,
  worker,
}: DraftProps & { readonly place: DraftPlace; readonly worker: DraftWorker }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.drafts;
  const standing = draft.standing.value;
  if (standing === undefined) return null;
  const { last, next, imageName } = standing;
  const image = archive.state.value.archive?.images[0];
  const busy = place.busy.value !== undefined;
  const exportFiles = async () => {
    try {
      await saveArchive(desk, await draft.handle.exportFiles());
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble !== undefined) desk.fail(say.failedTo.export, trouble);
    }
  };
  const shownImage = imageName.startsWith("sha256:") ? imageName.slice(7, 19) : imageName;
  const choose = (value: string) => {
    if (value === "rename") desk.panel.value = { kind: "draft-name" };
    else if (value === "export") void exportFiles();
    else if (value === "compact") void worker.compact();
    else if (value === "remove") void desk.drafts.remove([draft.id]);
    else desk.go(undefined);
  };
  return (
    <>
      <header class="image-header draft-header">
        <h1>
          <Name text={standing.name} />
        </h1>
        <span class="muted">
          {image !== undefined && desk.kept.find(image.id) !== undefined ? (
            <button type="button" class="link" onClick={() => showKept(desk, image.id)}>
              {say.of(visibleName(shownImage))}
            </button>
          ) : (
            say.of(visibleName(shownImage))
          )}
        </span>
        {image?.platform !== undefined && <span class="image-platform">{image.platform}</span>}
        <span class="kept-actions">
          <button
            type="button"
            class="icon-button"
            disabled={last === undefined || busy || standing.gone}
            aria-label={last === undefined ? say.undo : say.undoOf(stepText(say, last))}
            title={`${last === undefined ? say.undo : say.undoOf(stepText(say, last))} (Ctrl+Z)`}
            aria-keyshortcuts="Control+Z"
            onClick={() => void worker.undo()}
          >
            <Icon name="undo" />
          </button>
          <button
            type="button"
            class="icon-button"
            disabled={next === undefined || busy || standing.gone}
            aria-label={next === undefined ? say.redo : say.redoOf(stepText(say, next))}
            title={`${next === undefined ? say.redo : say.redoOf(stepText(say, next))} (Ctrl+Shift+Z)`}
            aria-keyshortcuts="Control+Shift+Z"
            onClick={() => void worker.redo()}
          >
            <Icon name="redo" />
          </button>
          <button
            type="button"
            class="button button-main"
            disabled={busy || standing.gone}
            title={say.commitTerm}
            onClick={() => (desk.panel.value = { kind: "commit" })}
          >
            <Icon name="crate" />
            {say.commit}
          </button>
          {!narrow.value && (
            <button
              type="button"
              class="button"
              disabled={standing.gone}
              title={say.exportTerm}
              onClick={() => void exportFiles()}
            >
              <Icon name="save" />
              {say.export}
            </button>
          )}
          <LazyMenu
            label={say.more}
            icon="more"
            items={[
              ...(narrow.value ? [{ value: "export", label: say.export }] : []),
              { value: "rename", label: say.rename },
              ...(standing.steps > 1 ? [{ value: "compact", label: say.compact }] : []),
              { value: "remove", label: say.remove },
              { value: "list", label: say.list },
            ]}
            choose={choose}
          />
        </span>
        {standing.gone && (
          <p class="image-note loss" role="alert">
            {say.gone}
          </p>
        )}
      </header>
      {narrow.value && (
        <div class="tab-line draft-line">
          <fieldset class="segments">
            <legend class="offscreen">{say.pane.panes}</legend>
            {(["files", "changes"] as const).map((part) => (
              <label key={part}>
                <input
                  type="radio"
                  name="draft-part"
                  checked={place.part.value === part}
                  onChange={() => (place.part.value = part)}
                />
                <span>{part === "files" ? say.pane.files : say.pane.title}</span>
              </label>
            ))}
          </fieldset>
        </div>
      )}
    </>
  );
}
