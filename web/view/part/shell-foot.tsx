import { useSignal } from "@preact/signals";
import { consoleOffer } from "../../model/console-offer.ts";
import type { ShellLine } from "../../model/kept-lines.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";

/** What a {@link ShellFoot} shows. */
export interface ShellFootProps {
  readonly lines: readonly ShellLine[];
  /** It stands at the foot of the page, where the console comes up. */
  readonly toggle?: boolean;
}

/** Command lines that do the same from a shell, one in sight; Docker's can be run right here. */
export function ShellFoot({ lines, toggle = false }: ShellFootProps) {
  const { words } = useLanguage();
  const tool = useSignal("docker");
  const shown = lines.find((line) => line.tool === tool.value) ?? lines[0];
  if (shown === undefined) return null;
  return (
    <footer class="foot" aria-label={words.foot.label}>
      <span class="foot-prompt" aria-hidden="true">
        $
      </span>
      <code title={shown.line}>{shown.line}</code>
      <RunButton line={shown} />
      <CopyButton text={shown.line} what={shown.tool} class="button button-quiet">
        <span class="foot-word">{words.foot.copy}</span>
      </CopyButton>
      {lines.length > 1 && (
        <label class="select">
          <span class="offscreen">{words.foot.tool}</span>
          <select value={shown.tool} onChange={(event) => (tool.value = event.currentTarget.value)}>
            {lines.map((line) => (
              <option key={line.tool} value={line.tool}>
                {line.tool}
              </option>
            ))}
          </select>
        </label>
      )}
      {toggle && <ConsoleToggle />}
    </footer>
  );
}

function RunButton({ line }: { readonly line: ShellLine }) {
  const { console } = useDesk();
  const { words } = useLanguage();
  const offer = consoleOffer(line);
  if (offer === undefined) return null;
  return (
    <button
      type="button"
      class="button button-quiet"
      title={words.console[offer](line.line)}
      onClick={() => {
        console.request.value = { kind: "line", line: line.line, run: offer === "run" };
        console.shown.value = true;
      }}
    >
      <span class="foot-word">{words.foot[offer]}</span>
      <Icon name="run" />
    </button>
  );
}

/** Opens and closes the console from where it comes up. */
function ConsoleToggle() {
  const { shown } = useDesk().console;
  const { words } = useLanguage();
  const label = shown.value ? words.console.close : words.console.open;
  return (
    <button
      type="button"
      class="icon-button foot-console"
      aria-expanded={shown.value}
      aria-label={label}
      title={`${label} (Ctrl+\`)`}
      onClick={() => {
        shown.value = !shown.peek();
      }}
    >
      <Icon name={shown.value ? "down" : "console"} />
    </button>
  );
}
