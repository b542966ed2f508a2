import { keptRows } from "../../model/kept.ts";
import { copyText } from "../../platform/clipboard.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { EditButton } from "../draft/edit-button.tsx";
import { openIndexPanel } from "../make/open-index.ts";
import type { Opened } from "../opened.ts";
import { Icon } from "../part/icon.tsx";
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
      <button type="button" class="button" onClick={() => (desk.panel.value = { kind: "save", refs })}>
        <Icon name="save" />
        {words.kept.actions.save}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => (desk.panel.value = { kind: "push", id: image.id })}
      >
        <Icon name="push" />
        {words.registry.push.action}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => (desk.panel.value = { kind: "names", id: image.id })}
      >
        <Icon name="tag" />
        {words.kept.actions.tag}
      </button>
      <EditButton image={image.tags[0] ?? image.id} />
      <button
        type="button"
        class="button"
        onClick={() => (desk.panel.value = { kind: "change", id: image.id })}
      >
        <Icon name="change" />
        {words.make.actions.change}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => (desk.panel.value = { kind: "remove", refs: names })}
      >
        <Icon name="bin" />
        {words.kept.actions.remove}
      </button>
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
