import type { Words } from "../../model/words-en.ts";
import { useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { narrow } from "../part/media.ts";
import type { FilePaneProps } from "./file-lists.ts";
import { SaveMenu } from "./save-menu.tsx";

/** Where it is narrow the layer stands in a field of its own beside it. */
function scopeLabel(words: Words["files"], scope: "merged" | "layer", upTo: number): string {
  if (narrow.value) return scope === "layer" ? words.thisLayer : words.merged;
  if (scope === "layer") return words.onlyLayer(upTo);
  return upTo === 0 ? words.upToBase : words.upTo(upTo);
}

/** Which files the list shows: scope, layer, filter, changes, removed paths. */
export function FileToolbar({ archive, image, place }: FilePaneProps) {
  const { words } = useLanguage();
  const { list } = place;
  const spec = list.spec.value;
  const error = list.state.value?.filterError;
  return (
    <div class="file-toolbar">
      <div class="toolbar-line">
        <div class="filter" data-invalid={error !== undefined}>
          <Icon name="find" />
          <input
            type="search"
            value={spec.filter}
            placeholder={words.files.filterHint}
            aria-label={words.files.filter}
            aria-invalid={error !== undefined}
            title={words.files.filterHelp}
            aria-describedby={error === undefined ? "filter-help" : "filter-error filter-help"}
            aria-keyshortcuts="/"
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => list.update({ filter: event.currentTarget.value })}
            onKeyDown={(event) => onFilterKey(event, () => list.update({ filter: "" }))}
          />
          <span id="filter-help" class="offscreen">
            {words.files.filterHelp}
          </span>
          {spec.filter === "" && <kbd aria-hidden="true">/</kbd>}
        </div>
        <SaveMenu archive={archive} image={image} place={place} />
      </div>
      {error !== undefined && (
        <p id="filter-error" class="filter-error" role="alert">
          {error}
        </p>
      )}
      <div class="toolbar-line">
        {narrow.value && image.layers.length > 1 && (
          <LayerSelect image={image} place={place} archive={archive} />
        )}
        <fieldset class="segments">
          <legend class="offscreen">{words.files.scope}</legend>
          {(["merged", "layer"] as const).map((scope) => (
            <label key={scope}>
              <input
                type="radio"
                name="scope"
                checked={spec.scope === scope}
                onChange={() => list.update({ scope })}
              />
              <span>{scopeLabel(words.files, scope, spec.upTo)}</span>
            </label>
          ))}
        </fieldset>
        {spec.scope === "merged" && (
          <>
            <Check
              label={words.files.changedOnly}
              means={words.files.changedOnlyTerm}
              checked={spec.changedOnly}
              set={(changedOnly) => list.update({ changedOnly })}
            />
            <Check
              label={words.files.showRemoved}
              means={words.files.showRemovedTerm}
              checked={spec.showRemoved}
              set={(showRemoved) => list.update({ showRemoved })}
            />
          </>
        )}
      </div>
    </div>
  );
}

function onFilterKey(event: KeyboardEvent, clear: () => void): void {
  if (event.key !== "Escape" && event.key !== "ArrowDown" && event.key !== "Enter") return;
  event.preventDefault();
  if (event.key === "Escape") clear();
  document.querySelector<HTMLElement>(".tree [role=row][tabindex='0']")?.focus();
}

function LayerSelect({ image, place }: FilePaneProps) {
  const { words } = useLanguage();
  const { upTo } = place.list.spec.value;
  return (
    <label class="select">
      <span class="offscreen">{words.layers.title}</span>
      <select
        value={String(upTo)}
        onChange={(event) => place.list.update({ upTo: Number(event.currentTarget.value) })}
      >
        {image.layers.map((layer) => (
          <option key={layer.index} value={String(layer.index)}>
            {words.layers.layer(layer.index)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Check(props: {
  readonly label: string;
  readonly means: string;
  readonly checked: boolean;
  readonly set: (checked: boolean) => void;
}) {
  return (
    <label class="check" title={props.means}>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.set(event.currentTarget.checked)}
      />
      {props.label}
    </label>
  );
}
