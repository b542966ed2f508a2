import { isKeptKey } from "../../model/kept.ts";
import { DEMO_NAME, visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { KeptTrouble } from "../kept/kept-trouble.tsx";
import { DemoButton } from "../part/demo-button.tsx";
import { pickFiles } from "../pick-files.ts";

/** Stands where the address leads to something that is not open: a file, or a kept image while the store is not there. */
export function LinkPane({ name }: { readonly name: string }) {
  const desk = useDesk();
  const { words } = useLanguage();
  if (isKeptKey(name)) {
    return (
      <div class="archive-pane">
        <KeptTrouble />
        {desk.kept.state.value.phase === "opening" && <p>{words.kept.reading}</p>}
      </div>
    );
  }
  if (name === DEMO_NAME) {
    return (
      <div class="archive-pane">
        <p>
          <DemoButton class="button" />
        </p>
      </div>
    );
  }
  return (
    <div class="archive-pane">
      <p>{words.welcome.again(visibleName(name))}</p>
      <p>
        <button type="button" class="button" onClick={() => pickFiles(desk)}>
          {words.app.open}
        </button>
      </p>
    </div>
  );
}
