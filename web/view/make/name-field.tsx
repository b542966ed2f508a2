import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { shortDigest } from "../../model/archive.ts";
import { newName } from "../../model/new-name.ts";
import { useDesk, useLanguage } from "../desk.ts";

/** The name in a field; `undefined` where it cannot be one. An empty field is no name. */
export function nameIn(text: string): string | undefined {
  const asked = newName(text);
  if ("name" in asked) return asked.name;
  return asked.fault === "empty" ? "" : undefined;
}

/** A field for the name of what is made, and what giving it means. */
export function NameField({ text, own }: { readonly text: Signal<string>; readonly own?: string }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.make.name;
  const hint = useId();
  const asked = newName(text.value);
  const wrong = "fault" in asked && asked.fault !== "empty";
  const holder =
    "name" in asked ? desk.kept.state.value.images.find(({ tags }) => tags.includes(asked.name)) : undefined;
  let told: string;
  if ("fault" in asked) told = wrong ? words.kept.names.reasons[asked.fault] : say.none;
  else if (holder === undefined) told = say.keeps(asked.name);
  else if (holder.id === own) told = say[holder.tags.length > 1 ? "same" : "last"](asked.name);
  else told = say.moves(asked.name, shortDigest(holder.id));
  return (
    <div>
      <label class="field">
        <span>{say.label}</span>
        <input
          type="text"
          value={text.value}
          placeholder={say.placeholder}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          aria-invalid={wrong}
          aria-describedby={hint}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <p id={hint} class={wrong ? "loss make-hint" : "muted make-hint"} aria-live="polite">
        {told}
      </p>
    </div>
  );
}
