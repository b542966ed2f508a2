import { useDesk, useLanguage } from "../desk.ts";
import { LazyMenu } from "../part/lazy-menu.tsx";
import type { FilePaneProps } from "./file-lists.ts";
import { saveFormats, saveSelected } from "./save-node.ts";

/** Saves the file or folder under the cursor. */
export function SaveMenu({ archive, image, place }: FilePaneProps) {
  const desk = useDesk();
  const { words } = useLanguage();
  const labels = { file: words.files.saveFile, tar: words.files.saveTar, zip: words.files.saveZip };
  const formats = saveFormats(place);
  const order = { handle: archive.handle, image: image.index, place };
  return (
    <LazyMenu
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
