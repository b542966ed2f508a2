import { keptRows } from "../../model/kept.ts";
import { copyText } from "../../platform/clipboard.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { EditButton } from "../draft/edit-button.tsx";
import { openIndexPanel } from "../make/open-index.ts";
import type { Opened } from "../opened.ts";
import { PanelButton } from "../panel/panel-button.tsx";
import { LazyMenu } from "../part/lazy-menu.tsx";

/** What can be done with a kept image; when it is gone in the meantime, that it is. */
export function KeptActions({ archive }: { readonly archive: Opened }) {
  const desk = useDesk();
  const { words } = useLanguage();
  const image = desk.kept.find(archive.key);
  if (image === undefined) return <p class="kept-actions muted">{words.kept.gone}</p>;
  const names = keptRows([image]).map(({ ref }) => ref);
  const refs = image.tags.length > 0 ? image.tags : [image.id];
  const copy = async () => desk.say((await copyText(image.id)) ? words.copy.done : words.copy.failed);
  return (
    <span class="kept-actions">
      <PanelButton panel={{ kind: "save", refs }} icon="save" label={words.kept.actions.save} />
      <PanelButton panel={{ kind: "push", id: image.id }} icon="push" label={words.registry.push.action} />
      <PanelButton panel={{ kind: "names", id: image.id }} icon="tag" label={words.kept.actions.tag} />
      <EditButton image={image.tags[0] ?? image.id} />
      <PanelButton panel={{ kind: "change", id: image.id }} icon="change" label={words.make.actions.change} />
      <PanelButton panel={{ kind: "remove", refs: names }} icon="bin" label={words.kept.actions.remove} />
      <LazyMenu
        label={words.kept.list.more}
        icon="more"
        items={[
          { value: "exportFiles", label: words.make.actions.exportFiles },
          { value: "index", label: words.make.actions.index },
          ...(["list", "copyId", "close"] as const).map((value) => ({
            value,
            label: words.kept.more[value],
          })),
        ]}
        choose={(value) => {
          if (value === "exportFiles") desk.panel.value = { kind: "export-files", ref: refs[0] ?? image.id };
          else if (value === "index") void openIndexPanel(desk, refs);
          else if (value === "copyId") void copy();
          else desk.go(undefined);
          if (value === "close") desk.kept.close(archive);
        }}
      />
    </span>
  );
}
