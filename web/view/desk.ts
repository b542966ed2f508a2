import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { imageGroups, imageTitle } from "../model/archive.ts";
import type { Drafts } from "../model/drafts.ts";
import type { ArchiveEvent, Engine } from "../model/engine.ts";
import type { Images } from "../model/images.ts";
import { draftOfKey, isKeptKey } from "../model/kept.ts";
import { ENGLISH, type Language, type LanguageTag, loadLanguage } from "../model/language.ts";
import type { Making } from "../model/making.ts";
import { DEMO_NAME } from "../model/name.ts";
import type { Registries } from "../model/registries.ts";
import { parseRemoteKey, type RemoteKey, remoteKey } from "../model/remote-key.ts";
import { formatRoute, parseRoute, type Route } from "../model/route.ts";
import { type Trouble, troubleOf } from "../model/trouble.ts";
import { remember } from "../platform/memory.ts";
import { type ConsoleDesk, createConsoleDesk } from "./console/console-desk.ts";
import type { DeskHost, Telling } from "./desk-host.ts";
import { createDraftShelf, type DraftShelf } from "./draft/draft-shelf.ts";
import { createLoads, type Loads } from "./kept/loads.ts";
import { createShelf, type Shelf } from "./kept/shelf.ts";
import { type Opened, openWith } from "./opened.ts";
import type { Panel } from "./panel/panels.ts";
import { createTraffic, type Traffic } from "./registry/traffic.ts";

export type { Opened } from "./opened.ts";

/** A saving under way. */
export interface Transfer {
  readonly id: number;
  readonly name: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly cancel: () => void;
}

/** Something that belongs to no pane: a failure, which stays until it is dismissed, or what has come of an action. */
export interface Notice extends Telling {
  readonly id: number;
  readonly trouble?: Trouble | undefined;
}

/** Whether a notice only tells: it is neither a failure nor a way back. */
export function isPassing({ trouble, action }: Notice): boolean {
  return trouble === undefined && action?.undo !== true;
}

/** The three themes. */
export type Theme = "auto" | "light" | "dark";

/** Panes of the narrow layout, from left to right. */
export type Pane = "library" | "image" | "preview";

/** Everything the page is about: what is open, where the reader is, and how they want it shown. */
export interface Desk extends DeskHost {
  /** Archives opened in place. */
  readonly archives: ReadonlySignal<readonly Opened[]>;
  /** The images that are kept, and those on their way there. */
  readonly kept: Shelf;
  readonly loads: Loads;
  readonly registries: Registries;
  /** Pulls and pushes on their way. */
  readonly traffic: Traffic;
  readonly making: Making;
  /** Containers that are edited. */
  readonly drafts: DraftShelf;
  readonly panel: Signal<Panel | undefined>;
  readonly console: ConsoleDesk;
  /** The archive or kept image the route names, when it is open. */
  readonly current: ReadonlySignal<Opened | undefined>;
  readonly theme: Signal<Theme>;
  readonly pane: Signal<Pane>;
  readonly transfers: Signal<readonly Transfer[]>;
  readonly notices: ReadonlySignal<readonly Notice[]>;
  /** Last thing said to screen readers. */
  readonly said: Signal<string>;
  readonly hovering: Signal<boolean>;
  readonly keysOpen: Signal<boolean>;
  readonly demoBusy: ReadonlySignal<boolean>;
  open(files: readonly File[]): void;
  /** Makes the demo image and opens it, or leads to it where it is open. */
  openDemo(): Promise<void>;
  /** Opens an image in a registry without keeping it, and leads to it. */
  openRemote(remote: RemoteKey): void;
  close(archive: Opened): void;
  setLanguage(tag: LanguageTag): Promise<void>;
  dismiss(notice: Notice): void;
}

/** How long a telling stays that does not say it: long enough to read it twice. */
const TELL_MS = 12_000;
/** Tellings in sight at a time. */
const TELLINGS = 3;

function uniqueKey(name: string, taken: readonly Opened[]): string {
  const keys = new Set(taken.map((archive) => archive.key));
  let key =
    isKeptKey(name) || draftOfKey(name) !== undefined || parseRemoteKey(name) !== undefined
      ? `./${name}`
      : name;
  for (let count = 2; keys.has(key); count += 1) key = `${name} (${count})`;
  return key;
}

/** What does the work of a page. */
export interface DeskParts {
  readonly engine: Engine;
  readonly images: Images;
  readonly registries: Registries;
  readonly making: Making;
  readonly drafts: Drafts;
}

