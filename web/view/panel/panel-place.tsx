import { useDesk } from "../desk.ts";
import { CheckPanel } from "./check-panel.tsx";
import { NamesPanel } from "./names-panel.tsx";
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
    default:
      return null;
  }
}
