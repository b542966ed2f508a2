import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { nameIn } from "../../model/draft-paths.ts";
import { visibleName } from "../../model/name.ts";
import { troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { Name } from "../part/name.tsx";
import { Preview } from "../preview/preview.tsx";
import { createTextEditor, type TextEditor } from "../preview/text-editor.ts";
import { type DraftPlace, isUnsaved, type TextDraft } from "./draft-place.ts";
import type { DraftWorker } from "./draft-work.ts";

/** Bytes of a text that is edited at most: more is slow to type in, and is better uploaded. */
const MOST_BYTES = 4 << 20;

/** What a preview of a draft works with. */
interface DraftPreviewProps {
  readonly place: DraftPlace;
  readonly worker: DraftWorker;
}

/** The file under the cursor: what it holds, or its text to be edited. */
export function DraftPreview({ place, worker }: DraftPreviewProps) {
  const text = place.text.value;
  const node = place.list.selected.value;
  if (text === undefined) return <Preview place={place} actions={<EditText place={place} />} />;
  if (text.node === node) return <TextPane key={text.path} place={place} worker={worker} text={text} />;
  return isUnsaved(text) ? <Unsaved place={place} worker={worker} text={text} /> : <Leave place={place} />;
}

/** Lets go of a text that nobody has changed. */
function Leave({ place }: { readonly place: DraftPlace }) {
  useEffect(() => {
    place.text.value = undefined;
  }, [place]);
  return null;
}

/** Turns the preview of a text into an editor. */
function EditText({ place }: { readonly place: DraftPlace }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const busy = useSignal(false);
  const { reading } = place;
  const facts = reading.facts.value;
  const content = reading.content.value;
  const size = reading.size.value;
  const isText = content?.kind === "empty" || (content?.kind === "text" && reading.mode.value === "text");
  const own = facts?.row.type === "file" || facts?.row.type === "link";
  if (facts === undefined || !isText || !own || facts.row.removed) return null;
  const tooLarge = size > MOST_BYTES;
  const start = async () => {
    busy.value = true;
    try {
      const bytes = await reading.bytes(0, size);
      // A mark at its beginning stays where it is.
      const before = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      place.text.value = { node: facts.node, path: facts.path, before, now: signal(before) };
    } catch (error) {
      const trouble = troubleOf(error);
      if (error instanceof TypeError) desk.tell({ title: words.drafts.text.notUtf8 });
      else if (trouble !== undefined) desk.fail(words.drafts.text.edit, trouble);
    } finally {
      busy.value = false;
    }
  };
  return (
    <button
      type="button"
      class="button"
      disabled={tooLarge || busy.value}
      title={tooLarge ? words.drafts.text.tooLarge(format, MOST_BYTES) : words.drafts.text.edit}
      onClick={() => void start()}
    >
      <Icon name="edit" />
      {words.drafts.text.edit}
    </button>
  );
}

function useTextWork({ place, worker }: DraftPreviewProps, text: TextDraft) {
  const { words } = useLanguage();
  const save = async (): Promise<void> => {
    const now = text.now.peek();
    if (now === text.before) return;
    const saved = await worker.edit([{ kind: "file", path: text.path, content: new Blob([now]) }], {
      done: words.drafts.did.saved(text.path),
      failed: words.drafts.failedTo.saved(text.path),
    });
    if (saved && place.text.peek() === text) place.text.value = { ...text, before: now };
  };
  const discard = (): void => {
    place.text.value = undefined;
  };
  return { save, discard };
}

/** The text in an editor. What is typed stays when the reader looks elsewhere. */
function TextPane({ place, worker, text }: DraftPreviewProps & { readonly text: TextDraft }) {
  const { words } = useLanguage();
  const say = words.drafts.text;
  const host = useRef<HTMLDivElement>(null);
  const { save, discard } = useTextWork({ place, worker }, text);
  const saving = useRef(save);
  saving.current = save;
  const unsaved = isUnsaved(text);
  const windows = /\r\n/u.test(text.before) && !/[^\r]\n/u.test(text.before);
  useEffect(() => {
    if (host.current === null) return undefined;
    const made: TextEditor = createTextEditor(host.current, {
      path: text.path,
      text: text.now.peek(),
      wrap: place.reading.wrap.peek(),
      label: say.label(visibleName(text.path)),
      edit: {
        lineEnd: windows ? "\r\n" : "\n",
        changed: (now) => {
          text.now.value = now;
        },
        save: () => void saving.current(),
      },
    });
    made.focus();
    return () => made.close();
    // What is typed changes the text, which must not make another editor.
  }, [text.path]);
  return (
    <section class="preview draft-text" aria-label={say.label(visibleName(text.path))} tabIndex={-1}>
      <header class="preview-head">
        <h2 title={visibleName(text.path)}>
          <span>
            <Name text={nameIn(text.path)} />
          </span>
        </h2>
        <span class={unsaved ? "in-motion" : "muted"} role="status">
          {unsaved ? say.unsaved : say.saved}
        </span>
        <button
          type="button"
          class="button button-main"
          disabled={!unsaved}
          aria-keyshortcuts="Control+S"
          title={`${say.save} (Ctrl+S)`}
          onClick={() => void save()}
        >
          {say.save}
        </button>
        {unsaved ? (
          <button type="button" class="button" onClick={discard}>
            {say.discard}
          </button>
        ) : (
          <button
            type="button"
            class="icon-button"
            aria-label={words.app.close}
            title={words.app.close}
            onClick={discard}
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      <div class="preview-content">
        <div ref={host} class="text-host" />
      </div>
      {windows && <p class="preview-status">{say.windows}</p>}
    </section>
  );
}

/** Asks what becomes of a text before something else is shown in its place. */
function Unsaved({ place, worker, text }: DraftPreviewProps & { readonly text: TextDraft }) {
  const { words } = useLanguage();
  const say = words.drafts.text;
  const { save, discard } = useTextWork({ place, worker }, text);
  return (
    <section class="preview draft-unsaved" role="alert">
      <p>
        <strong>{say.ask(visibleName(text.path))}</strong> {say.askMore}
      </p>
      <div class="draft-form-actions">
        <button type="button" class="button button-main" onClick={() => void save()}>
          {say.save}
        </button>
        <button type="button" class="button" onClick={discard}>
          {say.discard}
        </button>
        <button type="button" class="button" onClick={() => void place.list.reveal(text.node)}>
          {say.back}
        </button>
      </div>
    </section>
  );
}
