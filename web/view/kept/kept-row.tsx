import { shortDigest } from "../../model/archive.ts";
import type { KeptRow } from "../../model/kept.ts";
import { visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Name } from "../part/name.tsx";
import { showKept } from "./show-kept.ts";

/** What a {@link KeptRowLine} shows, and what it does. */
export interface KeptRowProps {
  readonly row: KeptRow;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly start: number;
  readonly height: number;
  readonly active: boolean;
  readonly selected: boolean;
  readonly toggle: (row: KeptRow) => void;
  readonly press: () => void;
}

/** One line of the list. */
export function KeptRowLine({ row, index, start, height, active, selected, toggle, press }: KeptRowProps) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const { image, repository, tag, ref } = row;
  const name = visibleName(ref);
  const size = (bytes: number | undefined) => (bytes === undefined ? "–" : format.bytes(bytes));
  const relations = [
    ...(image.users > 0 ? [words.kept.list.users(format, image.users)] : []),
    ...(image.children > 0 ? [words.kept.list.children(format, image.children)] : []),
  ];
  const exact = (bytes: number | undefined) =>
    bytes === undefined ? words.kept.list.unknownSize : words.facts.exact(format, bytes);
  return (
    <div
      class="kept-row"
      role="row"
      tabIndex={active ? 0 : -1}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${start}px)`, blockSize: `${height}px` }}
      onMouseDown={press}
      onFocus={press}
      onDblClick={() => showKept(desk, image.id)}
    >
      <span role="gridcell" class="kept-check">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={words.kept.list.select(name)}
          checked={selected}
          onChange={() => toggle(row)}
        />
      </span>
      <span role="gridcell" class="kept-repository">
        <button
          type="button"
          class="link"
          tabIndex={-1}
          title={words.kept.list.open(name)}
          onClick={() => showKept(desk, image.id)}
        >
          {repository === undefined ? words.kept.none : <Name text={repository} />}
        </button>
        {relations.length > 0 && <span class="muted"> {relations.join(", ")}</span>}
        {image.damaged && <span class="loss"> {words.kept.damaged}</span>}
      </span>
      <span role="gridcell" class="kept-tag-cell kept-tag" title={tag}>
        {tag === undefined ? <span class="muted">{words.kept.none}</span> : <Name text={tag} />}
      </span>
      <span role="gridcell" class="kept-id" title={[image.id, ...relations].join("\n")}>
        <code>{shortDigest(image.id)}</code>
      </span>
      <span
        role="gridcell"
        class="kept-created"
        title={image.created === undefined ? undefined : format.moment(image.created)}
      >
        {image.created === undefined ? "–" : format.stamp(image.created)}
      </span>
      <span role="gridcell" class="kept-size-cell" title={exact(image.size)}>
        {size(image.size)}
      </span>
      <span role="gridcell" class="kept-shared" title={exact(image.sharedSize)}>
        {size(image.sharedSize)}
      </span>
      <span
        role="gridcell"
        class="kept-unique"
        title={exact(image.uniqueSize)}
        data-column={words.kept.columns.unique}
      >
        {size(image.uniqueSize)}
      </span>
    </div>
  );
}
