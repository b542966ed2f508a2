import type { ImageView, UsageView } from "../../model/engine.ts";
import { type Opened, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { ShareBar } from "../part/share-bar.tsx";
import { Term } from "../part/term.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { WastedList } from "./wasted-list.tsx";

/** Where the bytes of the image are, and which of them nobody sees. */
export function SpaceTab({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const { words } = useLanguage();
  const complete = archive.state.value.trees.get(image.index)?.complete ?? false;
  const Map = useAnswer(() => import("./size-map.tsx"), []).value.value?.SizeMap;
  const { value: usage, trouble } = useAnswer(
    () => (complete ? archive.handle.usage(image.index) : undefined),
    [archive, image.index, complete],
  ).value;
  if (trouble !== undefined) return <TroubleNote trouble={trouble} />;
  if (!complete) return <p class="note in-motion">{words.space.pending}</p>;
  return (
    <div class="space">
      <div class="scroll space-side">
        {usage === undefined ? <p class="note in-motion">{words.space.loading}</p> : <Sums usage={usage} />}
        {usage !== undefined && <WastedList archive={archive} image={image} usage={usage} />}
      </div>
      <div class="space-map">{Map !== undefined && <Map archive={archive} image={image} />}</div>
    </div>
  );
}

function Sums({ usage }: { readonly usage: UsageView }) {
  const { words, format } = useLanguage();
  const largest = Math.max(1, ...usage.layers.map((layer) => layer.bytes));
  return (
    <>
      <ul class="sums">
        {usage.efficiency !== undefined && (
          <li>
            <strong>{format.percent(usage.efficiency)}</strong>
            <Term means={words.space.efficiencyTerm}>{words.space.efficiency}</Term>
          </li>
        )}
        <li>
          <strong>{format.bytes(usage.totalBytes)}</strong>
          <span>{words.space.total}</span>
        </li>
        <li>
          <strong>{format.bytes(usage.finalBytes)}</strong>
          <span>{words.space.final}</span>
        </li>
        <li>
          <strong>{format.bytes(usage.wastedBytes)}</strong>
          <Term means={words.space.wastedTerm}>{words.space.wasted}</Term>
        </li>
      </ul>
      {usage.metadataOnlyBytes > 0 && (
        <p class="muted note-tight">{words.space.metadataOnly(format, usage.metadataOnlyBytes)}</p>
      )}
      <h2>{words.space.byLayer}</h2>
      <ol class="layer-bars">
        {usage.layers.map((layer) => (
          <li key={layer.index}>
            <span class="layer-index">{layer.index}</span>
            <ShareBar share={layer.bytes / largest} />
            <span class="num">{format.bytes(layer.bytes)}</span>
            <span class="muted num">{words.space.files(format, layer.files)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
