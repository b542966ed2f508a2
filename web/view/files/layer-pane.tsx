import { useEffect, useRef } from "preact/hooks";
import type { ImageView, LayerView } from "../../model/engine.ts";
import { readInstruction } from "../../model/instruction.ts";
import { visibleText } from "../../model/name.ts";
import { useLanguage } from "../desk.ts";
import { ShareBar } from "../part/share-bar.tsx";
import { VerdictMark } from "../part/verdict-mark.tsx";
import type { FileList } from "./file-list.ts";

/** Bytes a layer is measured by: its files' where known, else its tar's, else what is stored. */
export function layerBytes(layer: LayerView): number {
  return layer.contentSize ?? layer.tarSize ?? layer.storedSize;
}

/** The layers from the base up; the chosen one decides what the tree shows. */
export function LayerPane({ image, list }: { readonly image: ImageView; readonly list: FileList }) {
  const { words } = useLanguage();
  const box = useRef<HTMLOListElement>(null);
  const chosen = list.spec.value.upTo;
  const largest = Math.max(1, ...image.layers.map(layerBytes));
  const byLayer = new Map(image.history.map((line) => [line.layer, line.createdBy]));
  const choose = (index: number) => {
    const to = Math.max(0, Math.min(image.layers.length - 1, index));
    if (to !== chosen) list.update({ upTo: to });
  };
  useEffect(() => {
    box.current?.querySelector<HTMLElement>("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowUp: chosen - 1, ArrowDown: chosen + 1, Home: 0, End: image.layers.length - 1 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };
  return (
    <section class="layer-pane" aria-labelledby="layer-pane-title">
      <h2 id="layer-pane-title" class="pane-title">
        {words.layers.title}
      </h2>
      <ol
        ref={box}
        role="listbox"
        aria-labelledby="layer-pane-title"
        aria-activedescendant={`layer-${chosen}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {image.layers.map((layer) => (
          <LayerEntry
            key={layer.index}
            layer={layer}
            createdBy={byLayer.get(layer.index)}
            share={layerBytes(layer) / largest}
            chosen={chosen}
            choose={choose}
          />
        ))}
      </ol>
    </section>
  );
}

/** How many paths the layer added, changed and removed. */
function ChangeCounts({ layer }: { readonly layer: LayerView }) {
  const { words, format } = useLanguage();
  const { added = 0, changed = 0, removed = 0 } = layer;
  if (added + changed + removed === 0) return null;
  const label = words.layers.counts(format, added, changed, removed);
  const counts = [
    ["A", added],
    ["C", changed],
    ["D", removed],
  ] as const;
  return (
    <span class="layer-counts" role="img" aria-label={label} title={label}>
      {counts.map(([mark, count]) =>
        count === 0 ? null : (
          <span key={mark} class={`count-${mark}`}>
            {mark}&thinsp;{format.count(count)}
          </span>
        ),
      )}
    </span>
  );
}

interface LayerEntryProps {
  readonly layer: LayerView;
  readonly createdBy: string | undefined;
  readonly share: number;
  readonly chosen: number;
  readonly choose: (index: number) => void;
}

function LayerEntry({ layer, createdBy, share, chosen, choose }: LayerEntryProps) {
  const { words, format } = useLanguage();
  const instruction = createdBy === undefined ? undefined : readInstruction(createdBy);
  const reading = layer.state === "reading" || layer.state === "waiting";
  const verdict = layer.state === "missing" || layer.state === "failed" ? layer.state : layer.verification;
  return (
    <li
      id={`layer-${layer.index}`}
      role="option"
      class="layer-entry"
      aria-selected={layer.index === chosen}
      data-under={layer.index < chosen}
      title={createdBy === undefined ? undefined : visibleText(createdBy)}
      onClick={() => choose(layer.index)}
    >
      <span class="layer-index">{layer.index}</span>
      <span class="layer-text">
        {instruction === undefined ? (
          <span class="muted">{words.layers.none}</span>
        ) : (
          <>
            {instruction.word !== "" && <b>{instruction.word}</b>} {visibleText(instruction.rest)}
          </>
        )}
      </span>
      <VerdictMark verdict={verdict} busy={layer.state === "reading"} labelled={false} />
      <span class="layer-size">
        {layer.state === "missing" ? words.layers.states.missing : format.bytes(layerBytes(layer))}
        {layer.index > 0 && <ChangeCounts layer={layer} />}
      </span>
      {reading ? (
        <progress
          aria-label={words.layers.states[layer.state]}
          value={layer.readBytes ?? 0}
          max={Math.max(1, layer.storedSize)}
          title={words.layers.reading(format, layer.readBytes ?? 0, layer.storedSize)}
        />
      ) : (
        <ShareBar share={layer.state === "missing" ? 0 : share} />
      )}
    </li>
  );
}
