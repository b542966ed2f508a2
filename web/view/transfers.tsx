import { visibleName } from "../model/name.ts";
import { useDesk, useLanguage } from "./desk.ts";
import { Icon } from "./part/icon.tsx";

/** What is being saved to disk, with how far it is and a way to stop it. */
export function Transfers() {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const transfers = desk.transfers.value;
  if (transfers.length === 0) return null;
  return (
    <section class="transfers" aria-label={words.library.transfers}>
      <h2>{words.library.transfers}</h2>
      {transfers.map(({ id, name, done, total, cancel }) => (
        <div key={id} class="transfer">
          <span class="transfer-name">{visibleName(name)}</span>
          <button
            type="button"
            class="icon-button"
            aria-label={`${words.library.cancel} ${visibleName(name)}`}
            onClick={cancel}
          >
            <Icon name="close" />
          </button>
          <progress
            aria-label={visibleName(name)}
            value={total === undefined ? undefined : done}
            max={total ?? 1}
          />
          <span class="transfer-amount">
            {total === undefined ? format.bytes(done) : words.library.progress(format, done, total)}
          </span>
        </div>
      ))}
    </section>
  );
}
