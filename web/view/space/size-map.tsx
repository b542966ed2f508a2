import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ImageView, Row } from "../../model/engine.ts";
import { visibleName } from "../../model/name.ts";
import { type Block, layOut } from "../../model/size-blocks.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { filesPlace } from "../files/file-lists.ts";
import { MapBlock } from "./map-block.tsx";
import { openSizeSource, type Sized, type SizeSource } from "./size-source.ts";

interface Level {
  /** `undefined` for the root. */
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
  const cursor = useSignal(0);
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
  const level = levels.value.at(-1);
  const blocks = level === undefined ? [] : layOut(level.sized.nodes, size.value);
  const focus = (index: number) => {
    const to = Math.max(0, Math.min(blocks.length - 1, index));
    cursor.value = to;
    box.current?.querySelectorAll<HTMLElement>("button")[to]?.focus();
  };
  const show = (next: readonly Level[]) => {
    levels.value = next;
    cursor.value = 0;
    // After the new blocks are drawn.
    setTimeout(() => box.current?.querySelector<HTMLElement>("button")?.focus(), 0);
  };
  const enter = async ({ row, parent }: Block) => {
    if (row.type !== "dir") {
      filesPlace(archive, image).goal.value = { node: row.node };
      desk.go({ archive: archive.key, image: image.index, tab: "files" });
      return;
    }
    const sized = await source.current?.children(row.node);
    if (sized === undefined || sized.nodes.length === 0) return;
    const above = parent === undefined ? undefined : await source.current?.children(parent.node);
    const between = above === undefined ? [] : [{ row: parent, sized: above }];
    show([...levels.peek(), ...between, { row, sized }]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) focus(cursor.peek() + step);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(blocks.length - 1);
    else if ((event.key === "Backspace" || event.key === "Escape") && levels.peek().length > 1)
      show(levels.peek().slice(0, -1));
    else return;
    event.preventDefault();
  };
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
              onClick={() => show(levels.peek().slice(0, index + 1))}
            >
              {step.row === undefined ? words.space.root : `${visibleName(step.row.name)}/`}
            </button>
          ))}
        </nav>
        <span class="muted">{words.space.mapHint}</span>
      </header>
      <div ref={box} class="blocks" role="group" aria-labelledby="size-map-title" onKeyDown={onKeyDown}>
        {blocks.map((block, index) => (
          <MapBlock
            key={block.row.node}
            block={block}
            current={index === cursor.value}
            enter={(one) => void enter(one)}
          />
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
