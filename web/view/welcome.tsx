import { isKeptKey } from "../model/kept.ts";
import { useDesk, useLanguage } from "./desk.ts";
import { KeptTrouble } from "./kept/kept-trouble.tsx";
import { Icon } from "./part/icon.tsx";
import { pickFiles } from "./pick-files.ts";

/** The first screen: one sentence, one target, one example. */
export function Welcome() {
  const desk = useDesk();
  const { words } = useLanguage();
  const linked = desk.route.value?.archive;
  const busy = desk.demoBusy.value;
  return (
    <main id="main" class="welcome" tabIndex={-1}>
      <h1>{words.welcome.sentence}</h1>
      {linked !== undefined && (
        <p class="welcome-again">
          {isKeptKey(linked) ? words.problems.advice.notKept : words.welcome.again(linked)}
        </p>
      )}
      <KeptTrouble brief />
      <button type="button" class="target" onClick={() => pickFiles(desk)}>
        <Icon name="crate" />
        <strong>{words.welcome.drop}</strong>
        <span>{words.welcome.or}</span>
        <small>{words.welcome.formats}</small>
      </button>
      <button type="button" class="button welcome-demo" disabled={busy} onClick={() => void desk.openDemo()}>
        {busy ? words.welcome.demoBusy : words.welcome.demo}
      </button>
      <p class="welcome-private">{words.welcome.private}</p>
    </main>
  );
}
