import { useSignalEffect } from "@preact/signals";
import { memo } from "preact/compat";
import { useCallback, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { rowAt } from "../../model/row-pages.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import type { TreeEditing } from "../draft/draft-keys.ts";
import { touch } from "../part/media.ts";
import { useVirtual } from "../part/virtual.ts";
import type { FilesPlace } from "./file-lists.ts";
import { FileRow } from "./file-row.tsx";
import { saveSelected } from "./save-node.ts";
import { TreeHead } from "./tree-head.tsx";
import { createTreeKeys } from "./tree-keys.ts";

/** What a {@link FileTree} needs. */
export interface FileTreeProps {
  readonly archive: Opened;
  /** Index of the image in the archive. */
  readonly image: number;
  readonly place: FilesPlace;
  /** What more can be done where the files may be changed. */
  readonly editing?: TreeEditing | undefined;
}

/** The rows of a file list as a tree grid; only those in sight exist. */
export const FileTree = memo(function FileTree({ archive, image, place, editing }: FileTreeProps) {
  const desk = useDesk();
  const { words } = useLanguage();
  const { list } = place;
  const scroller = useRef<HTMLDivElement>(null);
  const state = list.state.value;
  const rows = list.rows.value;
  const active = list.active.value;
  // Before anything is chosen the first row can be reached by Tab, and that is all.
  const chosen = list.selected.value !== undefined;
  const rowHeight = touch.value ? 44 : 24;
  const virtualizer = useVirtual({ count: state?.rows ?? 0, rowHeight, scroller, keep: active });
  const items = virtualizer.getVirtualItems();
  const range = virtualizer.range;
  const from = range?.startIndex ?? 0;
  const to = (range?.endIndex ?? 63) + 1;
  useLayoutEffect(() => list.want(Math.max(0, from - 24), to + 24), [list, from, to, state]);
  useSignalEffect(() => {
    const wish = list.scroll.value;
    if (wish !== undefined) virtualizer.scrollToIndex(wish.index, { align: wish.align });
  });
  const holdsFocus = useRef(false);
  useLayoutEffect(() => {
    // The row that had the focus may be gone from the page by now, and the focus with it.
    const lost =
      document.activeElement === document.body || document.activeElement?.getAttribute("role") === "row";
    if (!holdsFocus.current || !lost) return;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`)?.focus({ preventScroll: true });
  }, [active, items.length]);
  const keys = useMemo(() => {
    const openNode = (focusPreview: boolean) => {
      desk.pane.value = "preview";
      if (focusPreview) setTimeout(() => document.querySelector<HTMLElement>(".preview")?.focus(), 80);
    };
    const save = () => void saveSelected(desk, { handle: archive.handle, image, place });
    return createTreeKeys(list, {
      page: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 480) / rowHeight) - 2),
      open: openNode,
      save,
      history() {
        openNode(false);
        setTimeout(() => document.querySelector<HTMLElement>("#versions-title")?.scrollIntoView(), 80);
        document.querySelector<HTMLElement>("#versions-title")?.focus();
      },
    });
  }, [desk, list, place, archive, image, rowHeight]);
  const several = (editing?.marked.size ?? 0) > 0;
  const isSelected = (index: number): boolean => {
    const row = several ? rowAt(rows, index) : undefined;
    return several ? row !== undefined && editing?.marked.has(row.node) === true : index === active && chosen;
  };
  const pressEditing = editing?.press;
  const press = useCallback(
    (index: number, event: MouseEvent) => {
      if (pressEditing?.(index, event) !== true) keys.press(index, event);
    },
    [keys, pressEditing],
  );
  // Without layers no list is ever opened.
  const reach = archive.state.value.trees.get(image);
  const bare = reach?.complete === true && reach.layers === 0;
  const waiting = state === undefined && !bare;
  const empty = state === undefined ? bare : state.rows === 0;
  return (
    <div
      ref={scroller}
      class="tree"
      role="treegrid"
      aria-label={words.files.tree}
      aria-rowcount={(state?.rows ?? 0) + 1}
      aria-busy={waiting}
      aria-multiselectable={editing === undefined ? undefined : "true"}
      onKeyDown={(event) => {
        if (editing?.key(event) !== true) keys.onKeyDown(event);
      }}
      onFocusIn={(event) => {
        holdsFocus.current = event.target instanceof Element && event.target.getAttribute("role") === "row";
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget !== null) holdsFocus.current = false;
      }}
    >
      <TreeHead list={list} />
      {waiting && <p class="tree-note">{words.files.waitingForTree}</p>}
      {empty && <p class="tree-note">{emptyReason(place, words.files)}</p>}
      <div class="tree-body" role="rowgroup" style={{ blockSize: `${virtualizer.getTotalSize()}px` }}>
        {items.map((item) => (
          <FileRow
            key={item.index}
            index={item.index}
            top={item.start}
            row={rowAt(rows, item.index)}
            active={item.index === active}
            selected={isSelected(item.index)}
            press={press}
            fold={keys.fold}
            dragStart={editing?.dragStart}
          />
        ))}
      </div>
    </div>
  );
});

function emptyReason(
  place: FilesPlace,
  words: { readonly nothing: string; readonly nothingLayer: string; readonly nothingMatches: string },
): string {
  const { filter, scope, changedOnly } = place.list.spec.value;
  if (place.list.state.value?.filterError !== undefined) return "";
  if (filter !== "") return words.nothingMatches;
  return scope === "layer" || changedOnly ? words.nothingLayer : words.nothing;
}
