import { LANGUAGES } from "../model/language.ts";
import { isBusy } from "./busy.ts";
import { type Theme, useDesk, useLanguage } from "./desk.ts";
import { Icon } from "./part/icon.tsx";
import { pickFiles } from "./pick-files.ts";
import { PullField } from "./registry/pull-field.tsx";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

/** The line at the top: name, open, keys, theme, language. */
export function Bar() {
  const desk = useDesk();
  const { words, tag } = useLanguage();
  const open = isBusy(desk);
  const narrowBack = desk.pane.value === "image" ? "library" : "image";
  const back = () => {
    // Narrow, the console stands before all panes.
    if (desk.console.shown.peek()) desk.console.shown.value = false;
    else desk.pane.value = narrowBack;
  };
  return (
    <header class="bar" data-deep={desk.route.value !== undefined && desk.pane.value !== "library"}>
      {open && desk.pane.value !== "library" && (
        <button type="button" class="icon-button bar-back" onClick={back}>
          <Icon name="back" />
          <span class="offscreen">{words.app.back}</span>
        </button>
      )}
      <span class="brand">
        <Icon name="hull" />
        <span>Breakbulk</span>
      </span>
      {open && <PullField />}
      {open && (
        <button type="button" class="button" title={words.app.openLong} onClick={() => pickFiles(desk)}>
          {words.app.open}
        </button>
      )}
      {open && (
        <button
          type="button"
          class="button bar-build"
          title={words.make.actions.buildTerm}
          onClick={() => {
            desk.panel.value = { kind: "build" };
            desk.pane.value = "image";
          }}
        >
          <Icon name="build" />
          <span>{words.make.actions.build}</span>
        </button>
      )}
      <span class="bar-space" />
      <button
        type="button"
        class="icon-button"
        title={`${words.console.open} (Ctrl+\`)`}
        aria-expanded={desk.console.shown.value}
        onClick={() => {
          desk.console.shown.value = !desk.console.shown.value;
        }}
      >
        <Icon name="console" />
        <span class="offscreen">{words.console.title}</span>
      </button>
      <button
        type="button"
        class="icon-button bar-keys"
        title={`${words.app.keys} (?)`}
        onClick={() => (desk.keysOpen.value = true)}
      >
        <Icon name="keys" />
        <span class="offscreen">{words.app.keys}</span>
      </button>
      <label class="icon-select" title={words.app.theme}>
        <Icon name="theme" />
        <span class="offscreen">{words.app.theme}</span>
        <select
          value={desk.theme.value}
          onChange={(event) => {
            desk.theme.value = THEMES.find((theme) => theme === event.currentTarget.value) ?? "auto";
          }}
        >
          {THEMES.map((theme) => (
            <option key={theme} value={theme}>
              {words.app.themes[theme]}
            </option>
          ))}
        </select>
      </label>
      <label class="icon-select" title={words.app.language}>
        <span aria-hidden="true">{LANGUAGES.map(({ short }) => short).join("/")}</span>
        <span class="offscreen">{words.app.language}</span>
        <select
          value={tag}
          onChange={(event) => {
            const chosen = LANGUAGES.find((language) => language.tag === event.currentTarget.value);
            if (chosen !== undefined) void desk.setLanguage(chosen.tag);
          }}
        >
          {LANGUAGES.map((language) => (
            <option key={language.tag} value={language.tag} lang={language.tag}>
              {language.name}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}
