import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useLanguage } from "../desk.ts";
import type { Reading } from "./reading.ts";
import { createTextEditor, type TextEditor } from "./text-editor.ts";

/** A text with highlighting and search, read only. */
export function TextView({ reading, path }: { readonly reading: Reading; readonly path: string }) {
  const { words } = useLanguage();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor | undefined>(undefined);
  const label = words.preview.title;
  useEffect(() => {
    if (host.current === null) return undefined;
    const wrap = reading.wrap.peek();
    const made = createTextEditor(host.current, { path, text: reading.text.peek(), wrap, label });
    editor.current = made;
    const asked = reading.searches.peek();
    const stops = [
      reading.text.subscribe((text) => made.extend(text)),
      reading.searches.subscribe((count) => count > asked && made.search()),
    ];
    return () => {
      for (const stop of stops) stop();
      made.close();
    };
  }, [reading, path, label]);
  useSignalEffect(() => editor.current?.setWrap(reading.wrap.value));
  return <div ref={host} class="text-host" />;
}
