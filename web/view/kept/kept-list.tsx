import { useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type KeptOrder, type KeptRow, keptRows, orderRows } from "../../model/kept.ts";
import { imagesLine } from "../../model/kept-lines.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { LazyPanel } from "../panel/lazy-panel.tsx";
import { DemoButton } from "../part/demo-button.tsx";
import { narrow, touch } from "../part/media.ts";
import { ShellFoot } from "../part/shell-foot.tsx";
import { useVirtual } from "../part/virtual.ts";
import { KeptHead } from "./kept-head.tsx";
import { keptKeys } from "./kept-keys.ts";
import { KeptRowLine } from "./kept-row.tsx";
import { KeptTools } from "./kept-tools.tsx";
import { KeptTrouble } from "./kept-trouble.tsx";
import { showKept } from "./show-kept.ts";

const NEWEST: KeptOrder = { column: "created", descending: true, filter: "" };

/** The kept images as `docker images` lists them, to be sorted, filtered, opened, saved and removed. */
export function KeptList() {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const order = useSignal(NEWEST);
  const rows = useComputed(() => orderRows(keptRows(desk.kept.state.value.images), order.value));
  const { images, total, phase } = desk.kept.state.value;
  return (
    <div class="kept">
      <header class="kept-header">
        <h1>{words.kept.title}</h1>
        {images.length > 0 && <p class="muted">{words.kept.list.sum(format, images.length, total)}</p>}
        <DemoButton class="link" />
        <KeptTools order={order} rows={rows.value} />
      </header>
      <div class="kept-body">
        <KeptTrouble />
        {phase === "ready" && images.length === 0 && <p class="note kept-empty">{words.kept.empty}</p>}
        {images.length > 0 && rows.value.length === 0 && <p class="note">{words.kept.noMatch}</p>}
        {rows.value.length > 0 && <KeptTable rows={rows.value} order={order} />}
        <LazyPanel />
      </div>
      <ShellFoot toggle lines={[imagesLine(order.value.filter)]} />
    </div>
  );
}

function KeptTable({
  rows,
  order,
}: {
  readonly rows: readonly KeptRow[];
  readonly order: { value: KeptOrder };
}) {
  const desk = useDesk();
  const { words } = useLanguage();
  const scroller = useRef<HTMLDivElement>(null);
  const cursor = useSignal(0);
  const at = Math.min(cursor.value, rows.length - 1);
  const rowHeight = narrow.value ? 64 : touch.value ? 44 : 28;
  const virtualizer = useVirtual({ count: rows.length, rowHeight, scroller, keep: at });
  const selected = desk.kept.selected.value;
  const toggle = (row: KeptRow) => {
    const next = new Set(selected);
    if (!next.delete(row.key)) next.add(row.key);
    desk.kept.selected.value = next;
  };
  const moveTo = (index: number) => {
    cursor.value = index;
    virtualizer.scrollToIndex(index);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus(),
    );
  };
  const onKeyDown = keptKeys({
    rows,
    at,
    page: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2),
    moveTo,
    toggle,
    open: (row) => showKept(desk, row.image.id),
    remove: (row) => {
      const chosen = rows.filter(({ key }) => selected.has(key));
      const refs = (chosen.length > 0 ? chosen : [row]).map(({ ref }) => ref);
      desk.panel.value = { kind: "remove", refs };
    },
  });
  return (
    <div
      ref={scroller}
      class="kept-table"
      role="grid"
      aria-label={words.kept.list.label}
      aria-rowcount={rows.length + 1}
      aria-multiselectable="true"
      title={words.kept.list.keys}
      onKeyDown={onKeyDown}
    >
      <KeptHead order={order} rows={rows} />
      <div role="rowgroup" class="kept-rows" style={{ blockSize: `${virtualizer.getTotalSize()}px` }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <KeptRowLine
              key={row.key}
              row={row}
              index={item.index}
              start={item.start}
              height={rowHeight}
              active={item.index === at}
              selected={selected.has(row.key)}
              toggle={toggle}
              press={() => (cursor.value = item.index)}
            />
          );
        })}
      </div>
    </div>
  );
}
