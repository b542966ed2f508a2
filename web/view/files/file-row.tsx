import { useSignal } from "@preact/signals";
import { memo } from "preact/compat";
import type { NodeType, Row } from "../../model/engine.ts";
import { octalMode, symbolicMode } from "../../model/mode.ts";
import { visibleName } from "../../model/name.ts";
import { useLanguage } from "../desk.ts";
import { Icon, type IconName } from "../part/icon.tsx";
import { MarkLetter } from "../part/mark.tsx";
import { Name } from "../part/name.tsx";

/** What a {@link FileRow} shows. */
export interface FileRowProps {
  readonly index: number;
  /** CSS pixels from the top of the list. */
  readonly top: number;
  /** `undefined` while it is fetched. */
  readonly row: Row | undefined;
  /** Whether Tab goes to it. */
  readonly active: boolean;
  readonly selected: boolean;
  readonly press: (index: number, event: MouseEvent) => void;
  readonly fold: (index: number, event: MouseEvent) => void;
  /** Rows can be dragged where there is somewhere to drop them. */
  readonly dragStart?: ((index: number, event: DragEvent) => void) | undefined;
}

const ICONS: Readonly<Record<NodeType, IconName>> = {
  file: "file",
  dir: "folder",
  symlink: "symlink",
  link: "symlink",
  char: "device",
  block: "device",
  fifo: "device",
  other: "device",
};

/** One line of the file list. */
export const FileRow = memo(function FileRow({
  index,
  top,
  row,
  active,
  selected,
  press,
  fold,
  dragStart,
}: FileRowProps) {
  const { words, format } = useLanguage();
  // Titles are for the row under the pointer: a date in words costs more than all the rest of a row.
  const hovered = useSignal(false);
  const told = hovered.value;
  const place = { transform: `translateY(${top}px)` };
  if (row === undefined) {
    return (
      <div
        class="row row-skeleton"
        role="row"
        style={place}
        data-index={index}
        tabIndex={active ? 0 : -1}
        aria-rowindex={index + 2}
        aria-selected={selected}
      >
        <span role="gridcell" aria-label={words.files.loading}>
          <span class="bone" style={{ inlineSize: `${24 + ((index * 37) % 40)}%` }} />
        </span>
      </div>
    );
  }
  const owner = row.uname === "" && row.gname === "" ? `${row.uid}:${row.gid}` : ownerText(row);
  return (
    <div
      class="row"
      role="row"
      style={place}
      data-index={index}
      data-removed={row.removed}
      data-match={row.match}
      tabIndex={active ? 0 : -1}
      aria-rowindex={index + 2}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={row.expandable ? row.expanded : undefined}
      aria-selected={selected}
      onPointerEnter={() => (hovered.value = true)}
      onPointerLeave={() => (hovered.value = false)}
      onClick={(event) => press(index, event)}
      draggable={dragStart !== undefined}
      onDragStart={dragStart && ((event) => dragStart(index, event))}
    >
      <span role="gridcell" class="col-name" style={{ paddingInlineStart: `${row.depth * 14 + 4}px` }}>
        <span
          class="twist"
          data-open={row.expanded}
          aria-hidden="true"
          onClick={row.expandable ? (event) => fold(index, event) : undefined}
        >
          {row.expandable && <Icon name="chevron" />}
        </span>
        <Icon name={ICONS[row.type]} />
        <span class="row-name" title={told ? visibleName(row.name) : undefined}>
          <Name text={row.name} />
          {row.type === "dir" && "/"}
        </span>
        {row.removed && row.mark !== "D" && <span class="offscreen">{words.files.removed}</span>}
        {row.type !== "file" && row.type !== "dir" && (
          <span class="offscreen">{words.files.types[row.type]}</span>
        )}
        {row.link !== undefined && (
          <span class="row-link" title={words.files.linksTo(visibleName(row.link))}>
            {row.type === "link" ? "= " : "→ "}
            <Name text={row.link} />
          </span>
        )}
      </span>
      <span role="gridcell" class="col-mark">
        <MarkLetter mark={row.mark} />
      </span>
      <span role="gridcell" class="col-size" title={told ? words.facts.exact(format, row.size) : undefined}>
        {row.type === "file" || row.type === "link" || row.type === "dir" ? format.bytes(row.size) : ""}
      </span>
      <span role="gridcell" class="col-owner" title={told ? `${row.uid}:${row.gid}` : undefined}>
        {owner}
      </span>
      <span role="gridcell" class="col-mode" title={told ? symbolicMode(row.type, row.mode) : undefined}>
        {octalMode(row.mode)}
      </span>
      <span role="gridcell" class="col-mtime" title={told ? format.moment(row.mtime) : undefined}>
        {format.stamp(row.mtime)}
      </span>
    </div>
  );
});

function ownerText(row: Row): string {
  return visibleName(`${row.uname || row.uid}:${row.gname || row.gid}`);
}
