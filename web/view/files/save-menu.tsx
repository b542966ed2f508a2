import { useDesk, useLanguage } from "../desk.ts";
import { useAnswer } from "../part/answer.ts";
import { Icon } from "../part/icon.tsx";
import type { FilePaneProps } from "./file-lists.ts";
import { saveFormats, saveSelected } from "./save-node.ts";

/** Saves the file or folder under the cursor. */
export function SaveMenu({ archive, image, place }: FilePaneProps) {
  const desk = useDesk();
  const { words } = useLanguage();
  const labels = { file: words.files.saveFile, tar: words.files.saveTar, zip: words.files.saveZip };
  const formats = saveFormats(place);
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
  const order = { handle: archive.handle, image: image.index, place };
  return (
    <Menu
      label={words.files.save}
      icon="save"
      items={formats.map((format) => ({ value: format, label: labels[format] }))}
      title={formats.length === 0 ? words.files.saveNone : undefined}
      choose={(value) =>
        void saveSelected(
          desk,
          order,
          formats.find((format) => format === value),
        )
      }
    />
  );
}
