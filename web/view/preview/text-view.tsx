import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { recall, remember } from "../../platform/memory.ts";
import { useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import type { Reading } from "./reading.ts";
import { createTextEditor, type TextEditor } from "./text-editor.ts";

/** A text with highlighting and search, read only. */
export function TextView({ reading, path }: { readonly reading: Reading; readonly path: string }) {
  const { words } = useLanguage();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor | undefined>(undefined);
  const wrap = useSignal(recall("wrap") === "true");
  const label = words.preview.title;
  useEffect(() => {
    if (host.current === null) return undefined;
    const made = createTextEditor(host.current, {
      path,
      text: reading.text.peek(),
      wrap: wrap.peek(),
      label,
    });
    editor.current = made;
    const stop = reading.text.subscribe((text) => made.extend(text));
    return () => {
      stop();
      made.close();
    };
  }, [reading, path, wrap, label]);
  return (
    <div class="text-view">
      <div ref={host} class="text-host" />
      <div class="text-tools">
        <button
          type="button"
          class="icon-button"
          aria-pressed={wrap.value}
          title={words.preview.wrap}
          onClick={() => {
            wrap.value = !wrap.value;
            remember("wrap", String(wrap.value));
            editor.current?.setWrap(wrap.value);
          }}
        >
          <Icon name="wrap" />
          <span class="offscreen">{words.preview.wrap}</span>
        </button>
        <button
          type="button"
          class="icon-button"
          title={words.preview.search}
          onClick={() => editor.current?.search()}
        >
          <Icon name="find" />
          <span class="offscreen">{words.preview.search}</span>
        </button>
      </div>
    </div>
  );
}
