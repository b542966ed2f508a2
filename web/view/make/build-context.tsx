import { visibleName } from "../../model/name.ts";
import { DROPPED_MOST, droppedFiles } from "../../platform/dropped.ts";
import { useLanguage } from "../desk.ts";
import type { Dropped } from "../part/drop-target.ts";
import { Icon } from "../part/icon.tsx";
import { chooseFiles } from "../pick-files.ts";
import { type BuildBench, dockerfilesOf, isDockerfile } from "./build-bench.ts";
import { chooseFolder } from "./choose-folder.ts";

/** Files of the context that are listed. */
const SHOWN = 200;

/** Takes what was dropped for a build: a folder, a Dockerfile, else a tar. */
export async function takeDropped(bench: BuildBench, { entries, files }: Dropped): Promise<void> {
  const [first] = entries;
  const [file] = files;
  if (entries.length <= 1 && file !== undefined && first?.isDirectory !== true)
    return isDockerfile(file.name) ? bench.takeDockerfile(file) : bench.takeTar(file);
  const name = entries.length === 1 ? (first?.name ?? "") : "";
  bench.reading.value = 0;
  const found = await droppedFiles(entries, (count) => (bench.reading.value = count));
  bench.reading.value = undefined;
  const inside = name === "" ? 0 : name.length + 1;
  await bench.takeFolder({
    name,
    files: found.map(({ path, file: content }) => ({ path: path.slice(inside), file: content })),
  });
}

/** Where COPY and ADD take files from: chosen, dropped, or nothing. */
export function BuildContextField({ bench }: { readonly bench: BuildBench }) {
  const { words, format } = useLanguage();
  const say = words.make.build;
  const context = bench.files.value;
  const reading = bench.reading.value;
  const dockerfiles = dockerfilesOf(context);
  let about = say.noContext;
  if (context.kind === "files") about = say.holds(format, context.files.length, context.bytes);
  if (context.kind === "tar") about = say.tarHolds(format, context.tar.size);
  return (
    <fieldset class="make-append">
      <legend>{say.context}</legend>
      <p class="context-line" role="status">
        {reading === undefined ? (
          <>
            {context.kind === "files" && <strong>{visibleName(context.name)} </strong>}
            {context.kind === "tar" && <strong>{visibleName(context.tar.name)} </strong>}
            <span>{about}</span>
          </>
        ) : (
          <span class="in-motion">{say.reading(format, reading)}</span>
        )}
        {context.kind !== "none" && (
          <button
            type="button"
            class="icon-button"
            aria-label={say.clear}
            title={say.clear}
            onClick={() => bench.clear()}
          >
            <Icon name="close" />
          </button>
        )}
      </p>
      <div class="make-buttons">
        <button
          type="button"
          class="button"
          onClick={() => chooseFolder((folder) => void bench.takeFolder(folder))}
        >
          <Icon name="folder" />
          {say.folder}
        </button>
        <button
          type="button"
          class="button"
          onClick={() =>
            chooseFiles(([file]) => {
              if (file !== undefined) bench.takeTar(file);
            })
          }
        >
          {say.tar}
        </button>
        <span class="muted">{say.dropHere}</span>
      </div>
      {context.kind === "files" && (
        <>
          {context.files.length >= DROPPED_MOST && (
            <p class="loss">{say.tooMany(format, context.files.length)}</p>
          )}
          <p class="muted">
            {say.modes} {say.ignore}
          </p>
          <details class="context-files">
            <summary>{say.list}</summary>
            <ul class="path-list">
              {context.files.slice(0, SHOWN).map(({ path }) => (
                <li key={path}>
                  <code>{visibleName(path)}</code>
                </li>
              ))}
              {context.files.length > SHOWN && (
                <li class="muted">{say.more(format, context.files.length - SHOWN)}</li>
              )}
            </ul>
          </details>
          {dockerfiles.length > 1 && (
            <label class="field">
              <span>{say.dockerfile}</span>
              <select
                value={bench.file.value}
                onChange={(event) => void bench.chooseFile(event.currentTarget.value)}
              >
                {dockerfiles.map((path) => (
                  <option key={path} value={path}>
                    {visibleName(path)}
                  </option>
                ))}
              </select>
            </label>
          )}
        </>
      )}
      {context.kind === "tar" && <p class="muted">{say.fromTar}</p>}
    </fieldset>
  );
}
