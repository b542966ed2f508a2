import type { Signal } from "@preact/signals";
import { type LayoutFacts, SAVE_LAYOUTS, type SaveLayout } from "../../../core/archive/mod.ts";
import { useLanguage } from "../desk.ts";

/** The layouts an archive can have, with what each keeps and who takes it. */
export function LayoutChoice({ layout }: { readonly layout: Signal<SaveLayout> }) {
  const { words } = useLanguage();
  const say = words.kept.save;
  return (
    <fieldset class="choices layouts">
      <legend>{say.layout}</legend>
      {SAVE_LAYOUTS.map((facts) => (
        <label key={facts.layout} class="layout" data-chosen={layout.value === facts.layout}>
          <input
            type="radio"
            name="layout"
            checked={layout.value === facts.layout}
            onChange={() => {
              layout.value = facts.layout;
            }}
          />
          <span>
            <strong>{say.layouts[facts.layout]}</strong>
            <span class="muted">{say.layoutTerms[facts.layout]}</span>
            {layout.value === facts.layout && <Facts facts={facts} />}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Facts({ facts }: { readonly facts: LayoutFacts }) {
  const { words } = useLanguage();
  const say = words.kept.save;
  const kinds = [
    [facts.keepsCompression, say.keeps.compression],
    [facts.keepsManifests, say.keeps.manifests],
    [facts.keepsPlatforms, say.keeps.platforms],
    [facts.keepsParents, say.keeps.parents],
  ] as const;
  const listed = (kept: boolean) => kinds.filter(([is]) => is === kept).map(([, text]) => text);
  const lines = [
    [say.keepsLabel, listed(true)],
    [say.losesLabel, listed(false)],
    [say.takenBy, facts.takenBy],
    [say.refusedBy, facts.refusedBy],
  ] as const;
  return (
    <dl class="layout-facts">
      {lines
        .filter(([, texts]) => texts.length > 0)
        .map(([label, texts]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{texts.join(say.separator)}</dd>
          </div>
        ))}
    </dl>
  );
}
