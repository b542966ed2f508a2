import { useId } from "preact/hooks";
import { SETTING_TEXTS, type SettingsForm, settingsFaults, settingsForm } from "../../model/make-settings.ts";
import { COMMON_PLATFORMS } from "../../model/platforms.ts";
import { useLanguage } from "../desk.ts";
import type { ChangeBench } from "./change-bench.ts";
import { NamedRows } from "./named-rows.tsx";

type TextName = (typeof SETTING_TEXTS)[number];

/** How the image is run and what it says of itself, edited where it stands. */
export function ChangeSettings({ bench }: { readonly bench: ChangeBench }) {
  const { words } = useLanguage();
  const say = words.make.settings;
  const form = bench.form.value;
  const faults = settingsFaults(form);
  const before = settingsForm(bench.subject.settings);
  const put = (change: Partial<SettingsForm>) => (bench.form.value = { ...bench.form.peek(), ...change });
  return (
    <div class="make-settings">
      {SETTING_TEXTS.map((name) => (
        <TextSetting
          key={name}
          name={name}
          value={form[name]}
          changed={form[name] !== before[name]}
          faulty={faults.has(name)}
          put={(value) => put({ [name]: value })}
        />
      ))}
      <NamedRows label={say.env} rows={form.env} faulty={faults.has("env")} change={(env) => put({ env })} />
      <NamedRows
        label={say.labels}
        rows={form.labels}
        faulty={faults.has("labels")}
        change={(labels) => put({ labels })}
      />
      <NamedRows
        label={say.annotations}
        rows={bench.annotations.value}
        change={(rows) => (bench.annotations.value = rows)}
      />
    </div>
  );
}

function TextSetting(props: {
  readonly name: TextName;
  readonly value: string;
  readonly changed: boolean;
  readonly faulty: boolean;
  readonly put: (value: string) => void;
}) {
  const { words } = useLanguage();
  const say = words.make.settings;
  const hint = useId();
  const { name, value, changed, faulty, put } = props;
  const command = name === "cmd" || name === "entrypoint" || name === "shell";
  let told = "";
  if (command) told = faulty ? say.commandFault : "";
  else if (name === "ports" && faulty) told = say.portsFault;
  else if (name === "platform" && faulty) told = say.platformFault;
  return (
    <label class="field" data-changed={changed}>
      <span>
        {say[name]}
        {changed && <em aria-hidden="true"> · {say.changed}</em>}
      </span>
      <input
        type="text"
        value={value}
        class={command ? "code-field" : undefined}
        list={name === "platform" ? "make-platforms" : undefined}
        placeholder={command ? say.commandTerm : name === "ports" ? say.portsTerm : undefined}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="none"
        aria-invalid={faulty}
        aria-describedby={told === "" ? undefined : hint}
        onInput={(event) => put(event.currentTarget.value)}
      />
      {told !== "" && (
        <span id={hint} class="loss">
          {told}
        </span>
      )}
      {name === "platform" && (
        <datalist id="make-platforms">
          {COMMON_PLATFORMS.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  );
}
