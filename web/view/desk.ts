import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type ArchiveState, imageGroups, imageTitle, nextState, openingState } from "../model/archive.ts";
import type { ArchiveEvent, Engine, OpenArchive } from "../model/engine.ts";
import { ENGLISH, type Language, type LanguageTag, loadLanguage } from "../model/language.ts";
import { formatRoute, parseRoute, type Route } from "../model/route.ts";
import { type Trouble, troubleOf } from "../model/trouble.ts";
import { remember } from "../platform/memory.ts";

/** An archive in the library. */
export interface Opened {
  /** Unique among what is open; stands in the address. */
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly handle: OpenArchive;
  readonly state: ReadonlySignal<ArchiveState>;
}

/** A saving under way. */
export interface Transfer {
  readonly id: number;
  readonly name: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly cancel: () => void;
}

/** A failure that belongs to no pane; stays until it is dismissed. */
export interface Notice {
  readonly id: number;
  readonly title: string;
  readonly trouble: Trouble;
}

/** The three themes. */
export type Theme = "auto" | "light" | "dark";

/** Panes of the narrow layout, from left to right. */
export type Pane = "library" | "image" | "preview";

/** Everything the page is about: what is open, where the reader is, and how they want it shown. */
export interface Desk {
  readonly archives: ReadonlySignal<readonly Opened[]>;
  readonly route: ReadonlySignal<Route | undefined>;
  /** The archive the route names, when it is open. */
  readonly current: ReadonlySignal<Opened | undefined>;
  readonly language: ReadonlySignal<Language>;
  readonly theme: Signal<Theme>;
  readonly pane: Signal<Pane>;
  readonly transfers: Signal<readonly Transfer[]>;
  readonly notices: Signal<readonly Notice[]>;
  /** Last thing said to screen readers. */
  readonly said: Signal<string>;
  readonly hovering: Signal<boolean>;
  readonly keysOpen: Signal<boolean>;
  readonly demoBusy: ReadonlySignal<boolean>;
  open(files: readonly File[]): void;
  openDemo(): Promise<void>;
  close(archive: Opened): void;
  /** Moves to `route`; `replace` leaves no step in the browser's history. */
  go(route: Route | undefined, options?: { readonly replace?: boolean }): void;
  setLanguage(tag: LanguageTag): Promise<void>;
  say(text: string): void;
  /** Shows a failure, and says it. */
  fail(title: string, trouble: Trouble): void;
}

/** Between two drawings of how far a reading has come. */
const PROGRESS_MS = 100;

function uniqueKey(name: string, taken: readonly Opened[]): string {
  const keys = new Set(taken.map((archive) => archive.key));
  let key = name;
  for (let count = 2; keys.has(key); count += 1) key = `${name} (${count})`;
  return key;
}

