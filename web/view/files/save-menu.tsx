import { useDesk, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { Icon } from "../part/icon.tsx";
import type { FilePaneProps } from "./file-lists.ts";
import { SAVE_FORMATS, saveNode } from "./save-node.ts";

/** Saves the file or folder under the cursor. */
export function SaveMenu({ archive, image, place }: FilePaneProps) {
  const desk = useDesk();
  const { words } = useLanguage();
  const facts = place.list.selected.value === undefined ? undefined : place.reading.facts.value;
  const type = facts?.row.type;
  const gone = facts?.row.removed ?? false;
  const dir = [
    { value: "tar", label: words.files.saveTar },
    { value: "zip", label: words.files.saveZip },
  ];
  const file = [{ value: "file", label: words.files.saveFile }];
  const savable = type === "file" || type === "link" || type === "symlink";
  const items = facts === undefined || gone ? [] : type === "dir" ? dir : savable ? file : [];
  // The menu's machinery comes after the first files are on screen: nothing can be saved before.
  const Menu = useAnswer(() => import("../part/menu.tsx"), []).value.value?.Menu;
  if (Menu === undefined) {
    return (
      <button type="button" class="button" disabled>
        <Icon name="save" />
        {words.files.save}
        <Icon name="down" />
      </button>
    );
  }
  return (
    <Menu
      label={words.files.save}
      icon="save"
      items={items}
      title={items.length === 0 ? words.files.saveNone : undefined}
      choose={(value) => {
        const format = SAVE_FORMATS.find((name) => name === value);
        if (facts === undefined || format === undefined) return;
        const layer = place.reading.layer.value ?? place.list.spec.value.upTo;
        const target = {
          image: image.index,
          node: facts.node,
          layer: type === "dir" ? place.list.spec.value.upTo : layer,
        };
        void saveNode(desk, {
          handle: archive.handle,
          target,
          path: facts.path,
          format,
        });
      }}
    />
  );
}
