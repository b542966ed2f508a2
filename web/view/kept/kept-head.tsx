import { KEPT_COLUMNS, type KeptColumn, type KeptOrder, type KeptRow } from "../../model/kept.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";

/** The column heads of the list: all of them sort, the first selects everything. */
export function KeptHead({
  order,
  rows,
}: {
  readonly order: { value: KeptOrder };
  readonly rows: readonly KeptRow[];
}) {
  const desk = useDesk();
  const { words } = useLanguage();
  const { column: sorted, descending } = order.value;
  const selected = desk.kept.selected.value;
  const chosen = rows.filter(({ key }) => selected.has(key)).length;
  const press = (column: KeptColumn) => {
    // Names are asked for from the start, times and sizes from the newest and largest.
    const turned = column !== "repository" && column !== "tag" && column !== "id";
    order.value = { ...order.value, column, descending: sorted === column ? !descending : turned };
  };
  const terms: Readonly<Partial<Record<KeptColumn, string>>> = words.kept.columnTerms;
  return (
    <div class="kept-row kept-head" role="row" aria-rowindex={1}>
      <span role="columnheader" class="kept-check">
        <input
          type="checkbox"
          aria-label={words.kept.list.selectAll}
          checked={chosen > 0 && chosen === rows.length}
          ref={(box) => {
            if (box !== null) box.indeterminate = chosen > 0 && chosen < rows.length;
          }}
          onChange={() => {
            desk.kept.selected.value = new Set(chosen === rows.length ? [] : rows.map(({ key }) => key));
          }}
        />
      </span>
      {KEPT_COLUMNS.map((column) => (
        <span
          key={column}
          role="columnheader"
          class={`kept-${column}`}
          aria-sort={sorted === column ? (descending ? "descending" : "ascending") : undefined}
        >
          <button
            type="button"
            title={terms[column] ?? words.files.sortBy(words.kept.columns[column])}
            onClick={() => press(column)}
          >
            {words.kept.columns[column]}
            {sorted === column && <Icon name={descending ? "down" : "up"} />}
          </button>
        </span>
      ))}
    </div>
  );
}
