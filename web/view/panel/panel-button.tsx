import { useDesk } from "../desk.ts";
import { Icon, type IconName } from "../part/icon.tsx";
import type { Panel } from "./panels.ts";

/** What opens a panel. */
export interface PanelButtonProps {
  /** `undefined`: there is nothing yet to open one for. */
  readonly panel: Panel | undefined;
  readonly icon?: IconName;
  readonly label: string;
}

/** A button that opens a panel. */
export function PanelButton({ panel, icon, label }: PanelButtonProps) {
  const desk = useDesk();
  return (
    <button
      type="button"
      class="button"
      disabled={panel === undefined}
      onClick={() => (desk.panel.value = panel)}
    >
      {icon !== undefined && <Icon name={icon} />}
      {label}
    </button>
  );
}
