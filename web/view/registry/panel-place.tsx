import { useDesk } from "../desk.ts";
import { LoginPanel } from "./login-panel.tsx";
import { LookPanel } from "./look-panel.tsx";
import { PushPanel } from "./push-panel.tsx";
import { SettingsPanel } from "./settings-panel.tsx";

/** The panel about registries that is open, if one is. */
export function PanelPlace() {
  const panel = useDesk().panel.value;
  switch (panel?.kind) {
    case "look":
      return (
        <LookPanel key={`${panel.name} ${panel.platform}`} name={panel.name} platform={panel.platform} />
      );
    case "push":
      return <PushPanel key={panel.id} id={panel.id} />;
    case "registries":
      return <SettingsPanel />;
    case "login":
      return <LoginPanel key={panel.registry} registry={panel.registry} />;
    default:
      return null;
  }
}
