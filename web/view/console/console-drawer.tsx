import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { copyText } from "../../platform/clipboard.ts";
import { recall, remember } from "../../platform/memory.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import { touch } from "../part/media.ts";
import { ConsoleHandle } from "./console-handle.tsx";
import { openPageConsole, type PageConsole } from "./page-console.ts";

/** Keys that touch keyboards lack, and what they send. */
const TOUCH_KEYS = [
  ["tab", "Tab", "\t"],
  ["up", "↑", "\x1b[A"],
  ["down", "↓", "\x1b[B"],
  ["interrupt", "Ctrl C", "\x03"],
] as const;

/** The console at the foot of the page. It goes on when it is out of sight. */
export function ConsoleDrawer() {
  const desk = useDesk();
  const { words } = useLanguage();
  const say = words.console;
  const place = useRef<HTMLDivElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  const opened = useSignal<PageConsole | undefined>(undefined);
  const readOut = useSignal(recall("console.reader") === "on");
  const shown = desk.console.shown.value;
  const close = () => {
    desk.console.shown.value = false;
  };
  useEffect(() => {
    if (place.current === null) return undefined;
    const console = openPageConsole(place.current, desk, { step: () => closer.current?.focus(), close });
    opened.value = console;
    return () => console.end();
  }, []);
  useEffect(() => {
    opened.value?.readOut(readOut.value);
    remember("console.reader", readOut.value ? "on" : "off");
  }, [opened.value, readOut.value]);
  // At once: later, the focus may be where somebody has put it in the meantime.
  useLayoutEffect(() => {
    if (!shown) return undefined;
    const before = document.activeElement;
    opened.value?.show();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [shown, opened.value]);
  const copyAll = async () => {
    const done = await copyText(opened.value?.text() ?? "");
    desk.say(done ? words.copy.done : words.copy.failed);
  };
  return (
    <section
      class="console"
      aria-label={say.title}
      hidden={!shown}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <ConsoleHandle onSize={() => opened.value?.fit()} />
      <header class="console-bar">
        <h2>{say.title}</h2>
        {touch.value &&
          TOUCH_KEYS.map(([key, label, sent]) => (
            <button
              key={key}
              type="button"
              class="button button-quiet console-key"
              aria-label={say.keys[key]}
              // The keyboard stays where it is.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => opened.value?.type(sent)}
            >
              {label}
            </button>
          ))}
        <span class="bar-space" />
        <button
          type="button"
          class="icon-button"
          title={say.reader}
          aria-label={say.reader}
          aria-pressed={readOut.value}
          onClick={() => {
            readOut.value = !readOut.value;
          }}
        >
          <Icon name="speak" />
        </button>
        <button
          type="button"
          class="icon-button"
          title={words.copy.copy(say.copyAll)}
          aria-label={words.copy.copy(say.copyAll)}
          onClick={() => void copyAll()}
        >
          <Icon name="copy" />
        </button>
        <button
          type="button"
          class="icon-button"
          title={say.clear}
          aria-label={say.clear}
          onClick={() => opened.value?.clear()}
        >
          <Icon name="bin" />
        </button>
        <button
          ref={closer}
          type="button"
          class="icon-button"
          title={`${say.close} (Ctrl+\`)`}
          aria-label={say.close}
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </header>
      <div ref={place} class="console-place" />
    </section>
  );
}
