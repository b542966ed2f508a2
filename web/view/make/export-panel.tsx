import { exportFilesLines } from "../../model/make-lines.ts";
import { visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { usePrepared } from "../panel/prepared.ts";
import { saveArchive } from "../panel/save-archive.ts";
import { TroubleNote } from "../part/trouble-note.tsx";

/** Saves the merged file system of an image as a tar. */
export function ExportFilesPanel({ name }: { readonly name: string }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.make.exportFiles;
  const { saved, trouble } = usePrepared(({ signal }) => desk.making.exportFiles(name, signal), [name]);
  return (
    <Frame title={say.title} lines={exportFilesLines(name, saved?.name ?? "files.tar")}>
      <p>{say.about}</p>
      {trouble !== undefined && <TroubleNote trouble={trouble} />}
      <div class="panel-actions">
        <span class="panel-size">
          {saved === undefined ? trouble === undefined && say.measuring : format.bytes(saved.size)}
        </span>
        <button
          type="button"
          class="button button-main"
          disabled={saved === undefined}
          onClick={() => {
            if (saved === undefined) return;
            void saveArchive(desk, saved);
            desk.panel.value = undefined;
          }}
        >
          <span>{words.kept.save.action(visibleName(saved?.name ?? ""))}</span>
        </button>
      </div>
    </Frame>
  );
}
