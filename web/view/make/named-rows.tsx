import { useRef } from "preact/hooks";
import { type NamedField, namedField } from "../../model/make-settings.ts";
import { useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";

/** Names and values that are edited in place, one pair a line. */
export function NamedRows(props: {
  readonly label: string;
  readonly rows: readonly NamedField[];
  readonly change: (rows: readonly NamedField[]) => void;
  readonly faulty?: boolean;
  /** Names to offer. */
  readonly offers?: readonly string[];
}) {
  const { words } = useLanguage();
  const say = words.make.settings;
  const { label, rows, change, faulty = false, offers = [] } = props;
  const put = (key: number, to: Partial<NamedField>) =>
    change(rows.map((row) => (row.key === key ? { ...row, ...to } : row)));
  const fresh = useRef<number | undefined>(undefined);
  const list = `offers-${label}`;
  return (
    <fieldset class="named-rows">
      <legend>{label}</legend>
      {rows.map(({ key, name, value }) => (
        <div key={key}>
          <input
            type="text"
            aria-label={say.rowName(label)}
            ref={(input) => {
              if (input === null || fresh.current !== key) return;
              fresh.current = undefined;
              input.focus();
            }}
            value={name}
            list={offers.length > 0 ? list : undefined}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="none"
            onInput={(event) => put(key, { name: event.currentTarget.value })}
          />
          <span aria-hidden="true">=</span>
          <ValueField
            label={say.rowValue(name === "" ? label : name)}
            value={value}
            put={(text) => put(key, { value: text })}
          />
          <button
            type="button"
            class="icon-button"
            aria-label={words.make.drop(name === "" ? label : name)}
            onClick={() => change(rows.filter((row) => row.key !== key))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {offers.length > 0 && (
        <datalist id={list}>
          {offers.map((offer) => (
            <option key={offer} value={offer} />
          ))}
        </datalist>
      )}
      {faulty && <p class="loss">{say.rowsFault}</p>}
      <button
        type="button"
        class="link"
        aria-label={say.addRow(label)}
        onClick={() => {
          const row = namedField();
          fresh.current = row.key;
          change([...rows, row]);
        }}
      >
        {words.make.add}
      </button>
    </fieldset>
  );
}

/** A value; one of several lines in a field that keeps them. */
function ValueField(props: {
  readonly label: string;
  readonly value: string;
  readonly put: (text: string) => void;
}) {
  const { label, value, put } = props;
  const several = useRef(value.includes("\n"));
  return several.current ? (
    <textarea
      aria-label={label}
      value={value}
      rows={Math.min(6, value.split("\n").length)}
      spellcheck={false}
      onInput={(event) => put(event.currentTarget.value)}
    />
  ) : (
    <input
      type="text"
      aria-label={label}
      value={value}
      spellcheck={false}
      autocomplete="off"
      onInput={(event) => put(event.currentTarget.value)}
    />
  );
}
