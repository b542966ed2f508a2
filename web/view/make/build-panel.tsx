import { useRef } from "preact/hooks";
import { buildLines } from "../../model/make-lines.ts";
import { COMMON_PLATFORMS } from "../../model/platforms.ts";
import { useDesk, useLanguage } from "../desk.ts";
import { Frame } from "../panel/frame.tsx";
import { useDropTarget } from "../part/drop-target.ts";
import { type BuildBench, type BuildChoices, buildBench, namesOf, requestOf } from "./build-bench.ts";
import { BuildContextField, takeDropped } from "./build-context.tsx";
import { BuildRunView } from "./build-run.tsx";
import { DockerfileField, useOutline } from "./dockerfile-field.tsx";
import { NamedRows } from "./named-rows.tsx";

/** Builds an image from a Dockerfile and files. */
export function BuildPanel() {
  const desk = useDesk();
  const { words, format } = useLanguage();
  const say = words.make.build;
  const bench = buildBench(desk);
  const body = useRef<HTMLDivElement>(null);
  const outline = useOutline(bench.text);
  useDropTarget(body, (dropped) => void takeDropped(bench, dropped));
  const context = bench.files.value;
  const { names } = bench.choices.value;
  const running = bench.run.value.phase === "running";
  const wrong = namesOf(names).includes(undefined);
  const empty = bench.text.value.trim() === "" && context.kind !== "tar";
  const runs = outline?.runs ?? [];
  const { dockerfile: _, context: __, ...request } = requestOf(bench);
  const lines = buildLines(request, {
    folder: context.kind === "files" ? context.name || "." : undefined,
    tar: context.kind === "tar" ? context.tar.name : undefined,
  });
  return (
    <Frame title={say.title} wide lines={lines}>
      <div ref={body} class="build-body">
        <BuildContextField bench={bench} />
        <DockerfileField bench={bench} outline={outline} />
        {runs.length > 0 && (
          <p class="run-note">
            {say.runs(
              format,
              runs.length,
              runs.map(({ start }) => say.line(start)).join(words.make.settings.list),
            )}
          </p>
        )}
        <Choices bench={bench} targets={outline?.targets ?? []} args={outline?.args ?? []} wrong={wrong} />
        <BuildRunView bench={bench} />
        <div class="panel-actions">
          {running ? (
            <>
              <span class="panel-size in-motion">{say.running}</span>
              <button type="button" class="button" onClick={() => bench.stop()}>
                {words.make.stop}
              </button>
            </>
          ) : (
            <>
              {runs.length > 0 && (
                <button
                  type="button"
                  class="button"
                  title={say.skipRunTerm}
                  disabled={wrong || empty || outline?.error !== undefined}
                  onClick={() => void bench.build({ skipRun: true })}
                >
                  {say.skipRun}
                </button>
              )}
              <button
                type="button"
                class="button button-main"
                disabled={wrong || empty || outline?.error !== undefined}
                onClick={() => void bench.build()}
              >
                {bench.run.value.phase === "idle" ? say.action : say.again}
              </button>
            </>
          )}
        </div>
      </div>
    </Frame>
  );
}

function Choices(props: {
  readonly bench: BuildBench;
  readonly targets: readonly string[];
  readonly args: readonly string[];
  readonly wrong: boolean;
}) {
  const { words } = useLanguage();
  const say = words.make.build;
  const { bench, targets, args, wrong } = props;
  const choices = bench.choices.value;
  const put = (change: Partial<BuildChoices>) =>
    (bench.choices.value = { ...bench.choices.peek(), ...change });
  return (
    <>
      <label class="field">
        <span>{say.names}</span>
        <input
          type="text"
          value={choices.names}
          placeholder={words.make.name.placeholder}
          title={say.namesTerm}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          aria-invalid={wrong}
          onInput={(event) => put({ names: event.currentTarget.value })}
        />
        {wrong && <span class="loss">{words.kept.names.reasons.format}</span>}
      </label>
      <details class="build-more">
        <summary>{say.more_options}</summary>
        <div class="make-settings">
          <label class="field">
            <span>{say.target}</span>
            <select value={choices.target} onChange={(event) => put({ target: event.currentTarget.value })}>
              <option value="">{say.lastStage}</option>
              {targets.map((target) => (
                <option key={target} value={target}>
                  {target}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{say.platform}</span>
            <input
              type="text"
              list="build-platforms"
              placeholder="linux/amd64"
              value={choices.platform}
              spellcheck={false}
              autocomplete="off"
              onInput={(event) => put({ platform: event.currentTarget.value })}
            />
            <datalist id="build-platforms">
              {COMMON_PLATFORMS.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          </label>
          <label class="field">
            <span>{say.compression}</span>
            <select
              value={choices.compression}
              onChange={({ currentTarget: { value } }) =>
                put({ compression: value === "none" ? "none" : "gzip" })
              }
            >
              <option value="gzip">{words.make.format.gzip}</option>
              <option value="none">{words.make.format.none}</option>
            </select>
          </label>
          <div>
            <label class="check">
              <input
                type="checkbox"
                checked={choices.noCache}
                onChange={() => put({ noCache: !choices.noCache })}
              />
              {say.noCache}
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={choices.reproducible}
                onChange={() => put({ reproducible: !choices.reproducible })}
              />
              {say.reproducible}
            </label>
          </div>
          <NamedRows
            label={say.args}
            rows={choices.args}
            offers={args}
            change={(rows) => put({ args: rows })}
          />
          <NamedRows label={say.labels} rows={choices.labels} change={(rows) => put({ labels: rows })} />
        </div>
      </details>
    </>
  );
}
