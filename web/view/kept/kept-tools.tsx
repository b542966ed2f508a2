import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { KeptOrder, KeptRow } from "../../model/kept.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { PanelButton } from "../panel/panel-button.tsx";
import { Icon } from "../part/icon.tsx";
import { LazyMenu } from "../part/lazy-menu.tsx";
import { chooseFiles } from "../pick-files.ts";

/** Above the list: the filter, what to do with the selection, and what concerns all images. */
export function KeptTools({
  order,
  rows,
}: {
  readonly order: Signal<KeptOrder>;
  readonly rows: readonly KeptRow[];
}) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const field = useRef<HTMLInputElement>(null);
  const { images, room, phase } = desk.kept.state.value;
  const selected = desk.kept.selected.value;
  const chosen = rows.filter(({ key }) => selected.has(key));
  const refs = chosen.map(({ ref }) => ref);
  const ids = new Set(chosen.map(({ image }) => image.id));
  // One name for each image: others lead to the same.
  const indexRefs = [...ids].map((id) => chosen.find(({ image }) => image.id === id)?.ref ?? id);
  const [only] = ids.size === 1 ? ids : [];
  useEffect(() => {
    const end = new AbortController();
    addEventListener(
      "keydown",
      (event) => {
        const typing = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
        if (event.key !== "/" || event.ctrlKey || event.metaKey || typing) return;
        event.preventDefault();
        field.current?.focus();
      },
      { signal: end.signal },
    );
    return () => end.abort();
  }, []);
  const dropUnfinished = async () => {
    const freed = await desk.kept.images.dropUnfinished();
    desk.tell({ title: words.kept.room.dropped(format, freed) });
  };
  if (phase !== "ready") return null;
  return (
    <div class="kept-tools">
      {images.length > 0 && (
        <div class="filter kept-filter">
          <Icon name="find" />
          <input
            ref={field}
            type="search"
            aria-label={words.kept.list.filter}
            placeholder={words.kept.list.filter}
            value={order.value.filter}
            onInput={(event) => (order.value = { ...order.value, filter: event.currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key === "Escape") order.value = { ...order.value, filter: "" };
            }}
          />
        </div>
      )}
      {images.length > 0 && (
        <>
          <PanelButton
            panel={refs.length === 0 ? undefined : { kind: "save", refs }}
            icon="save"
            label={words.kept.actions.save}
          />
          <PanelButton
            panel={only === undefined ? undefined : { kind: "names", id: only }}
            icon="tag"
            label={words.kept.actions.tag}
          />
          <PanelButton
            panel={only === undefined ? undefined : { kind: "push", id: only }}
            icon="push"
            label={words.registry.push.action}
          />
          <PanelButton
            panel={refs.length === 0 ? undefined : { kind: "remove", refs }}
            icon="bin"
            label={words.kept.actions.remove}
          />
          {refs.length > 0 && <span class="muted">{words.kept.list.selected(format, refs.length)}</span>}
        </>
      )}
      <span class="bar-space" />
      <button
        type="button"
        class="button"
        title={words.kept.load.term}
        onClick={() => chooseFiles((files) => desk.loads.load(files))}
      >
        <Icon name="keep" />
        {words.kept.load.action}
      </button>
      {images.length > 0 && <PanelButton panel={{ kind: "prune" }} label={words.kept.actions.prune} />}
      <LazyMenu
        label={words.kept.list.more}
        icon="more"
        items={[
          ...(images.length > 0 ? [{ value: "export", label: words.kept.list.export }] : []),
          { value: "build", label: words.make.actions.build },
          { value: "import", label: words.make.actions.import },
          ...(images.length > 0 ? [{ value: "index", label: words.make.actions.index }] : []),
          { value: "check", label: words.kept.list.check },
        ]}
        choose={(value) => {
          if (value === "index") desk.panel.value = { kind: "index", refs: indexRefs };
          else if (value === "build" || value === "import" || value === "export")
            desk.panel.value = { kind: value };
          else desk.panel.value = { kind: "check" };
        }}
      />
      {room.unfinished > 0 && (
        <p class="muted kept-unfinished">
          {words.kept.room.unfinished(format, room.unfinished)}{" "}
          {desk.loads.running.value.length === 0 && (
            <button type="button" class="link" onClick={() => void dropUnfinished()}>
              {words.kept.room.dropUnfinished}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
