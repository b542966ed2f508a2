import { useSignal } from "@preact/signals";
import type { ShellLine } from "../../model/kept-lines.ts";
import { useLanguage } from "../desk.ts";
import { CopyButton } from "./copy-button.tsx";

/** Command lines that do the same from a shell, one in sight. */
export function ShellFoot({ lines }: { readonly lines: readonly ShellLine[] }) {
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
      <CopyButton text={shown.line} what={shown.tool} class="button button-quiet">
        {words.foot.copy}
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
    </footer>
  );
}
