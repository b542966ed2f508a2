import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import { editLines } from "../../model/make-lines.ts";
import { visibleName } from "../../model/name.ts";
import { type Desk, useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { useAnswer } from "../part/answer.ts";
import { Icon } from "../part/icon.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { ChangeBase } from "./change-base.tsx";
import { type ChangeBench, createChangeBench } from "./change-bench.ts";
import { ChangeFormat } from "./change-format.tsx";
import { ChangeLayers } from "./change-layers.tsx";
import { ChangeSettings } from "./change-settings.tsx";
import { ChangeStrip } from "./change-strip.tsx";
import { editWords } from "./edit-words.ts";
import { PlanView } from "./plan-view.tsx";

const KINDS = ["settings", "layers", "strip", "base", "format"] as const;
type Kind = (typeof KINDS)[number];

/** Benches by image: what was begun is still there when the panel is opened again. */
const benches = new WeakMap<Desk, Map<string, ChangeBench>>();

async function benchOf(desk: Desk, id: string): Promise<ChangeBench> {
  const all = benches.get(desk) ?? new Map<string, ChangeBench>();
  benches.set(desk, all);
  const there = all.get(id);
  const subject = await desk.making.subject(id);
  // Names may have changed since.
  if (there !== undefined && there.subject.tags.join(" ") === subject.tags.join(" ")) return there;
  const bench = createChangeBench(desk.making, subject);
  all.set(id, bench);
  return bench;
}

/** Changes of a kept image: they gather in a list, are shown with what they come to, and are kept under a name. */
export function ChangePanel({ id }: { readonly id: string }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.make.change;
  const { value: bench, trouble } = useAnswer(() => benchOf(desk, id), [desk, id]).value;
  const title = say.title(visibleName(bench?.subject.tags[0] ?? shortDigest(id)));
  const edits = bench?.assembled.value.edits ?? [];
  const [ref = id] = bench?.subject.tags ?? [];
  useEffect(() => () => bench?.stop(), [bench]);
  return (
    <Frame title={title} wide lines={editLines(ref, { edits, name: ref })}>
      {trouble !== undefined && <TroubleNote trouble={trouble} />}
      {bench === undefined && trouble === undefined && <p class="muted">{say.reading}</p>}
      {bench !== undefined &&
        (bench.plan.value === undefined ? (
          <Changes bench={bench} />
        ) : (
          <PlanView key={bench.plan.value.plan} bench={bench} plan={bench.plan.value} />
        ))}
    </Frame>
  );
}

function Changes({ bench }: { readonly bench: ChangeBench }) {
  const { words } = useLanguage();
  const say = words.make.change;
  const kind = useSignal<Kind>("settings");
  const { subject } = bench;
  return (
    <>
      {subject.platforms.length > 1 && (
        <p class="muted">{say.of(subject.settings.platform, subject.platforms.length)}</p>
      )}
      <div class="segments make-kinds" role="radiogroup" aria-label={say.kinds}>
        {KINDS.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="change-kind"
              checked={kind.value === one}
              onChange={() => (kind.value = one)}
            />
            <span>{say.kind[one]}</span>
          </label>
        ))}
      </div>
      <div class="make-form">
        {kind.value === "settings" && <ChangeSettings bench={bench} />}
        {kind.value === "layers" && <ChangeLayers bench={bench} />}
        {kind.value === "strip" && <ChangeStrip bench={bench} />}
        {kind.value === "base" && <ChangeBase bench={bench} />}
        {kind.value === "format" && <ChangeFormat bench={bench} />}
      </div>
      <Waiting bench={bench} />
    </>
  );
}

/** The changes that wait, and the button that shows what they come to. */
function Waiting({ bench }: { readonly bench: ChangeBench }) {
  const language = useDesk().language.value;
  const { words, format } = language;
  const say = words.make.change;
  const pending = bench.pending.value;
  const { edits, lost } = bench.assembled.value;
  const progress = bench.progress.value;
  const trouble = bench.trouble.value;
  return (
    <section class="make-waiting" aria-label={say.list}>
      {pending.length > 0 && (
        <ol>
          {pending.map((edit) => (
            <li key={edit.key} data-lost={lost.has(edit.key)}>
              <span>
                {editWords(language, edit)}
                {lost.has(edit.key) && <em class="loss"> · {say.lost}</em>}
              </span>
              <button
                type="button"
                class="icon-button"
                aria-label={words.make.drop(editWords(language, edit))}
                disabled={progress !== undefined}
                onClick={() => bench.drop(edit)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ol>
      )}
      {trouble !== undefined && (
        <div role="alert">
          <TroubleNote trouble={trouble} title={say.failed} advice={false}>
            <p>{say.nothingKept}</p>
          </TroubleNote>
        </div>
      )}
      {progress !== undefined && (
        <div role="status">
          <progress
            aria-label={say.working.begin}
            value={progress === "begin" ? 0 : progress.bytes}
            max={progress === "begin" ? 1 : Math.max(1, progress.total)}
          />
          <p class="muted">
            {progress === "begin"
              ? say.working.begin
              : `${say.working[progress.stage](format, progress.layer)} · ${words.make.build.of(format, progress.bytes, progress.total)}`}
          </p>
        </div>
      )}
      <div class="panel-actions">
        <span class="panel-size">{say.waiting(format, edits.length)}</span>
        {progress === undefined ? (
          <button
            type="button"
            class="button button-main"
            title={say.showTerm}
            disabled={edits.length === 0}
            onClick={() => void bench.show()}
          >
            {say.show}
          </button>
        ) : (
          <button type="button" class="button" onClick={() => bench.stop()}>
            {words.make.stop}
          </button>
        )}
      </div>
    </section>
  );
}
