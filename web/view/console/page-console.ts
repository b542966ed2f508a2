import { effect } from "@preact/signals";
import type { ConsoleOutcome, PageFile, WantedFile } from "../../model/console.ts";
import { consoleWord } from "../../model/console-complete.ts";
import { isLasting } from "../../model/console-history.ts";
import { foldersAbove, lastName, pagePath } from "../../model/console-path.ts";
import { visibleText } from "../../model/console-visible.ts";
import { troubleOf } from "../../model/trouble.ts";
import { recall, remember } from "../../platform/memory.ts";
import { downloadBlob } from "../../platform/save.ts";
import type { Desk } from "../desk.ts";
import { chooseForConsole, mayChoose } from "./choosing.ts";
import { ownCommand } from "./own-commands.ts";
import { openSession, type Session } from "./session.ts";
import { openTerminal } from "./terminal.ts";

/** The console as its frame drives it. */
export interface PageConsole {
  /** It has come into sight. */
  show(): void;
  /** What a key on the screen sends. */
  type(data: string): void;
  fit(): void;
  clear(): void;
  text(): string;
  readOut(on: boolean): void;
  end(): void;
}

/** Lines remembered between visits. */
const REMEMBERED = 200;

const dim = (text: string): string => `\x1b[90m${visibleText(text)}\x1b[39m\n`;

/** Opens the console of the page in `place`. `leave` moves the focus out of it, or closes it. */
export function openPageConsole(
  place: HTMLElement,
  desk: Desk,
  leave: { readonly step: () => void; readonly close: () => void },
): PageConsole {
  const say = () => desk.language.peek().words.console;
  const { files } = desk.console;
  const begun: { session?: Session } = {};
  const terminal = openTerminal(place, say().label, {
    onData: (data) => begun.session?.type(data),
    // It finds its size while it is opened, before there is a session.
    onColumns: () => begun.session?.resized(),
    onKey(event, selected) {
      if (event.ctrlKey && event.code === "Backquote") return true;
      if (event.key === "Tab" && event.shiftKey) return true;
      const copies = event.key.toLowerCase() === "c" && event.ctrlKey && !event.altKey;
      if (!copies || selected.text === "") {
        // The browser's own pasting goes through; the rest of what is typed with Ctrl and Shift is not for a terminal.
        return event.ctrlKey && !event.altKey && event.key.toLowerCase() === "v";
      }
      if (event.type === "keydown") {
        event.preventDefault();
        void navigator.clipboard?.writeText(selected.text).catch(() => {});
        selected.clear();
      }
      return true;
    },
  });
  void terminal.write(dim(say().hint));
  begun.session = openSession({
    terminal,
    history: recalledLines(),
    run: (line, host, signal) =>
      desk.kept.images.command(line, {
        signal,
        host: {
          ...host,
          files: () => files.all.peek(),
          pick: (wanted) => pick(wanted),
          own: (words) =>
            ownCommand(words, {
              desk,
              columns: terminal.columns,
              lines: begun.session?.lines ?? [],
              forget: () => begun.session?.forget(),
              clear: () => terminal.clear(),
              leave: leave.close,
            }),
        },
      }),
    facts: () => desk.kept.images.commandFacts(),
    files() {
      const paths = files.all.peek().map(({ path }) => path);
      return [...paths, ...new Set(paths.flatMap(foldersAbove).map((folder) => `${folder}/`))];
    },
    done: ({ made }) => taken(made),
    failed: (error) => `${visibleText(say().failed(troubleOf(error)?.message ?? String(error)))}\n`,
    remember(lines) {
      const lasting = lines.filter(isLasting).slice(-REMEMBERED);
      remember("console", JSON.stringify(lasting));
    },
    leave: (how) => leave[how](),
  });

  /** What a line wrote: files of the page from now on, and one alone goes to the downloads. */
  function taken(made: ConsoleOutcome["made"]): string {
    const [first, ...others] = made;
    if (first === undefined) return "";
    files.put(made);
    const { words, format } = desk.language.peek();
    if (others.length > 0 || first.link !== undefined) {
      const example = first.path.includes("/") ? first.path.slice(0, first.path.indexOf("/")) : ".";
      return dim(words.console.made(format, made.length, example));
    }
    const name = lastName(first.path);
    // Without a type Chromium looks at the bytes and gives the name another ending.
    downloadBlob(new Blob([first.blob], { type: "application/octet-stream" }), name);
    return dim(words.console.saved(name, format.bytes(first.blob.size)));
  }

  function takenIn(paths: readonly string[]): void {
    const [path, ...others] = paths;
    const { words, format } = desk.language.peek();
    if (path !== undefined && others.length === 0) begun.session?.insert(`${consoleWord(path)} `);
    else begun.session?.note(dim(words.console.taken(format, paths.length)));
    terminal.focus();
  }

  async function pick({ path, kind }: WantedFile): Promise<readonly PageFile[] | undefined> {
    const folder = kind === "folder";
    await terminal.write(dim(folder ? say().chooseFolder(path) : say().choose(path)));
    if (!mayChoose()) {
      await terminal.write(dim(say().press));
      if ((await begun.session?.confirm()) !== true) return undefined;
    }
    const chosen = await chooseForConsole({ folder, several: false });
    const [first] = chosen ?? [];
    if (chosen === undefined || first === undefined) return undefined;
    const wanted = pagePath(path);
    if (!folder) {
      files.put([first]);
      return [{ ...first, path: wanted }];
    }
    const inPlace = chosen.map((file) => {
      const inside = file.path.slice(file.path.indexOf("/") + 1);
      return { ...file, path: wanted === "" ? inside : `${wanted}/${inside}` };
    });
    files.put(inPlace);
    return inPlace;
  }

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => requestAnimationFrame(() => terminal.paint());
  dark.addEventListener("change", paint);
  const ends = [
    () => dark.removeEventListener("change", paint),
    effect(() => {
      if (desk.theme.value !== undefined) paint();
    }),
    effect(() => {
      const request = desk.console.request.value;
      if (request === undefined) return;
      desk.console.request.value = undefined;
      if (request.kind === "line") begun.session?.submit(request.line, request.run);
      else takenIn(request.paths);
    }),
  ];
  const sizes = new ResizeObserver(() => place.clientHeight > 0 && terminal.fit());
  sizes.observe(place);
  return {
    show() {
      terminal.fit();
      terminal.focus();
      // The commands are fetched while the first line is being typed.
      void desk.kept.images.commandFacts().catch(() => {});
    },
    type(data) {
      begun.session?.type(data);
      terminal.focus();
    },
    fit: () => terminal.fit(),
    clear() {
      begun.session?.clear();
      terminal.focus();
    },
    text: () => terminal.text(),
    readOut: (on) => terminal.readOut(on),
    end() {
      sizes.disconnect();
      for (const end of ends) end();
      terminal.close();
    },
  };
}

function recalledLines(): readonly string[] {
  try {
    const lines: unknown = JSON.parse(recall("console") ?? "[]");
    return Array.isArray(lines) ? lines.filter((line): line is string => typeof line === "string") : [];
  } catch {
    return [];
  }
}
