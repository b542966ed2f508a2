import { useSignal } from "@preact/signals";
import type { RemovalView } from "../../model/images.ts";
import { removeLine } from "../../model/kept-lines.ts";
import { visibleName } from "../../model/name.ts";
import { troubleFromWire } from "../../model/trouble.ts";
import { type Desk, useDesk, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { Name } from "../part/name.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { Frame } from "./frame.tsx";
import { Removal } from "./removal.tsx";

/** Leaves an image that has gone, once it is in sight no more. */
export function leaveGone(desk: Desk, { images }: RemovalView): void {
  const shown = desk.route.peek()?.archive;
  if (shown !== undefined && images.includes(shown)) desk.go(undefined, { replace: true });
  desk.kept.selected.value = new Set();
}

/** What removing names or images would do, and the button that does it. */
export function RemovePanel({ refs }: { readonly refs: readonly string[] }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.kept.remove;
  const chosen = useSignal<ReadonlySet<string>>(new Set(refs));
  const force = useSignal(false);
  const busy = useSignal(false);
  const asked = refs.filter((ref) => chosen.value.has(ref));
  const request = { refs: asked, force: force.value };
  // What a removal would do changes with what is kept.
  const { images, drafts } = desk.kept.state.value;
  const { value: view, trouble } = useAnswer(
    () => desk.kept.images.previewRemove(request),
    [images, asked.join(" "), force.value],
  ).value;
  const forceable = view?.errors.some(({ detail }) => detail["forceable"] === true) ?? false;
  const nothing = view === undefined || view.lines.length === 0;
  const shared = images
    .filter(({ id }) => view?.images.includes(id))
    .reduce((sum, image) => sum + (image.sharedSize ?? 0), 0);
  const meant = new Set(
    images
      .filter(({ id, tags, repoDigests }) =>
        [id, ...tags, ...repoDigests].some((ref) => chosen.value.has(ref)),
      )
      .map(({ id }) => id),
  );
  const standing = drafts.filter(({ image }) => meant.has(image));
  const remove = async () => {
    busy.value = true;
    const done = await desk.kept.change(say.title, desk.kept.images.remove(request), (result) => ({
      title: say.done(format, result.images.length),
      text: [result.names.map(visibleName).join(", "), say.frees(format, result.frees)]
        .filter(Boolean)
        .join("\n"),
    }));
    busy.value = false;
    if (done === undefined) return;
    desk.panel.value = undefined;
    leaveGone(desk, done);
  };
  return (
    <Frame title={say.title} lines={asked.length === 0 ? [] : [removeLine(request)]}>
      <fieldset class="choices name-choices">
        <legend>{say.choose}</legend>
        {refs.map((ref) => (
          <label key={ref} class="check">
            <input
              type="checkbox"
              checked={chosen.value.has(ref)}
              onChange={() => {
                const next = new Set(chosen.value);
                if (!next.delete(ref)) next.add(ref);
                chosen.value = next;
              }}
            />
            <Name text={ref.startsWith("sha256:") ? ref.slice(7, 19) : ref} />
          </label>
        ))}
      </fieldset>
      {trouble !== undefined && <TroubleNote trouble={trouble} />}
      {view === undefined ? <p class="muted">{say.looking}</p> : <Removal view={view} shared={shared} />}
      {view !== undefined && view.errors.length > 0 && (
        <div class="refusals">
          <p class="loss">{say.refused(format, view.errors.length)}</p>
          {view.errors.map((error, index) => (
            <TroubleNote key={index} trouble={troubleFromWire(error)} advice={false} />
          ))}
        </div>
      )}
      {standing.length > 0 && (
        <p>
          {words.drafts.users(format, standing.length)}{" "}
          {standing.map(({ name }) => visibleName(name)).join(", ")}
        </p>
      )}
      {(forceable || force.value) && (
        <label class="check">
          <input
            type="checkbox"
            checked={force.value}
            onChange={() => {
              force.value = !force.value;
            }}
          />
          {say.force}
        </label>
      )}
      <div class="panel-actions">
        <button
          type="button"
          class="button button-loss"
          disabled={nothing || busy.value}
          onClick={() => void remove()}
        >
          {say.action}
        </button>
      </div>
    </Frame>
  );
}
