import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import { importLines } from "../../model/make-lines.ts";
import { visibleName } from "../../model/name.ts";
import { COMMON_PLATFORMS } from "../../model/platforms.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { fetchBlob } from "../../platform/fetch-blob.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { showKept } from "../kept/show-kept.ts";
import { Frame } from "../panel/frame.tsx";
import { useDropTarget } from "../part/drop-target.ts";
import { TroubleNote } from "../part/trouble-note.tsx";
import { chooseFiles } from "../pick-files.ts";
import { NameField, nameIn } from "./name-field.tsx";

/** Makes an image of the tar of a file system. */
export function ImportPanel() {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.make.import;
  const body = useRef<HTMLFormElement>(null);
  const file = useSignal<File | undefined>(undefined);
  const url = useSignal("");
  const name = useSignal("");
  const message = useSignal("");
  const changes = useSignal("");
  const platform = useSignal("");
  const busy = useSignal<string | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  const end = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => end.current?.abort(), []);
  useDropTarget(body, ({ files: [first] }) => (file.value = first));
  const listed = changes.value.split("\n").filter((line) => line.trim() !== "");
  const asked = nameIn(name.value);
  const ready = asked !== undefined && (file.value !== undefined || url.value.trim() !== "");
  const run = async () => {
    if (!ready || busy.peek() !== undefined) return;
    const own = new AbortController();
    end.current = own;
    trouble.value = undefined;
    busy.value = say.fetching(format, 0, 0);
    try {
      const tar = file.peek() ?? (await fetched(own.signal));
      busy.value = say.importing(format, tar.size);
      const made = await desk.making.import(
        {
          tar,
          tags: asked === "" ? [] : [asked],
          changes: listed,
          ...(message.peek() !== "" && { message: message.peek() }),
          ...(platform.peek().trim() !== "" && { platform: platform.peek().trim() }),
        },
        own.signal,
      );
      if (own.signal.aborted) return;
      desk.panel.value = undefined;
      desk.tell({ title: say.done(visibleName(made.tags[0] ?? shortDigest(made.id))) });
      showKept(desk, made.id);
    } catch (error) {
      if (!own.signal.aborted) trouble.value = troubleOf(error);
    } finally {
      busy.value = undefined;
    }
  };
  const fetched = (signal: AbortSignal) =>
    fetchBlob(url.peek().trim(), {
      signal,
      report: (done, total) => (busy.value = say.fetching(format, done, total)),
      refused: say.refused,
      unreachable: say.unreachable,
    });
  return (
    <Frame
      title={say.title}
      lines={importLines(file.value?.name ?? url.value.trim(), {
        name: asked ?? "",
        message: message.value,
        changes: listed,
        platform: platform.value.trim(),
      })}
    >
      <form
        ref={body}
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <p class="muted">{say.about}</p>
        <div class="make-buttons">
          <button
            type="button"
            class="button"
            onClick={() =>
              chooseFiles(([first]) => {
                file.value = first;
              })
            }
          >
            {say.file}
          </button>
          {file.value === undefined ? (
            <span class="muted">{say.dropHere}</span>
          ) : (
            <strong>
              {visibleName(file.value.name)} · {format.bytes(file.value.size)}
            </strong>
          )}
        </div>
        {file.value === undefined && (
          <label class="field" title={say.urlTerm}>
            <span>{say.url}</span>
            <input
              type="url"
              value={url.value}
              placeholder={say.urlPlaceholder}
              onInput={(event) => (url.value = event.currentTarget.value)}
            />
          </label>
        )}
        <NameField text={name} />
        <label class="field">
          <span>{say.message}</span>
          <input
            type="text"
            value={message.value}
            onInput={(event) => (message.value = event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>{say.changes}</span>
          <textarea
            rows={3}
            class="code-field"
            spellcheck={false}
            value={changes.value}
            placeholder={say.changesPlaceholder}
            onInput={(event) => (changes.value = event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>{say.platform}</span>
          <input
            type="text"
            list="import-platforms"
            placeholder="linux/amd64"
            value={platform.value}
            spellcheck={false}
            onInput={(event) => (platform.value = event.currentTarget.value)}
          />
          <datalist id="import-platforms">
            {COMMON_PLATFORMS.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
        {trouble.value !== undefined && (
          <div role="alert">
            <TroubleNote trouble={trouble.value} title={say.failed} advice={false} />
          </div>
        )}
        <div class="panel-actions">
          <span class="panel-size in-motion" role="status">
            {busy.value}
          </span>
          {busy.value === undefined ? (
            <button type="submit" class="button button-main" disabled={!ready}>
              {say.action}
            </button>
          ) : (
            <button type="button" class="button" onClick={() => end.current?.abort()}>
              {words.make.stop}
            </button>
          )}
        </div>
      </form>
    </Frame>
  );
}
