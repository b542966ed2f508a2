import { useSignal } from "@preact/signals";
import type { ImageView } from "../../model/engine.ts";
import { shellLines } from "../../model/shell-line.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";
import { CopyButton } from "../part/copy-button.tsx";

/** The command that this view stands for, with its twins in other tools. */
export function Foot({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const tool = useSignal("docker");
  const view = archive.state.value.archive;
  if (view === undefined) return null;
  const lines = shellLines({ archive: view, image, tab: desk.route.value?.tab ?? "files" });
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
