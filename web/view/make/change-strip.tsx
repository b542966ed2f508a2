import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import type { StripFound } from "../../model/making.ts";
import { visibleName } from "../../model/name.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { TroubleNote } from "../part/trouble-note.tsx";
import { type ChangeBench, newKey } from "./change-bench.ts";

/** Milliseconds without a key before what was typed is looked for. */
const QUIET_MS = 150;
/** Paths that are shown. */
const SHOWN = 12;

/** Paths that go from every layer; what they mean is counted while they are typed. */
export function ChangeStrip({ bench }: { readonly bench: ChangeBench }) {
  const { words } = useLanguage();
  const say = words.make.strip;
  const text = useSignal("");
  const hint = useId();
  const paths = linesOf(text.value);
  const found = useFound(bench.subject.id, paths);
  const strip = () => {
    bench.add({ key: newKey(), kind: "strip", paths });
    text.value = "";
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (paths.length > 0) strip();
      }}
    >
      <p class="muted">{say.about}</p>
      <label class="field">
        <span>{say.paths}</span>
        <textarea
          rows={3}
          class="code-field"
          value={text.value}
          placeholder={say.placeholder}
          spellcheck={false}
          autocapitalize="none"
          aria-describedby={hint}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <p id={hint} class="muted">
        {say.term}
      </p>
      <div role="status" class="strip-found">
        {paths.length > 0 && found.trouble !== undefined && <TroubleNote trouble={found.trouble} />}
        {paths.length > 0 && found.found !== undefined && (
          <Found found={found.found} take={(more) => (text.value = [...paths, ...more].join("\n"))} />
        )}
        {paths.length > 0 && found.found === undefined && found.trouble === undefined && (
          <p class="muted">{say.looking}</p>
        )}
      </div>
      <p class="muted">{say.elsewhere}</p>
      <div class="panel-actions">
        <button type="submit" class="button" disabled={paths.length === 0 || found.found?.entries === 0}>
          {say.action}
        </button>
      </div>
    </form>
  );
}

function Found({
  found,
  take,
}: {
  readonly found: StripFound;
  readonly take: (paths: readonly string[]) => void;
}) {
  const { words, format } = useLanguage();
  const say = words.make.strip;
  if (found.entries === 0) return <p>{say.none}</p>;
  return (
    <>
      <p>
        <strong>{say.found(format, found.entries, found.bytes, found.layers.length)}</strong>
      </p>
      <PathList paths={found.paths} />
      {found.remaining.length > 0 && (
        <>
          <p class="loss">{say.remaining(format, found.remaining.length)}</p>
          <PathList paths={found.remaining} />
          <button type="button" class="button" onClick={() => take(found.remaining)}>
            {say.take}
          </button>
        </>
      )}
    </>
  );
}

/** Some paths, and how many more there are. */
export function PathList({ paths }: { readonly paths: readonly string[] }) {
  const { words, format } = useLanguage();
  return (
    <ul class="path-list">
      {paths.slice(0, SHOWN).map((path) => (
        <li key={path}>
          <code>{visibleName(path)}</code>
        </li>
      ))}
      {paths.length > SHOWN && <li class="muted">{words.make.strip.more(format, paths.length - SHOWN)}</li>}
    </ul>
  );
}

const linesOf = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** What the image has of these paths, a moment after the last key. */
function useFound(
  ref: string,
  paths: readonly string[],
): { readonly found?: StripFound | undefined; readonly trouble?: Trouble | undefined } {
  const { making } = useDesk();
  const state = useSignal<{ readonly found?: StripFound; readonly trouble?: Trouble | undefined }>({});
  const asked = paths.join("\n");
  useEffect(() => {
    if (asked === "") {
      state.value = {};
      return undefined;
    }
    const end = new AbortController();
    const look = async () => {
      try {
        const found = await making.lookForStrip(ref, asked.split("\n"), end.signal);
        if (!end.signal.aborted) state.value = { found };
      } catch (error) {
        if (!end.signal.aborted) state.value = { trouble: troubleOf(error) };
      }
    };
    const timer = setTimeout(() => void look(), QUIET_MS);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [ref, asked]);
  return state.value;
}
