import { useSignal } from "@preact/signals";
import { shortDigest } from "../../model/archive.ts";
import type { StoredImage } from "../../model/images.ts";
import { type KeptRow, keptRows, repositories } from "../../model/kept.ts";
import { visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { Name } from "../part/name.tsx";
import { Term } from "../part/term.tsx";
import { KeptTrouble } from "./kept-trouble.tsx";
import { showKept } from "./show-kept.ts";

/** With more images than this, repositories begin folded. */
const UNFOLDED = 40;

/** The images that are kept: repositories with their tags beneath, then those without a name. */
export function KeptEntries() {
  const desk = useDesk();
  const { words } = useLanguage();
  const { images, phase } = desk.kept.state.value;
  const { named, nameless } = repositories(keptRows(images));
  const few = images.length <= UNFOLDED;
  return (
    <section aria-labelledby="kept-here">
      <h2 id="kept-here">
        <button
          type="button"
          class="library-head"
          aria-current={desk.route.value === undefined ? "page" : undefined}
          onClick={() => {
            desk.go(undefined);
            desk.pane.value = "image";
          }}
        >
          {words.kept.title}
          <Icon name="list" />
        </button>
      </h2>
      <KeptTrouble brief />
      {phase === "opening" && <p class="library-note">{words.kept.reading}</p>}
      {phase === "ready" && images.length === 0 && <p class="library-note">{words.kept.emptyShort}</p>}
      <ul class="repositories">
        {named.map(({ name, rows }) => (
          <RepositoryEntry key={name} name={name} rows={rows} unfolded={few} />
        ))}
        {nameless.length > 0 && (
          <li class="repository">
            <p class="library-note">
              <Term means={words.kept.namelessTerm}>{words.kept.nameless}</Term>
            </p>
            <TagList rows={nameless} />
          </li>
        )}
      </ul>
    </section>
  );
}

function RepositoryEntry(props: {
  readonly name: string;
  readonly rows: readonly KeptRow[];
  readonly unfolded: boolean;
}) {
  const desk = useDesk();
  const shown = desk.route.value?.archive;
  const holds = props.rows.some(({ image }) => image.id === shown);
  const folded = useSignal<boolean | undefined>(undefined);
  const open = folded.value === undefined ? props.unfolded || holds : !folded.value;
  return (
    <li class="repository">
      <button
        type="button"
        class="repository-name"
        aria-expanded={open}
        title={visibleName(props.name)}
        onClick={() => (folded.value = open)}
      >
        <span class="twist" data-open={open}>
          <Icon name="chevron" />
        </span>
        <Name text={props.name} />
      </button>
      {open && <TagList rows={props.rows} />}
    </li>
  );
}

function TagList({ rows }: { readonly rows: readonly KeptRow[] }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const shown = desk.route.value?.archive;
  // As `docker images` prints it, so that it agrees with the list beside it.
  const sizeOf = ({ size, storedSize }: StoredImage) => {
    const bytes = size ?? storedSize;
    return bytes === undefined ? "–" : format.bytes(bytes);
  };
  return (
    <ul>
      {rows.map(({ key, image, tag, ref }) => (
        <li key={key}>
          <button
            type="button"
            class="group kept-tag"
            aria-current={image.id === shown ? "true" : undefined}
            title={visibleName(ref)}
            aria-label={`${visibleName(ref)} ${image.damaged ? words.kept.damaged : sizeOf(image)}`}
            onClick={() => showKept(desk, image.id)}
          >
            <span class="group-tag">
              {tag === undefined ? <code>{shortDigest(image.id)}</code> : <Name text={tag} />}
            </span>
            {image.damaged ? (
              <span class="loss">{words.kept.damaged}</span>
            ) : (
              <span class="kept-size">{sizeOf(image)}</span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}
