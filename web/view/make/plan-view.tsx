import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import { layerRows } from "../../model/make-plan.ts";
import type { EditPlan } from "../../model/making.ts";
import { visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { showKept } from "../kept/show-kept.ts";
import { Digest } from "../part/digest.tsx";
import type { ChangeBench } from "./change-bench.ts";
import { PathList } from "./change-strip.tsx";
import { NameField, nameIn } from "./name-field.tsx";

/** What edits come to, before anything is kept: digests, layers side by side, what would be uploaded; and the name to keep it under. */
export function PlanView({ bench, plan }: { readonly bench: ChangeBench; readonly plan: EditPlan }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.make.plan;
  const { before, after } = plan;
  const name = useSignal(bench.subject.tags[0] ?? "");
  const busy = useSignal(false);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    head.current?.focus();
    desk.say(say.ready(format, plan.fresh.length, plan.freshBytes));
  }, []);
  const unchanged = before.digest === after.digest;
  const asked = nameIn(name.value);
  const keep = async () => {
    if (asked === undefined || busy.peek()) return;
    busy.value = true;
    const made = await bench.keep(asked === "" ? [] : [asked]);
    busy.value = false;
    if (made === undefined) return;
    desk.panel.value = undefined;
    desk.tell({ title: say.kept(visibleName(asked === "" ? shortDigest(made.id) : asked)) });
    showKept(desk, made.id);
  };
  return (
    <section class="plan">
      <h3 ref={head} tabIndex={-1}>
        {say.title}
      </h3>
      {unchanged && <p>{say.unchanged}</p>}
      <table class="plan-facts">
        <SidesHead />
        <tbody>
          {(
            [
              [say.id, before.id, after.id],
              [say.digest, before.digest, after.digest],
            ] as const
          ).map(([label, old, now]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>
                <Digest value={old} what={label} />
              </td>
              <td>
                {old === now ? <span class="muted">{say.same}</span> : <Digest value={now} what={label} />}
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row">{say.size}</th>
            <td>{format.bytes(before.layerBytes)}</td>
            <td>{format.bytes(after.layerBytes)}</td>
          </tr>
        </tbody>
      </table>
      <LayerTable plan={plan} />
      <p>
        <strong>{plan.freshBytes === 0 ? say.noUpload : say.upload(format, plan.freshBytes)}</strong>
      </p>
      {plan.strippedEntries > 0 && <p>{say.stripped(format, plan.strippedEntries, plan.strippedBytes)}</p>}
      {plan.remaining.length > 0 && (
        <>
          <p class="loss">{say.remaining}</p>
          <PathList paths={plan.remaining} />
        </>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <NameField text={name} own={before.id} />
        <div class="panel-actions">
          <button type="button" class="button" onClick={() => bench.discard()}>
            {say.back}
          </button>
          <button
            type="submit"
            class="button button-main"
            disabled={asked === undefined || busy.value || (unchanged && asked === "")}
          >
            {say.keep}
          </button>
        </div>
      </form>
    </section>
  );
}

/** Heads of a table that has the image as it was beside the image as it would be. */
function SidesHead() {
  const { words } = useLanguage();
  const say = words.make.plan;
  return (
    <thead>
      <tr>
        <td />
        <th scope="col">{say.before}</th>
        <th scope="col">{say.after}</th>
      </tr>
    </thead>
  );
}

function LayerTable({ plan }: { readonly plan: EditPlan }) {
  const { words, format } = useLanguage();
  const say = words.make.plan;
  const side = (part: ReturnType<typeof layerRows>[number]["before"]) =>
    part === undefined ? (
      <td />
    ) : (
      <td>
        <span class="muted num">{part.index}</span> <Digest value={part.layer.digest} what={say.layers} />{" "}
        <span class="num">{format.bytes(part.layer.size)}</span>
      </td>
    );
  return (
    <div class="plan-scroll" tabIndex={0} role="group" aria-label={say.layers}>
      <table class="plan-layers">
        <caption class="offscreen">{say.layers}</caption>
        <SidesHead />
        <tbody>
          {layerRows(plan).map((row, index) => (
            <tr key={index} data-kind={row.kind}>
              <th scope="row">{say.kinds[row.kind]}</th>
              {side(row.before)}
              {side(row.after)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
