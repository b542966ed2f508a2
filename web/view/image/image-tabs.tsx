import { useRef } from "preact/hooks";
import type { ImageView } from "../../model/engine.ts";
import { TABS, type Tab } from "../../model/route.ts";
import { type Opened, useDesk, useLanguage } from "../desk.ts";

/** Tabs that say something of `kind`: a bare tree has no history or configuration. */
function tabsOf(archive: Opened): readonly Tab[] {
  const kind = archive.state.value.archive?.kind;
  return kind === "rootfs" || kind === "layer" ? ["files", "layers", "space"] : TABS;
}

/** The row of tabs; arrow keys move, as the ARIA tabs pattern has it. */
export function ImageTabs({ archive, image }: { readonly archive: Opened; readonly image: ImageView }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const list = useRef<HTMLDivElement>(null);
  const current = desk.route.value?.tab ?? "files";
  const tabs = tabsOf(archive);
  const show = (tab: Tab) => {
    if (tab === current) return;
    const { layer, scope, path } = desk.route.value ?? {};
    desk.go({ archive: archive.key, image: image.index, tab, layer, scope, path });
    desk.pane.value = "image";
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -99, End: 99 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.indexOf(current) + step;
    const index =
      Math.abs(step) === 1 ? (at + tabs.length) % tabs.length : Math.max(0, Math.min(tabs.length - 1, at));
    const next = tabs[index];
    if (next === undefined) return;
    show(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div ref={list} class="tabs" role="tablist" onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`tab-${tab}`}
          aria-selected={tab === current}
          aria-controls={tab === current ? `panel-${tab}` : undefined}
          tabIndex={tab === current ? 0 : -1}
          onClick={() => show(tab)}
        >
          {words.tabs[tab]}
        </button>
      ))}
    </div>
  );
}