/** The desk of a page whose archives `engine` opens. */
export function createDesk(engine: Engine): Desk {
  const archives = signal<readonly Opened[]>([]);
  const route = signal<Route | undefined>(parseRoute(location.hash));
  const language = signal<Language>(ENGLISH);
  const said = signal("");
  const pane = signal<Pane>("image");
  const demoBusy = signal(false);
  const notices = signal<readonly Notice[]>([]);
  let noticeCount = 0;
  const current = computed(() => archives.value.find((archive) => archive.key === route.value?.archive));

  function say(text: string): void {
    said.value = text;
  }

  function fail(title: string, trouble: Trouble): void {
    noticeCount += 1;
    notices.value = [...notices.value, { id: noticeCount, title, trouble }];
    say(`${title}. ${trouble.message}`);
  }

  function go(next: Route | undefined, options: { readonly replace?: boolean } = {}): void {
    const hash = next === undefined ? "#" : formatRoute(next);
    if (hash !== location.hash) history[options.replace ? "replaceState" : "pushState"](null, "", hash);
    route.value = next;
  }

  function arrive(archive: Opened, event: ArchiveEvent): void {
    const { words, format } = language.value;
    if (event.type === "failed") say(words.live.failed(archive.name, event.error.message));
    if (event.type === "opened") say(words.live.opened(format, archive.name, event.archive.images.length));
    if (event.type === "tree" && event.complete) {
      const image = archive.state.value.archive?.images.find((entry) => entry.index === event.image);
      say(words.live.complete(format, image ? imageTitle(image) : archive.name, event.nodes));
    }
  }

  function openFile(file: File): Opened {
    const state = signal(openingState(file.size));
    let waiting: ArchiveEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let prompt = false;
    const flush = () => {
      timer = undefined;
      prompt = false;
      const events = waiting;
      waiting = [];
      batch(() => {
        state.value = events.reduce(nextState, state.value);
        const opened = events.some((event) => event.type === "opened");
        if (opened && route.value?.archive === archive.key) land(archive);
      });
      for (const event of events) arrive(archive, event);
    };
    const handle = engine.open(file, file.name, (event) => {
      waiting.push(event);
      const progress = event.type === "opening" || event.type === "layer";
      // Progress comes in bursts from several workers; ten times a second is as often as it is worth drawing.
      if (progress) timer ??= setTimeout(flush, PROGRESS_MS);
      else if (timer === undefined || !prompt) {
        clearTimeout(timer);
        prompt = true;
        timer = setTimeout(flush, 0);
      }
    });
    const key = uniqueKey(file.name, archives.value);
    const archive: Opened = { key, name: file.name, size: file.size, handle, state };
    archives.value = [...archives.value, archive];
    say(language.value.words.live.opening(file.name));
    return archive;
  }

  /** Once it is known what the archive holds: the route's image if it has it, else its first. */
  function land(archive: Opened): void {
    const found = archive.state.value.archive;
    const at = route.value;
    if (found === undefined || at === undefined) return;
    if (found.images.some((image) => image.index === at.image)) return;
    const first = imageGroups(found)[0]?.images[0];
    go({ archive: archive.key, image: first?.index ?? 0, tab: first ? "files" : "raw" }, { replace: true });
  }

  addEventListener("popstate", () => {
    route.value = parseRoute(location.hash);
  });

  return {
    archives,
    route,
    current,
    language,
    said,
    pane,
    demoBusy,
    theme: signal<Theme>("auto"),
    transfers: signal<readonly Transfer[]>([]),
    hovering: signal(false),
    keysOpen: signal(false),
    notices,
    say,
    fail,
    go,
    open(files) {
      batch(() => {
        const opened = files.map(openFile);
        const linked = opened.find((archive) => archive.key === route.value?.archive);
        const first = linked ?? opened[0];
        if (first === undefined) return;
        if (linked === undefined) go({ archive: first.key, image: 0, tab: "files" });
        pane.value = "image";
      });
    },
    async openDemo() {
      if (demoBusy.value) return;
      demoBusy.value = true;
      try {
        this.open([await engine.demo()]);
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble !== undefined) fail(language.value.words.welcome.demo, trouble);
      } finally {
        demoBusy.value = false;
      }
    },
    close(archive) {
      const rest = archives.value.filter((entry) => entry !== archive);
      const index = archives.value.indexOf(archive);
      const was = current.value === archive;
      batch(() => {
        archives.value = rest;
        const next = rest[Math.min(index, rest.length - 1)];
        if (was) go(next && { archive: next.key, image: 0, tab: "files" }, { replace: true });
      });
      archive.handle.close();
      say(language.value.words.live.closed(archive.name));
    },
    async setLanguage(tag) {
      const next = await loadLanguage(tag);
      language.value = next;
      document.documentElement.lang = tag;
      remember("language", tag);
    },
  };
}

/** Hands the desk down to every component. */
export const DeskContext = createContext<Desk | undefined>(undefined);

/** The desk of the page. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new TypeError("useDesk is called outside of a DeskContext");
  return desk;
}

/** The reader's words and formats; the component is drawn anew when they change. */
export function useLanguage(): Language {
  return useDesk().language.value;
}
