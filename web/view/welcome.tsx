import { isKeptKey } from "../model/kept.ts";
import { DEMO_NAME } from "../model/name.ts";
import { useDesk, useLanguage } from "./desk.ts";
import { KeptTrouble } from "./kept/kept-trouble.tsx";
import { DemoButton } from "./part/demo-button.tsx";
import { Icon } from "./part/icon.tsx";
import { pickFiles } from "./pick-files.ts";
import { PullField } from "./registry/pull-field.tsx";

/** The first screen: one sentence, one target, one example. */
export function Welcome() {
  const desk = useDesk();
  const { words } = useLanguage();
  const linked = desk.route.value?.archive;
  return (
    <main id="main" class="welcome" tabIndex={-1}>
      <h1>{words.welcome.sentence}</h1>
      {linked !== undefined && linked !== DEMO_NAME && (
        <p class="welcome-again">
          {isKeptKey(linked) ? words.problems.advice.notKept : words.welcome.again(linked)}
        </p>
      )}
      <KeptTrouble brief />
      <PullField large />
      <button type="button" class="target" onClick={() => pickFiles(desk)}>
        <Icon name="crate" />
        <strong>{words.welcome.drop}</strong>
        <span>{words.welcome.or}</span>
        <small>{words.welcome.formats}</small>
      </button>
      <DemoButton class="button welcome-demo" />
      <p class="welcome-private">{words.welcome.private}</p>
    </main>
  );
}
