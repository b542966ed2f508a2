import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { WorkingLayer } from "../../model/make-edits.ts";
import { visibleText } from "../../model/name.ts";
import { droppedFiles } from "../../platform/dropped.ts";
import { eachFile } from "../../platform/file-sizes.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { useDropTarget } from "../part/drop-target.ts";
import { ShareBar } from "../part/share-bar.tsx";
import { chooseFiles } from "../pick-files.ts";
import { type ChangeBench, newKey } from "./change-bench.ts";
import { chooseFolder } from "./choose-folder.ts";
import { layerWords } from "./edit-words.ts";

/** The layers as they would be: some go, some become one, others come. */
export function ChangeLayers({ bench }: { readonly bench: ChangeBench }) {
  const language = useDesk().language.value;
  const { words, format } = language;
  const say = words.make.layers;
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const { layers } = bench.assembled.value;
  const picked = layers.filter(({ key }) => chosen.value.has(key));
  const [first, last] = [picked[0], picked.at(-1)];
  const largest = Math.max(1, ...layers.map(({ size }) => size));
  const act = (run: () => void) => () => {
    run();
    chosen.value = new Set();
  };
  return (
    <>
      <ul class="make-layers" aria-label={say.label}>
        {layers.map((layer, index) => (
          <li key={layer.key}>
            <label class="check">
              <input
                type="checkbox"
                aria-label={say.select(say.layer(format, index))}
                checked={chosen.value.has(layer.key)}
                onChange={() => {
                  const next = new Set(chosen.peek());
                  if (!next.delete(layer.key)) next.add(layer.key);
                  chosen.value = next;
                }}
              />
              <span class="num">{index}</span>
            </label>
            <code title={madeBy(bench, layer)}>{madeBy(bench, layer) ?? layerWords(language, layer)}</code>
            <span class="num">{format.bytes(layer.size)}</span>
            <ShareBar share={layer.size / largest} />
          </li>
        ))}
      </ul>
      {layers.length === 0 && <p class="muted">{say.none}</p>}
      <div class="make-buttons">
        <button
          type="button"
          class="button"
          disabled={picked.length === 0}
          onClick={act(() => {
            for (const { key } of picked) bench.add({ key: newKey(), kind: "remove-layer", layer: key });
          })}
        >
          {say.remove}
        </button>
        <button
          type="button"
          class="button"
          title={say.squashTerm}
          disabled={picked.length < 2}
          onClick={act(() => {
            if (first === undefined || last === undefined) return;
            bench.add({ key: newKey(), kind: "squash", from: first.key, to: last.key });
          })}
        >
          {say.squash}
        </button>
        <button
          type="button"
          class="button"
          title={say.rollBackTerm}
          disabled={picked.length !== 1 || first === layers.at(-1)}
          onClick={act(() => {
            if (first !== undefined) bench.add({ key: newKey(), kind: "roll-back", layer: first.key });
          })}
        >
          {say.rollBack}
        </button>
        <button
          type="button"
          class="button"
          disabled={layers.length < 2}
          onClick={act(() => bench.add({ key: newKey(), kind: "flatten" }))}
        >
          {say.flatten}
        </button>
      </div>
      <Append bench={bench} />
    </>
  );
}

function madeBy({ subject }: ChangeBench, { from }: WorkingLayer): string | undefined {
  const [only] = from;
  const line = from.length === 1 && only !== undefined ? subject.layers[only]?.createdBy : undefined;
  return line === undefined ? undefined : visibleText(line);
}

/** A new layer on top: files at a folder, or a tar. */
function Append({ bench }: { readonly bench: ChangeBench }) {
  const { words } = useLanguage();
  const say = words.make.layers;
  const folder = useSignal("/");
  const executable = useSignal(false);
  const place = useRef<HTMLFieldSetElement>(null);
  const add = async (files: readonly { readonly path: string; readonly file: File }[]) => {
    if (files.length === 0) return;
    const mode = executable.peek() ? 0o755 : 0o644;
    let bytes = 0;
    await eachFile(files, ({ file: { size } }) => (bytes += size));
    bench.add({
      key: newKey(),
      kind: "append-files",
      bytes,
      files: files.map(({ path, file: content }) => ({ path: `${folder.peek()}/${path}`, mode, content })),
    });
  };
  useDropTarget(place, ({ entries }) => void droppedFiles(entries).then(add));
  return (
    <fieldset ref={place} class="make-append">
      <legend>{say.append}</legend>
      <div class="make-pair">
        <label class="field">
          <span>{say.folder}</span>
          <input
            type="text"
            class="code-field"
            value={folder.value}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => (folder.value = event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={executable.value}
            onChange={() => (executable.value = !executable.value)}
          />
          {say.executable}
        </label>
      </div>
      <div class="make-buttons">
        <button
          type="button"
          class="button"
          onClick={() => chooseFiles((files) => void add(files.map((file) => ({ path: file.name, file }))))}
        >
          {say.files}
        </button>
        <button type="button" class="button" onClick={() => chooseFolder(({ files }) => void add(files))}>
          {say.directory}
        </button>
        <button
          type="button"
          class="button"
          onClick={() =>
            chooseFiles((files) => {
              for (const tar of files) bench.add({ key: newKey(), kind: "append", tar });
            })
          }
        >
          {say.tar}
        </button>
        <span class="muted">{say.dropHere}</span>
      </div>
    </fieldset>
  );
}
