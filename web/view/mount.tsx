import { effect } from "@preact/signals";
import { render } from "preact";
import { imageTitle } from "../model/archive.ts";
import type { Drafts } from "../model/drafts.ts";
import type { Engine } from "../model/engine.ts";
import type { Images } from "../model/images.ts";
import { chooseLanguage, LANGUAGES } from "../model/language.ts";
import type { Making } from "../model/making.ts";
import { DEMO_NAME } from "../model/name.ts";
import type { Registries } from "../model/registries.ts";
import { acceptFiles } from "../platform/drop.ts";
import { recall, remember } from "../platform/memory.ts";
import { App } from "./app.tsx";
import { createDesk, type Desk, DeskContext, type Theme } from "./desk.ts";
import { dropped } from "./dropped.ts";

function recalledTheme(): Theme {
  const theme = recall("theme");
  return theme === "light" || theme === "dark" ? theme : "auto";
}

function titleOf(desk: Desk): string {
  const { words } = desk.language.value;
  const archive = desk.current.value;
  const route = desk.route.value;
  if (archive === undefined || route === undefined) return `Breakbulk – ${words.app.tagline}`;
  if (archive.draft !== undefined)
    return `${archive.draft.standing.value?.name ?? archive.name} · ${words.drafts.title} – Breakbulk`;
  const kept = archive.kept ? desk.kept.find(archive.key)?.tags[0] : undefined;
  const image = archive.state.value.archive?.images.find((entry) => entry.index === route.image);
  const subject = kept ?? (image === undefined ? "" : imageTitle(image));
  return `${subject || archive.name} · ${words.tabs[route.tab]} – Breakbulk`;
}

/** Draws the page into `root` and keeps it in step with what `engine` and `images` tell. */
export async function mount(
  root: HTMLElement,
  {
    engine,
    images,
    registries,
    making,
    drafts,
  }: {
    readonly engine: Engine;
    readonly images: Images;
    readonly registries: Registries;
    readonly making: Making;
    readonly drafts: Drafts;
  },
): Promise<Desk> {
  const desk = createDesk({ engine, images, registries, making, drafts });
  const recalled = LANGUAGES.find(({ tag }) => tag === recall("language"))?.tag;
  const tag = recalled ?? chooseLanguage(navigator.languages);
  if (tag !== "en") await desk.setLanguage(tag);
  desk.theme.value = recalledTheme();
  effect(() => {
    const theme = desk.theme.value;
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    remember("theme", theme);
  });
  effect(() => {
    document.title = titleOf(desk);
  });
  acceptFiles({
    hover: (over) => {
      desk.hovering.value = over;
    },
    files(files, place) {
      if (place?.target?.closest(".console")) void desk.console.drop(place.entries);
      else if (place === undefined) desk.open(files);
      else void dropped(desk, place, files);
    },
  });
  render(
    <DeskContext.Provider value={desk}>
      <App />
    </DeskContext.Provider>,
    root,
  );
  // The demo image is no file that the reader could open again.
  if (desk.route.peek()?.archive === DEMO_NAME) void desk.openDemo();
  return desk;
}
