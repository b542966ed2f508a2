import type { ComponentChildren } from "preact";
import { memo } from "preact/compat";
import { useLanguage } from "../desk.ts";
import type { FilesPlace } from "../files/file-lists.ts";
import { TroubleNote } from "../part/trouble-note.tsx";
import { Facts } from "./facts.tsx";
import { PreviewContent } from "./preview-content.tsx";
import { PreviewHead } from "./preview-head.tsx";
import { Versions } from "./versions.tsx";

/** The file under the cursor: its bytes, its facts, its history. */
export const Preview = memo(function Preview({
  place,
  actions,
}: {
  readonly place: FilesPlace;
  /** What can be done with the file beside looking at it. */
  readonly actions?: ComponentChildren;
}) {
  const { words } = useLanguage();
  const { reading } = place;
  const facts = reading.facts.value;
  const trouble = reading.trouble.value;
  const back = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    document.querySelector<HTMLElement>(".tree [role=row][tabindex='0']")?.focus();
  };
  if (facts === undefined) {
    return (
      <section class="preview preview-empty" aria-label={words.preview.title} tabIndex={-1} onKeyDown={back}>
        {trouble === undefined ? (
          <p class="muted">{words.preview.nothing}</p>
        ) : (
          <TroubleNote trouble={trouble} />
        )}
      </section>
    );
  }
  return (
    <section class="preview" aria-label={words.preview.title} tabIndex={-1} onKeyDown={back}>
      <PreviewHead facts={facts} reading={reading} actions={actions} />
      {trouble !== undefined && (
        <TroubleNote title={words.preview.unreadable} trouble={trouble} advice={false} />
      )}
      <PreviewContent facts={facts} reading={reading} place={place} />
      <div class="preview-about">
        <Facts facts={facts} place={place} />
        <Versions facts={facts} place={place} />
      </div>
    </section>
  );
});
