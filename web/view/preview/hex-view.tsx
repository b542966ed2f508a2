import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type HexWidth, hexLine } from "../../model/hex.ts";
import { isScaled, lastTop, scrollOf, topLine, trackOf } from "../../model/long-scroll.ts";
import { useLanguage } from "../desk.ts";
import { createByteWindow } from "./byte-window.ts";
import type { Reading } from "./reading.ts";

const LINE = 18;
/** Narrower than this, sixteen bytes do not fit in a line. */
const ROOM = 580;

/** The bytes of a file of any size in hex and ASCII; only what is in sight is read. */
export function HexView({ reading }: { readonly reading: Reading }) {
  const { words } = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const viewport = useSignal(400);
  const width = useSignal<HexWidth>(16);
  const top = useSignal(0);
  const size = reading.size.value;
  const bytes = useMemo(() => createByteWindow(size, reading.bytes), [size, reading]);
  const lines = Math.ceil(size / width.value);
  const track = trackOf(lines, LINE, viewport.value);
  const scaled = isScaled(track);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      viewport.value = element.clientHeight;
      const next = element.clientWidth < ROOM ? 8 : 16;
      if (next === width.peek()) return;
      // The bytes at the top stay there.
      top.value = Math.floor((top.peek() * width.peek()) / next);
      width.value = next;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [viewport, width, top]);
  const moveTo = (line: number) => {
    const to = Math.max(0, Math.min(lastTop(track), line));
    top.value = to;
    if (box.current) box.current.scrollTop = scrollOf(track, to);
  };
  const onScroll = () => {
    const scrollTop = box.current?.scrollTop ?? 0;
    // A pixel of a scaled track is many lines: a position that we set ourselves is not read back.
    if (Math.abs(scrollOf(track, top.peek()) - scrollTop) >= 1) top.value = topLine(track, scrollTop);
  };
  useEffect(() => {
    const element = box.current;
    if (element === null || !scaled) return undefined;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 / LINE : 1;
      moveTo(top.peek() + Math.sign(event.deltaY) * Math.max(1, Math.round(Math.abs(event.deltaY) * unit)));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(viewport.value / LINE) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];
    if (step !== undefined) moveTo(top.peek() + step);
    else if (event.key === "Home") moveTo(0);
    else if (event.key === "End") moveTo(lines);
    else return;
    event.preventDefault();
  };
  // Read so that the component is drawn anew when bytes come.
  void bytes.version.value;
  const first = top.value;
  const count = Math.min(lines - first, Math.ceil(viewport.value / LINE) + 1);
  const shift = scaled ? scrollOf(track, first) : first * LINE;
  return (
    <div
      ref={box}
      class="hex"
      role="region"
      aria-label={words.preview.hexLabel}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div style={{ blockSize: `${track.height}px` }}>
        <pre style={{ transform: `translateY(${shift}px)` }}>
          {Array.from({ length: Math.max(0, count) }, (_, line) => {
            const offset = (first + line) * width.value;
            const held = bytes.at(offset);
            const shown = hexLine(held?.bytes ?? new Uint8Array(0), held?.index ?? 0, {
              offset,
              size,
              width: width.value,
            });
            return (
              <div key={line} class="hex-line">
                <span class="hex-offset">{shown.offset}</span>
                <span>{shown.hex}</span>
                <span class="hex-text">{shown.text}</span>
              </div>
            );
          })}
        </pre>
      </div>
    </div>
  );
}
