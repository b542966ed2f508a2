import { useSignal } from "@preact/signals";
import { shortDigest } from "../../model/archive.ts";
import { visibleName } from "../../model/name.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { TroubleNote } from "../part/trouble-note.tsx";
import { type ChangeBench, newKey } from "./change-bench.ts";

/** Another base under the layers of the image: from one that it was built on to any that is kept. */
export function ChangeBase({ bench }: { readonly bench: ChangeBench }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.make.base;
  const { id } = bench.subject;
  const guesses = useAnswer(() => desk.making.bases(id), [id]).value;
  const from = useSignal("");
  const to = useSignal("");
  const trouble = useSignal<Trouble | undefined>(undefined);
  const title = (one: { readonly id: string; readonly tags: readonly string[] }) =>
    visibleName(one.tags[0] ?? shortDigest(one.id));
  const bases = guesses.value ?? [];
  const old = bases.find((base) => base.id === from.value) ?? bases[0];
  const others = desk.kept.state.value.images.filter((image) => image.id !== id && !image.damaged);
  const next = others.find((image) => image.id === to.value);
  const rebase = async () => {
    if (old === undefined || next === undefined) return;
    try {
      trouble.value = undefined;
      const target = next.tags[0] ?? next.id;
      const { layers } = await desk.making.subject(target);
      bench.add({
        key: newKey(),
        kind: "rebase",
        from: old.tags[0] ?? old.id,
        to: target,
        layers: old.layers,
        sizes: layers.map(({ size }) => size),
        names: [title(old), title(next)],
      });
    } catch (error) {
      trouble.value = troubleOf(error);
    }
  };
  if (guesses.trouble !== undefined) return <TroubleNote trouble={guesses.trouble} />;
  return (
    <>
      <p class="muted">{say.about}</p>
      {guesses.settled && bases.length === 0 ? (
        <p>{say.noGuess}</p>
      ) : (
        <>
          <label class="field">
            <span>{say.from}</span>
            <select value={old?.id ?? ""} onChange={(event) => (from.value = event.currentTarget.value)}>
              {bases.map((base) => (
                <option key={base.id} value={base.id}>
                  {title(base)} · {say.guesses(format, base.layers)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{say.to}</span>
            <select value={next?.id ?? ""} onChange={(event) => (to.value = event.currentTarget.value)}>
              <option value="">{say.choose}</option>
              {others.map((image) => (
                <option key={image.id} value={image.id}>
                  {title(image)} · {image.platforms.join(" ")}
                </option>
              ))}
            </select>
          </label>
          {next !== undefined && next.id === old?.id && <p class="muted">{say.same}</p>}
          {trouble.value !== undefined && <TroubleNote trouble={trouble.value} />}
          <div class="panel-actions">
            <button
              type="button"
              class="button"
              disabled={next === undefined || next.id === old?.id}
              onClick={() => void rebase()}
            >
              {say.action}
            </button>
          </div>
        </>
      )}
    </>
  );
}
