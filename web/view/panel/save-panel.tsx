import { useSignal } from "@preact/signals";
import { SAVE_LAYOUTS, type SaveLayout } from "../../../core/archive/mod.ts";
import type { SavedImages } from "../../model/images.ts";
import { keptRows } from "../../model/kept.ts";
import { exportLine, saveLines } from "../../model/kept-lines.ts";
import { visibleName } from "../../model/name.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Name } from "../part/name.tsx";
import { TroubleNote } from "../part/trouble-note.tsx";
import { Frame } from "./frame.tsx";
import { LayoutChoice } from "./layout-choice.tsx";
import { usePrepared } from "./prepared.ts";
import { saveArchive } from "./save-archive.ts";

/** Saves kept images as an archive: which layout, which platform, how large. */
export function SavePanel({ refs }: { readonly refs: readonly string[] }) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.kept.save;
  const layout = useSignal<SaveLayout>("docker");
  const platform = useSignal("all");
  const asked = new Set(refs);
  const images = desk.kept.state.value.images.filter((image) =>
    keptRows([image]).some(({ ref }) => asked.has(ref)),
  );
  const platforms = [...new Set(images.flatMap((image) => image.platforms))];
  const facts = SAVE_LAYOUTS.find((one) => one.layout === layout.value);
  const chosen = platforms.includes(platform.value) ? platform.value : "all";
  const prepared = usePrepared(
    (how) => desk.kept.images.save(refs, { layout: layout.value, platforms: chosen, ...how }),
    [refs.join(" "), layout.value, chosen],
  );
  return (
    <Frame
      title={say.title(format, images.length)}
      lines={saveLines(refs, prepared.saved?.name ?? "image.tar", {
        layout: layout.value,
        platforms: chosen,
      })}
    >
      <ul class="name-list">
        {refs.map((ref) => (
          <li key={ref}>
            <Name text={ref.startsWith("sha256:") ? ref.slice(7, 19) : ref} />
          </li>
        ))}
      </ul>
      <LayoutChoice layout={layout} />
      {platforms.length > 1 && facts?.keepsPlatforms === true && (
        <label class="field">
          <span>{say.platform}</span>
          <select
            value={chosen}
            onChange={(event) => {
              platform.value = event.currentTarget.value;
            }}
          >
            <option value="all">{say.allPlatforms(format, platforms.length)}</option>
            {platforms.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      )}
      <Prepared {...prepared} />
    </Frame>
  );
}

/** Saves everything that is kept as one archive. */
export function ExportPanel() {
  const desk = useDesk();
  const { words } = useLanguage();
  const prepared = usePrepared(({ signal }) => desk.kept.images.exportAll(signal), []);
  return (
    <Frame
      title={words.kept.save.exportTitle}
      lines={[exportLine(prepared.saved?.name ?? "breakbulk-images.tar")]}
    >
      <p>{words.kept.save.exportAbout}</p>
      <Prepared {...prepared} />
    </Frame>
  );
}

/** How large the archive is, what will be missing of it, and the button that saves it. */
function Prepared({ saved, progress, trouble }: ReturnType<typeof usePrepared>) {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.kept.save;
  const begin = (archive: SavedImages) => {
    void saveArchive(desk, archive);
    desk.panel.value = undefined;
  };
  return (
    <>
      {trouble !== undefined && <TroubleNote trouble={trouble} />}
      {saved !== undefined && saved.left.length > 0 && (
        <p class="muted">{say.left(format, saved.left.length)}</p>
      )}
      {saved !== undefined && saved.problems.length > 0 && (
        <p class="loss">{say.leftOut(format, saved.problems.length)}</p>
      )}
      {progress !== undefined && (
        <div>
          <progress aria-label={say.measuring} value={progress.done} max={Math.max(1, progress.total)} />
          <p class="muted">{say.measured(format, progress.done, progress.total)}</p>
        </div>
      )}
      <div class="panel-actions">
        <span class="panel-size" title={saved && words.facts.exact(format, saved.size)}>
          {saved === undefined ? trouble === undefined && say.measuring : format.bytes(saved.size)}
        </span>
        <button
          type="button"
          class="button button-main"
          disabled={saved === undefined}
          onClick={() => saved !== undefined && begin(saved)}
        >
          <span>{say.action(visibleName(saved?.name ?? ""))}</span>
        </button>
      </div>
    </>
  );
}