/** The desk of a page whose archives `engine` opens and which keeps `images`. */
export function createDesk({ engine, images, registries, making, drafts: work }: DeskParts): Desk {
  const archives = signal<readonly Opened[]>([]);
  const route = signal<Route | undefined>(parseRoute(location.hash));
  const language = signal<Language>(ENGLISH);
  const said = signal("");
  const pane = signal<Pane>("image");
  const demoBusy = signal(false);
  const notices = signal<readonly Notice[]>([]);
  let noticeCount = 0;
  const panel = signal<Panel | undefined>(undefined);
  const console = createConsoleDesk();
  const current = computed(() => {
    const key = route.value?.archive;
    return [...archives.value, ...kept.opened.value, ...drafts.opened.value].find(
      (archive) => archive.key === key,
    );
  });

  function say(text: string): void {
    said.value = text;
  }

  function fail(title: string, trouble: Trouble): void {
    noticeCount += 1;
    notices.value = [...notices.value, { id: noticeCount, title, trouble }];
    say(`${title}. ${trouble.message}`);
  }

  function tell(telling: Telling): void {
    noticeCount += 1;
    const notice: Notice = { id: noticeCount, ...telling };
    // Of what only tells, the oldest gives way; failures and what can be taken back stay.
    const passing = notices.value.filter(
      ({ trouble, action }) => trouble === undefined && action?.undo !== true,
    );
    const gone = passing.length >= TELLINGS ? passing[0] : undefined;
    notices.value = [...notices.value.filter((entry) => entry !== gone), notice];
    say([telling.title, telling.text, telling.action?.label].filter(Boolean).join(". "));
    setTimeout(() => dismiss(notice), telling.forMs ?? TELL_MS);
  }

  function dismiss(notice: Notice): void {
    notices.value = notices.value.filter(({ id }) => id !== notice.id);
  }

  function go(next: Route | undefined, options: { readonly replace?: boolean } = {}): void {
    // A panel is about what was in sight when it was opened.
    if (next?.archive !== route.peek()?.archive) panel.value = undefined;
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
      // A single layer or root filesystem has neither name nor ID.
      const name = image === undefined ? "" : imageTitle(image);
      say(words.live.complete(format, name === "" ? archive.name : name, event.nodes));
    }
  }

  function arrived(archive: Opened, events: readonly ArchiveEvent[]): void {
    if (events.some((event) => event.type === "opened") && route.value?.archive === archive.key)
      land(archive);
    for (const event of events) arrive(archive, event);
  }

  function openFile(file: File): Opened {
    const archive = openWith(
      (listen) => engine.open(file, file.name, listen),
      { key: uniqueKey(file.name, archives.value), name: file.name, size: file.size, kept: false },
      arrived,
    );
    archives.value = [...archives.value, archive];
    say(language.value.words.live.opening(file.name));
    if (loads.brokeOff(file)) keepOnceOpen(archive);
    return archive;
  }

  /** Looks at an image in a registry, if it is not open. */
  function lookAt(key: string, remote: RemoteKey): void {
    if (archives.peek().some((archive) => archive.key === key)) return;
    const archive = openWith(
      (listen) => registries.open(remote.reference, { platform: remote.platform }, listen),
      { key, name: remote.reference, size: 0, kept: false, remote },
      arrived,
    );
    archives.value = [...archives.peek(), archive];
    say(language.peek().words.live.opening(remote.reference));
  }

  /** Lets go of an image in a registry that is kept by now, unless it is looked at. */
  function leaveRemote(remote: RemoteKey): void {
    const key = remoteKey(remote);
    const archive = archives.peek().find((entry) => entry.key === key);
    if (archive === undefined || route.peek()?.archive === key) return;
    archives.value = archives.peek().filter((entry) => entry !== archive);
    archive.handle.close();
  }

  /** Goes on with a load that broke off. */
  function keepOnceOpen(archive: Opened): void {
    const end = effect(() => {
      if (archive.state.value.phase !== "opening") queueMicrotask(() => end());
      if (archive.state.value.phase === "open") queueMicrotask(() => loads.keep(archive));
    });
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
    const next = parseRoute(location.hash);
    if (next?.archive !== route.peek()?.archive) panel.value = undefined;
    route.value = next;
  });

  const host = { language, route, say, fail, tell, go };
  const kept = createShelf(images, host, arrived);
  const loads = createLoads(images, host);
  const drafts = createDraftShelf(work, { ...host, kept, arrived });
  const traffic = createTraffic(registries, {
    ...host,
    pulled({ reference, platform }, shown) {
      leaveRemote({ reference, platform });
      if (shown) pane.value = "image";
    },
  });

  effect(() => {
    // A link into a kept image opens it as soon as the store answers.
    const key = route.value?.archive;
    if (key !== undefined && isKeptKey(key) && kept.state.value.phase === "ready") kept.open(key);
    const draft = key === undefined ? undefined : draftOfKey(key);
    if (draft !== undefined && kept.state.value.phase === "ready") drafts.open(draft);
  });
  effect(() => {
    // A link into an image in a registry opens it, in whatever page it is followed.
    const key = route.value?.archive;
    const remote = key === undefined ? undefined : parseRemoteKey(key);
    if (key !== undefined && remote !== undefined) lookAt(key, remote);
  });
  effect(() => {
    // A panel needs the place where what is past is told, and stands beside the image in a narrow page.
    if (panel.value === undefined) return;
    pane.value = "image";
    notices.value = notices.peek().filter((notice) => !isPassing(notice));
  });
  effect(() => {
    // What was removed, here or in another tab, is let go once nobody looks at it.
    const { phase, images: listed } = kept.state.value;
    const shown = route.value?.archive;
    if (phase !== "ready") return;
    for (const archive of kept.opened.peek()) {
      if (archive.key !== shown && !listed.some(({ id }) => id === archive.key)) kept.close(archive);
    }
  });

  return {
    archives,
    kept,
    drafts,
    loads,
    registries,
    traffic,
    making,
    panel,
    console,
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
    tell,
    dismiss,
    go,
    open(files) {
      batch(() => {
        console.files.take(files);
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
      const made = archives.value.find(({ key }) => key === DEMO_NAME);
      if (made !== undefined) {
        go({ archive: made.key, image: 0, tab: "files" });
        pane.value = "image";
        return;
      }
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
    openRemote(remote) {
      go({ archive: remoteKey(remote), image: 0, tab: "files" });
      pane.value = "image";
    },
    close(archive) {
      const rest = archives.value.filter((entry) => entry !== archive);
      const index = archives.value.indexOf(archive);
      const was = current.value === archive;
      batch(() => {
        archives.value = rest;
        const next = rest[Math.min(index, rest.length - 1)];
        // What was opened last is left: beside other files the next of them, else the list.
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
