import { useDesk, useLanguage } from "./desk.ts";
import { Icon } from "./part/icon.tsx";

/** Covers the window while files hover over it. */
export function DropOverlay() {
  const desk = useDesk();
  const { words } = useLanguage();
  if (!desk.hovering.value) return null;
  return (
    <div class="drop-overlay" aria-hidden="true">
      <div>
        <Icon name="crate" />
        <strong>{words.welcome.dropOverlay}</strong>
        <span>{words.welcome.dropHint}</span>
      </div>
    </div>
  );
}
