import { draftKey } from "../../model/kept.ts";
import { visibleName } from "../../model/name.ts";
import type { StoredDraft } from "../../model/stored-draft.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { Name } from "../part/name.tsx";
import { Term } from "../part/term.tsx";

/** The drafts: what each is made of, and how much was changed. Nothing while there are none. */
export function DraftEntries() {
  const desk = useDesk();
  const { words } = useLanguage();
  const { drafts } = desk.kept.state.value;
  if (drafts.length === 0) return null;
  return (
    <section class="drafts" aria-labelledby="drafts-here">
      <h2 id="drafts-here">
        <Term means={words.drafts.term}>{words.drafts.title}</Term>
      </h2>
      <ul>
        {drafts.map((draft) => (
          <DraftEntry key={draft.id} draft={draft} />
        ))}
      </ul>
    </section>
  );
}

function DraftEntry({ draft }: { readonly draft: StoredDraft }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const { id, name, changes, bytes } = draft;
  const key = draftKey(id);
  const image = visibleName(
    draft.imageName.startsWith("sha256:") ? draft.imageName.slice(7, 19) : draft.imageName,
  );
  const shown = desk.route.value?.archive === key;
  return (
    <li class="draft-entry" data-current={shown}>
      <button
        type="button"
        class="draft-name"
        aria-current={shown ? "true" : undefined}
        aria-label={words.drafts.entry(format, visibleName(name), image, changes, bytes)}
        onClick={() => {
          if (!shown) desk.go({ archive: key, image: 0, tab: "files" });
          desk.pane.value = "image";
        }}
      >
        <span class="draft-title">
          <Name text={name} />
        </span>
        <span class="draft-about">
          {words.drafts.about(format, changes, bytes)} · {words.drafts.of(image)}
        </span>
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={words.drafts.removeNamed(visibleName(name))}
        title={words.drafts.removeNamed(visibleName(name))}
        onClick={() => void desk.drafts.remove([id])}
      >
        <Icon name="bin" />
      </button>
    </li>
  );
}
