import { useDesk } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { CheckPanel } from "./check-panel.tsx";
import { NamesPanel } from "./names-panel.tsx";
import type { Panel } from "./panels.ts";
import { PrunePanel } from "./prune-panel.tsx";
import { RemovePanel } from "./remove-panel.tsx";
import { ExportPanel, SavePanel } from "./save-panel.tsx";

/** The panel that is open, if one is. */
export function PanelPlace() {
  const panel = useDesk().panel.value;
  switch (panel?.kind) {
    case "save":
      return <SavePanel key={panel.refs.join(" ")} refs={panel.refs} />;
    case "export":
      return <ExportPanel />;
    case "names":
      return <NamesPanel key={panel.id} id={panel.id} />;
    case "remove":
      return <RemovePanel key={panel.refs.join(" ")} refs={panel.refs} />;
    case "prune":
      return <PrunePanel />;
    case "check":
      return <CheckPanel />;
    case "change":
    case "index":
    case "build":
    case "import":
    case "export-files":
      return <Making panel={panel} />;
    default:
      return null;
  }
}

/** What makes images comes when it is asked for. */
function Making({ panel }: { readonly panel: Panel }) {
  const { value, trouble } = useAnswer(() => import("../make/make-place.tsx"), []).value;
  if (trouble !== undefined) return <p class="note loss">{trouble.message}</p>;
  return value === undefined ? null : <value.MakePlace panel={panel} />;
}
