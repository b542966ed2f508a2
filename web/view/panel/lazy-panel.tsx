import type { ComponentChild } from "preact";
import { useDesk } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import type { Panel } from "./panels.ts";

/** The panel that is open, within the pane it stands over; what it is made of comes when the first is asked for. */
export function LazyPanel() {
  const panel = useDesk().panel.value;
  if (panel === undefined) return null;
  const remote = REGISTRY_PANELS.has(panel.kind);
  return <Fetched key={String(remote)} remote={remote} />;
}

const REGISTRY_PANELS: ReadonlySet<Panel["kind"]> = new Set(["look", "push", "registries", "login"]);

function Fetched({ remote }: { readonly remote: boolean }) {
  const place = useAnswer<{ readonly PanelPlace: () => ComponentChild }>(
    () => (remote ? import("../registry/panel-place.tsx") : import("./panel-place.tsx")),
    [],
  ).value;
  const Place = place.value?.PanelPlace;
  if (place.trouble !== undefined) return <p class="note loss">{place.trouble.message}</p>;
  return Place === undefined ? null : <Place />;
}
