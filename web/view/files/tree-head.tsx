import { useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import type { FileList } from "./file-list.ts";

const COLUMNS = [
  { id: "name", sort: "name" },
  { id: "mark", sort: undefined },
  { id: "size", sort: "size" },
  { id: "owner", sort: undefined },
  { id: "mode", sort: undefined },
  { id: "mtime", sort: "mtime" },
] as const;

/** The column heads; those that can be sorted by are buttons. */
export function TreeHead({ list }: { readonly list: FileList }) {
  const { words } = useLanguage();
  const { sort, descending } = list.spec.value;
  const press = (column: "name" | "size" | "mtime") => {
    // Sizes and times are asked for largest and newest first; names from the start.
    const turned = sort === column ? !descending : column !== "name";
    list.update({ sort: column, descending: turned });
  };
  return (
    <div class="tree-head" role="row" aria-rowindex={1}>
      {COLUMNS.map(({ id, sort: column }) => {
        const label = words.files.columns[id];
        const sorted = column !== undefined && sort === column;
        return (
          <span
            key={id}
            role="columnheader"
            class={`col-${id}`}
            aria-sort={sorted ? (descending ? "descending" : "ascending") : undefined}
            aria-label={id === "mark" ? words.files.changeColumn : undefined}
          >
            {column === undefined ? (
              label
            ) : (
              <button type="button" title={words.files.sortBy(label)} onClick={() => press(column)}>
                {label}
                {sorted && <Icon name={descending ? "down" : "up"} />}
              </button>
            )}
          </span>
        );
      })}
    </div>
  );
}
