import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { recall, remember } from "../../platform/memory.ts";
import { useLanguage } from "../desk.ts";

/** Per cent of the window's height that the console may take. */
const LEAST = 15;
const MOST = 85;
const START = 38;
const STEP = 4;

/** The upper edge of the console: dragged, or moved with the arrow keys. */
export function ConsoleHandle({ onSize }: { readonly onSize: () => void }) {
  const { words } = useLanguage();
  const handle = useRef<HTMLDivElement>(null);
  const recalled = Number(recall("console.height") ?? START);
  const height = useSignal(recalled >= LEAST && recalled <= MOST ? recalled : START);
  const set = (value: number) => {
    height.value = Math.round(Math.min(MOST, Math.max(LEAST, value)));
  };
  useEffect(() => {
    handle.current?.parentElement?.style.setProperty("--console-height", `${height.value}dvh`);
    remember("console.height", String(height.value));
    onSize();
  }, [height.value]);
  return (
    <div
      ref={handle}
      class="console-handle"
      role="separator"
      aria-orientation="horizontal"
      aria-label={words.console.height}
      aria-valuenow={height.value}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      onKeyDown={(event) => {
        const by = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: STEP * 4, PageDown: -STEP * 4 }[event.key];
        if (by !== undefined) set(height.value + by);
        else if (event.key === "Home") set(MOST);
        else if (event.key === "End") set(LEAST);
        else return;
        event.preventDefault();
      }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        set((100 * (innerHeight - event.clientY)) / innerHeight);
      }}
    />
  );
}
