import { useEffect, useReducer } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import type { Language } from "../../model/language.ts";
import { visibleName } from "../../model/name.ts";
import type { TransferPart } from "../../model/registries.ts";
import { transferParts, transferSum, workKey, workName } from "../../model/transfer.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { Name } from "../part/name.tsx";
import { RegistryTrouble } from "./registry-trouble.tsx";
import type { Halted, Moving } from "./traffic.ts";

/** The pulls and pushes under way with their layers, and those that did not come to their end. */
export function TransferEntries() {
  const { traffic } = useDesk();
  const { words } = useLanguage();
  const say = words.registry.transfer;
  const running = traffic.running.value;
  const halted = traffic.halted.value;
  const of = (kind: "pull" | "push") => running.filter(({ work }) => work.kind === kind);
  return (
    <>
      {(["pull", "push"] as const).map(
        (kind) =>
          of(kind).length > 0 && (
            <section key={kind} aria-label={kind === "pull" ? say.pulling : say.pushing}>
              <h2>{kind === "pull" ? say.pulling : say.pushing}</h2>
              {of(kind).map((moving) => (
                <MovingEntry key={workKey(moving.work)} moving={moving} />
              ))}
            </section>
          ),
      )}
      {halted.length > 0 && (
        <section aria-label={say.stopped}>
          <h2>{say.stopped}</h2>
          {halted.map((entry) => (
            <HaltedEntry key={workKey(entry.work)} halted={entry} />
          ))}
        </section>
      )}
    </>
  );
}

function MovingEntry({ moving }: { readonly moving: Moving }) {
  const { words, format } = useLanguage();
  const [, redraw] = useReducer<number, undefined>((count) => count + 1, 0);
  useEffect(() => {
    // Where nothing arrives the rate falls: that has to be seen as well.
    const timer = setInterval(() => redraw(undefined), 1000);
    return () => clearInterval(timer);
  }, []);
  const { work } = moving;
  const state = moving.state.value;
  const sum = transferSum(state, performance.now());
  const say = words.registry.transfer;
  const name = visibleName(workName(work));
  const title = work.kind === "pull" ? say.pulling : say.pushing;
  const asking = sum.layers === 0;
  return (
    <div class="load" data-name={workName(work)}>
      <div class="load-line">
        <span class="transfer-name">
          <Name text={workName(work)} />
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label={say.cancel(name)}
          title={say.cancel(name)}
          onClick={() => moving.cancel()}
        >
          <Icon name="close" />
        </button>
      </div>
      <progress
        aria-label={`${title} ${name}`}
        {...(asking ? {} : { value: sum.bytes })}
        max={Math.max(1, sum.total)}
      />
      <p class="load-facts">
        {asking
          ? say.asking
          : [
              words.library.progress(format, sum.bytes, sum.total),
              say.layers(format, sum.layersDone, sum.layers),
            ].join(" · ")}
      </p>
      {state.images > 1 && state.image !== undefined && (
        <p class="load-facts">{say.image(format, state.images, visibleName(state.image))}</p>
      )}
      {sum.rate !== undefined && sum.bytes < sum.total && (
        <p class="load-facts">{words.library.rate(format, sum.rate, format.took(sum.leftMs ?? 0))}</p>
      )}
      {!asking && sum.bytes >= sum.total && <p class="load-facts">{say.ending}</p>}
      {sum.before > 0 && (
        <p class="load-facts muted">
          {work.kind === "pull" ? say.beforePull(format, sum.before) : say.beforePush(format, sum.before)}
        </p>
      )}
      <ul class="load-parts">
        {transferParts(state).map((part) => (
          <PartLine key={part.digest} part={part} />
        ))}
      </ul>
    </div>
  );
}

function PartLine({ part }: { readonly part: TransferPart }) {
  const language = useLanguage();
  const label = stateText(part.state, language);
  const moving = !part.settled && part.bytes > 0 && part.bytes < part.total;
  return (
    <li class="load-part" data-state={part.settled ? "stored" : "storing"} title={part.digest}>
      <code>{shortDigest(part.digest)}</code>
      {moving ? (
        <progress aria-label={label} title={label} value={part.bytes} max={Math.max(1, part.total)} />
      ) : (
        <span title={label}>{label}</span>
      )}
      <span class="num">{language.format.bytes(part.total)}</span>
    </li>
  );
}

/** Docker's word for a state in the reader's language. */
function stateText(state: string, { words }: Language): string {
  const say = words.registry.transfer;
  const known = say.states[state];
  if (known !== undefined) return known;
  const seconds = /^Retrying in (\d+)/u.exec(state)?.[1];
  if (seconds !== undefined) return say.retrying(seconds);
  const from = /^Mounted from (.+)$/u.exec(state)?.[1];
  return from === undefined ? state : say.mounted(visibleName(from));
}

function HaltedEntry({ halted }: { readonly halted: Halted }) {
  const { traffic } = useDesk();
  const { words } = useLanguage();
  const say = words.registry.transfer;
  const { work, trouble } = halted;
  const name = visibleName(workName(work));
  return (
    <div class="load" data-name={workName(work)}>
      <div class="load-line">
        <span class="transfer-name">
          <Name text={workName(work)} />
        </span>
        <button type="button" class="button button-quiet" onClick={() => traffic.again(halted)}>
          {trouble === undefined ? say.goOn : say.again}
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={say.forget(name)}
          title={say.forget(name)}
          onClick={() => traffic.forget(halted)}
        >
          <Icon name="close" />
        </button>
      </div>
      {trouble === undefined ? (
        <p class="library-note">{work.kind === "pull" ? say.stays : say.staysPush}</p>
      ) : (
        <RegistryTrouble
          trouble={trouble}
          about={work.kind === "pull" ? work.reference : (work.target ?? work.source)}
          atMs={halted.atMs}
          choosePlatform={
            work.kind === "pull"
              ? (platform) => {
                  traffic.forget(halted);
                  const { kind: _, ...request } = work;
                  void traffic.pull({ ...request, platform });
                }
              : undefined
          }
        />
      )}
    </div>
  );
}
