import type { ComponentChildren } from "preact";
import type { NodeView } from "../../model/engine.ts";
import { visibleName } from "../../model/name.ts";
import { remember } from "../../platform/memory.ts";
import { useLanguage } from "../desk.ts";
import { CopyButton } from "../part/copy-button.tsx";
import { Icon } from "../part/icon.tsx";
import { Name } from "../part/name.tsx";
import type { Mode, Reading } from "./reading.ts";

/** Path of the file, and the ways it can be shown. */
export function PreviewHead({
  facts,
  reading,
  actions,
}: {
  readonly facts: NodeView;
  readonly reading: Reading;
  readonly actions?: ComponentChildren;
}) {
  const { words } = useLanguage();
  const content = reading.content.value;
  const modes: Mode[] = [];
  if (content !== undefined && content.kind !== "empty") {
    if (content.kind === "picture" || reading.picture.value !== undefined) modes.push("picture");
    if (content.kind === "text") modes.push("text");
    modes.push("hex");
  }
  const older = reading.layer.value !== undefined && reading.layer.value !== facts.row.layer;
  return (
    <header class="preview-head">
      <h2 title={visibleName(facts.path)}>
        <span>
          <Name text={facts.path} />
        </span>
        <CopyButton text={facts.path} what={words.facts.path} />
      </h2>
      {older && <span class="preview-older">{words.preview.older(reading.layer.value ?? 0)}</span>}
      {actions}
      {content?.kind === "text" && reading.mode.value === "text" && <TextTools reading={reading} />}
      {modes.length > 1 && (
        <fieldset class="segments">
          <legend class="offscreen">{words.preview.mode}</legend>
          {modes.map((mode) => (
            <label key={mode}>
              <input
                type="radio"
                name="preview-mode"
                checked={reading.mode.value === mode}
                onChange={() => (reading.mode.value = mode)}
              />
              <span>{words.preview.modes[mode]}</span>
            </label>
          ))}
        </fieldset>
      )}
    </header>
  );
}

function TextTools({ reading }: { readonly reading: Reading }) {
  const { words } = useLanguage();
  const wrap = reading.wrap.value;
  return (
    <span>
      <button
        type="button"
        class="icon-button"
        aria-pressed={wrap}
        aria-label={words.preview.wrap}
        title={words.preview.wrap}
        onClick={() => {
          reading.wrap.value = !wrap;
          remember("wrap", String(!wrap));
        }}
      >
        <Icon name="wrap" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={words.preview.search}
        title={words.preview.search}
        onClick={() => (reading.searches.value += 1)}
      >
        <Icon name="find" />
      </button>
    </span>
  );
}
