import { useEffect, useRef } from "preact/hooks";
import { useLanguage } from "../desk.ts";
import { TroubleNote } from "../part/trouble-note.tsx";
import type { FilePaneProps } from "./file-lists.ts";
import { FileStatus } from "./file-status.tsx";
import { FileToolbar } from "./file-toolbar.tsx";
import { FileTree } from "./file-tree.tsx";

/** The file list with its toolbar and status line. */
export function FilePane({ archive, image, place }: FilePaneProps) {
  const { words } = useLanguage();
  const root = useRef<HTMLElement>(null);
  const { list } = place;
  useEffect(() => {
    const end = new AbortController();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.composedPath()[0];
      if (target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName)) return;
      if (document.querySelector("dialog[open]") !== null) return;
      const { upTo } = list.spec.peek();
      if (event.key === "/") root.current?.querySelector<HTMLElement>("input[type=search]")?.focus();
      else if (event.key === "[") list.update({ upTo: Math.max(0, upTo - 1) });
      else if (event.key === "]") list.update({ upTo: Math.min(image.layers.length - 1, upTo + 1) });
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown, { signal: end.signal });
    return () => end.abort();
  }, [list, image.layers.length]);
  const trouble = list.trouble.value;
  return (
    <section ref={root} class="file-pane" aria-label={words.files.title}>
      <FileToolbar archive={archive} image={image} place={place} />
      {trouble !== undefined && <TroubleNote trouble={trouble} advice={false} />}
      <FileTree image={image.index} place={place} archive={archive} />
      <FileStatus archive={archive} image={image} list={list} />
    </section>
  );
}
