import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ImageView, Row } from "../../model/engine.ts";
import { visibleName } from "../../model/name.ts";
import { type Block, layOut } from "../../model/size-blocks.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { Name } from "../part/name.tsx";
import { openSizeSource, type Sized, type SizeSource } from "./size-source.ts";

interface Level {
  readonly row: Row | undefined;
  readonly sized: Sized;
}

/** Directories and files of the final file system as areas; a click goes into a directory. */
export function SizeMap({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const source = useRef<SizeSource | undefined>(undefined);
  const levels = useSignal<readonly Level[]>([]);
  const size = useSignal({ width: 0, height: 0 });
  const top = image.layers.length - 1;
  useEffect(() => {
    let current = true;
    const opening = openSizeSource(archive.handle, image.index, top);
    const begin = async () => {
      const opened = await opening;
      source.current = opened;
      const sized = await opened.children(undefined);
      if (current) levels.value = [{ row: undefined, sized }];
    };
    const end = async () => (await opening).close();
    // A tree that cannot be read has said so in the file list.
    begin().catch(() => undefined);
    return () => {
      current = false;
      end().catch(() => undefined);
    };
  }, [archive, image.index, top, levels]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [size]);
  const enter = async (row: Row) => {
    const sized = await source.current?.children(row.node);
    if (sized === undefined || sized.rows.length === 0) return;
    levels.value = [...levels.peek(), { row, sized }];
    setTimeout(() => box.current?.querySelector<HTMLElement>("button")?.focus(), 0);
  };
  const level = levels.value.at(-1);
  const path = levels.value.slice(1).map((step) => step.row?.name ?? "");
  const open = (row: Row) => {
    const whole = `/${[...path, row.name].join("/")}`;
    desk.go({ archive: archive.key, image: image.index, tab: "files", path: whole });
  };
  const blocks = level === undefined ? [] : layOut(level.sized.rows, size.value);
  return (
    <section class="size-map" aria-labelledby="size-map-title">
      <header>
        <h2 id="size-map-title">{words.space.map}</h2>
        <nav class="crumbs" aria-label={words.facts.path}>
          {levels.value.map((step, index) => (
            <button
              key={index}
              type="button"
              class="link"
              aria-current={index === levels.value.length - 1 ? "location" : undefined}
              onClick={() => (levels.value = levels.value.slice(0, index + 1))}
            >
              {step.row === undefined ? words.space.root : `${visibleName(step.row.name)}/`}
            </button>
          ))}
        </nav>
        <span class="muted">{words.space.mapHint}</span>
      </header>
      <div ref={box} class="blocks" role="group" aria-labelledby="size-map-title">
        {blocks.map((block) => (
          <MapBlock key={block.row.node} block={block} enter={(row) => void enter(row)} open={open} />
        ))}
        {level !== undefined && blocks.length === 0 && <p class="note">{words.space.mapEmpty}</p>}
      </div>
      <p class="muted note-tight">
        {level !== undefined && level.sized.others > 0
          ? words.space.others(format, level.sized.others)
          : "\u00a0"}
      </p>
    </section>
  );
}

function MapBlock(props: {
  readonly block: Block;
  readonly enter: (row: Row) => void;
  readonly open: (row: Row) => void;
}) {
  const { format } = useLanguage();
  const { row, x, y, width, height, shade } = props.block;
  const dir = row.type === "dir";
  const name = visibleName(row.name);
  return (
    <button
      type="button"
      class="block"
      data-dir={dir}
      data-small={width < 48 || height < 22}
      style={{
        insetInlineStart: `${x}px`,
        insetBlockStart: `${y}px`,
        inlineSize: `${width}px`,
        blockSize: `${height}px`,
        "--shade": `${shade}`,
      }}
      title={`${name}${dir ? "/" : ""} · ${format.bytes(row.size)}`}
      aria-label={`${name}, ${format.bytes(row.size)}`}
      onClick={() => (dir ? props.enter(row) : props.open(row))}
    >
      <span class="block-name">
        <Name text={row.name} />
        {dir && "/"}
      </span>
      <span class="block-size">{format.bytes(row.size)}</span>
    </button>
  );
}
