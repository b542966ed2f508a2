import { shortDigest } from "../../model/archive.ts";
import type { LoadPart } from "../../model/images.ts";
import { loadSum } from "../../model/loading.ts";
import { visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { Name } from "../part/name.tsx";
import { LoadTrouble } from "./load-trouble.tsx";
import type { Load, StoppedLoad } from "./loads.ts";

/** The loads under way with their layers, and those that broke off. */
export function LoadEntries() {
  const desk = useDesk();
  const { words } = useLanguage();
  const running = desk.loads.running.value;
  const stopped = desk.loads.stopped.value;
  return (
    <>
      {running.length > 0 && (
        <section aria-labelledby="loading">
          <h2 id="loading">{words.kept.load.title}</h2>
          {running.map((load) => (
            <LoadEntry key={load.id} load={load} />
          ))}
        </section>
      )}
      {stopped.length > 0 && (
        <section aria-labelledby="interrupted">
          <h2 id="interrupted">{words.kept.load.interrupted}</h2>
          {stopped.map((load) => (
            <StoppedEntry key={`${load.name} ${load.size}`} load={load} />
          ))}
        </section>
      )}
    </>
  );
}

function LoadEntry({ load }: { readonly load: Load }) {
  const { words, format } = useLanguage();
  const state = load.state.value;
  const sum = loadSum(state, performance.now());
  const say = words.kept.load;
  const opening = state.image === undefined;
  const [done, total] = opening ? [state.done, state.total] : [sum.bytes, sum.total];
  const facts = [
    words.library.progress(format, done, total),
    ...(opening ? [say.opening] : [say.layers(format, sum.layersDone, sum.layers)]),
    ...(state.images > 1 && state.image !== undefined ? [say.of(format, state.image + 1, state.images)] : []),
  ];
  return (
    <div class="load" data-name={load.name}>
      <div class="load-line">
        <span class="transfer-name">
          <Name text={load.name} />
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label={say.cancel(visibleName(load.name))}
          title={say.cancel(visibleName(load.name))}
          onClick={() => load.cancel()}
        >
          <Icon name="close" />
        </button>
      </div>
      <progress aria-label={`${say.title} ${visibleName(load.name)}`} value={done} max={Math.max(1, total)} />
      <p class="load-facts">{facts.join(" · ")}</p>
      {sum.rate !== undefined && (
        <p class="load-facts">
          {sum.leftMs === undefined
            ? say.rate(format, sum.rate)
            : words.library.rate(format, sum.rate, format.took(sum.leftMs))}
        </p>
      )}
      {sum.before > 0 && <p class="load-facts muted">{say.before(format, sum.before)}</p>}
      <ul class="load-parts">
        {layersInOrder(load).map((part) => (
          <PartLine key={part.key} part={part} />
        ))}
      </ul>
    </div>
  );
}

/** The layers of the image being stored; in its order where the archive is open, else as they come. */
function layersInOrder({ state, archive }: Load): readonly LoadPart[] {
  const parts = [...state.value.parts.values()].filter(({ kind }) => kind === "layer");
  const order = new Map<string, number>();
  for (const { layers } of archive?.state.value.archive?.images ?? [])
    for (const { diffID, index } of layers) if (diffID !== undefined) order.set(diffID, index);
  const placeOf = ({ diffID }: LoadPart) =>
    (diffID === undefined ? undefined : order.get(diffID)) ?? parts.length;
  return parts.sort((a, b) => placeOf(a) - placeOf(b));
}

function PartLine({ part }: { readonly part: LoadPart }) {
  const { words, format } = useLanguage();
  const name = part.diffID ?? part.digest;
  const moving = part.state === "reading" || part.state === "storing";
  const label = words.kept.load.states[part.state];
  return (
    <li class="load-part" data-state={part.state} title={name}>
      <code>{name === undefined ? words.kept.load.kinds[part.kind] : shortDigest(name)}</code>
      {moving ? (
        <progress aria-label={label} title={label} value={part.bytes} max={Math.max(1, part.total)} />
      ) : (
        <span>{label}</span>
      )}
      <span class="num">{format.bytes(part.total)}</span>
    </li>
  );
}

function StoppedEntry({ load }: { readonly load: StoppedLoad }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.kept.load;
  return (
    <div class="load" data-name={load.name}>
      <div class="load-line">
        <span class="transfer-name">
          <Name text={load.name} />
        </span>
        {load.again !== undefined && (
          <button type="button" class="button button-quiet" onClick={load.again}>
            {say.goOn}
          </button>
        )}
        <button
          type="button"
          class="icon-button"
          aria-label={say.dismiss(visibleName(load.name))}
          title={say.dismiss(visibleName(load.name))}
          onClick={() => desk.loads.forget(load)}
        >
          <Icon name="close" />
        </button>
      </div>
      {load.trouble !== undefined && <LoadTrouble trouble={load.trouble} />}
      {(load.trouble?.code !== "store/full" || load.again === undefined) && (
        <p class="library-note">{load.again === undefined ? say.again : say.stays}</p>
      )}
    </div>
  );
}
