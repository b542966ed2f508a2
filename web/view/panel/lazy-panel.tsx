import { useDesk } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";

/** The panel that is open, within the pane it stands over; what it is made of comes when the first is asked for. */
export function LazyPanel() {
  return useDesk().panel.value === undefined ? null : <Fetched />;
}

function Fetched() {
  const place = useAnswer(() => import("./panel-place.tsx"), []).value;
  const Place = place.value?.PanelPlace;
  if (place.trouble !== undefined) return <p class="note loss">{place.trouble.message}</p>;
  return Place === undefined ? null : <Place />;
}
