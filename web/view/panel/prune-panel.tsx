import { useSignal } from "@preact/signals";
import type { PruneRequest, RemovalView } from "../../model/images.ts";
import { pruneLine } from "../../model/kept-lines.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { Term } from "../part/term.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { Frame } from "./frame.tsx";
import { Removal } from "./removal.tsx";
import { leaveGone } from "./remove-panel.tsx";

const AGES = ["any", "24h", "168h", "720h", "8760h"] as const;

function labelFilter(text: string): string | undefined {
  const label = text.trim();
  if (label === "" || label === "!") return undefined;
  return label.startsWith("!") ? `label!=${label.slice(1)}` : `label=${label}`;
}

/** What pruning would take, by which filters, and the button that does it. */
export function PrunePanel() {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.kept.prune;
  const all = useSignal(false);
  const age = useSignal<(typeof AGES)[number]>("any");
  const label = useSignal("");
  const busy = useSignal(false);
  const outcome = useSignal<RemovalView | undefined>(undefined);
  const filters = [
    ...(age.value === "any" ? [] : [`until=${age.value}`]),
    ...[labelFilter(label.value)].filter((filter) => filter !== undefined),
  ];
  const request: PruneRequest = { all: all.value, filters };
  const { images } = desk.kept.state.value;
  const { value: view, trouble } = useAnswer(
    () => desk.kept.images.previewPrune(request),
    [images, all.value, filters.join(" ")],
  ).value;
  const prune = async () => {
    busy.value = true;
    const done = await desk.kept.change(say.title, desk.kept.images.prune(request), (result) => ({
      title: say.done,
      text: [
        words.kept.remove.done(format, result.images.length),
        words.kept.remove.frees(format, result.frees),
      ].join(" · "),
    }));
    busy.value = false;
    if (done === undefined) return;
    outcome.value = done;
    leaveGone(desk, done);
  };
  return (
    <Frame title={say.title} lines={[pruneLine(request)]}>
      <fieldset class="choices">
        <legend>{say.what}</legend>
        {[false, true].map((every) => (
          <label key={String(every)} class="check">
            <input
              type="radio"
              name="prune"
              checked={all.value === every}
              onChange={() => {
                all.value = every;
              }}
            />
            {every ? <Term means={say.allTerm}>{say.all}</Term> : say.dangling}
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{say.until}</span>
        <select
          value={age.value}
          onChange={(event) => {
            age.value = AGES.find((one) => one === event.currentTarget.value) ?? "any";
          }}
        >
          {AGES.map((one) => (
            <option key={one} value={one}>
              {say.ages[one]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{say.label}</span>
        <input
          type="text"
          placeholder={say.labelHint}
          value={label.value}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => {
            label.value = event.currentTarget.value;
          }}
        />
      </label>
      {trouble !== undefined && <TroubleNote trouble={trouble} advice={false} />}
      {outcome.value === undefined ? (
        view !== undefined &&
        (view.images.length + view.names.length === 0 ? (
          <p class="muted">{say.nothing}</p>
        ) : (
          <>
            <Removal view={view} />
            <p class="muted">{say.reclaimed(format, view.reclaimed)}</p>
          </>
        ))
      ) : (
        <pre class="printed" role="status">
          {outcome.value.lines.join("\n")}
        </pre>
      )}
      <div class="panel-actions">
        <button
          type="button"
          class="button button-loss"
          disabled={busy.value || view === undefined || view.images.length + view.names.length === 0}
          onClick={() => void prune()}
        >
          {say.action}
        </button>
      </div>
    </Frame>
  );
}
