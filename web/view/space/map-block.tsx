import { visibleName } from "../../model/name.ts";
import type { Block } from "../../model/size-blocks.ts";
import { useLanguage } from "../desk.ts";
import { Name } from "../part/name.tsx";

/** What a {@link MapBlock} shows. */
export interface MapBlockProps {
  readonly block: Block;
  /** Whether it is the one of its map that Tab goes to. */
  readonly current: boolean;
  readonly enter: (block: Block) => void;
}

/** A file or directory of the size map. */
export function MapBlock({ block, current, enter }: MapBlockProps) {
  const { format } = useLanguage();
  const { row, parent, frame, x, y, width, height, shade } = block;
  const dir = row.type === "dir";
  const name = `${parent === undefined ? "" : `${visibleName(parent.name)}/`}${visibleName(row.name)}${dir ? "/" : ""}`;
  return (
    <button
      type="button"
      class="block"
      tabIndex={current ? 0 : -1}
      data-dir={dir}
      data-frame={frame}
      data-small={width < 44 || height < 18}
      data-flat={height < 34}
      style={{
        insetInlineStart: `${x}px`,
        insetBlockStart: `${y}px`,
        inlineSize: `${width}px`,
        blockSize: `${height}px`,
        "--shade": `${shade}`,
      }}
      title={`${name} · ${format.bytes(row.size)}`}
      aria-label={`${name}, ${format.bytes(row.size)}`}
      onClick={() => enter(block)}
    >
      <span class="block-name">
        <Name text={row.name} />
        {dir && "/"}
      </span>
      <span class="block-size">{format.bytes(row.size)}</span>
    </button>
  );
}
