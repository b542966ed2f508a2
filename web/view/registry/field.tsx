import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";

/** A field of a form, with what it means beneath. */
export interface FieldProps {
  readonly label: string;
  readonly term: string;
  readonly value: Signal<string>;
  /** `lines`: several, one a line. */
  readonly kind?: "text" | "password" | "lines";
  readonly placeholder?: string;
}

/** A labelled text field. */
export function Field({ label, term, value, kind = "text", placeholder }: FieldProps) {
  const id = useId();
  const about = useId();
  const changed = (event: { readonly currentTarget: { readonly value: string } }) => {
    value.value = event.currentTarget.value;
  };
  const common = {
    id,
    value: value.value,
    ...(placeholder !== undefined && { placeholder }),
    spellcheck: false,
    autocapitalize: "none",
    "aria-describedby": about,
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {kind === "lines" && <textarea {...common} rows={2} onInput={changed} />}
      {kind === "text" && <input {...common} type="text" autocomplete="off" onInput={changed} />}
      {kind === "password" && <input {...common} type="password" autocomplete="off" onInput={changed} />}
      <small id={about} class="muted">
        {term}
      </small>
    </div>
  );
}
