import { Bar } from "./bar.tsx";
import { isBusy } from "./busy.ts";
import { ConsolePlace } from "./console/console-place.tsx";
import { useDesk, useLanguage } from "./desk.ts";
import { DropOverlay } from "./drop-overlay.tsx";
import { KeySheet } from "./key-sheet.tsx";
import { Library } from "./library.tsx";
import { Notices } from "./notices.tsx";
import { useAnswer } from "./part/answer.ts";
import { Live } from "./part/live.tsx";
import { Welcome } from "./welcome.tsx";

/** The whole page: welcome while nothing is open or kept, else the library beside one image or the list. */
export function App() {
  const desk = useDesk();
  const { words } = useLanguage();
  // The first screen needs none of this; it is fetched while the reader looks for a file.
  const workspace = useAnswer(() => import("./image/workspace.tsx"), []).value;
  const Image = workspace.value?.Workspace;
  const busy = isBusy(desk);
  return (
    <div class="app" data-pane={desk.pane.value} data-empty={!busy}>
      <a class="skip" href="#main" onClick={skip}>
        {words.app.skip}
      </a>
      <Bar />
      {busy ? (
        <div class="desk">
          <Library />
          <main id="main" class="main" tabIndex={-1} aria-label={words.app.main}>
            {Image !== undefined && <Image />}
            {workspace.trouble !== undefined && <p class="note loss">{workspace.trouble.message}</p>}
          </main>
        </div>
      ) : (
        <Welcome />
      )}
      <ConsolePlace />
      <DropOverlay />
      <KeySheet />
      <Notices />
      <Live />
    </div>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main")?.focus();
}
