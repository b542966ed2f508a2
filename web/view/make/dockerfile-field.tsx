import { computed, type Signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type DockerfileOutline, outlineDockerfile } from "../../../core/build/mod.ts";
import { errorLines } from "../../../core/dockerfile/mod.ts";
import { visibleText } from "../../model/name.ts";
import type { Trouble } from "../../model/trouble.ts";
import { useLanguage } from "../desk.ts";
import { Icon } from "../part/icon.tsx";
import type { BuildBench } from "./build-bench.ts";
import { createDockerfileEditor, type DockerfileEditor, type LineMark } from "./dockerfile-editor.ts";

/** What the Dockerfile of a bench says of itself, as it is typed. */
export function useOutline(text: Signal<string>): DockerfileOutline | undefined {
  const outline = useMemo(
    () => computed(() => (text.value.trim() === "" ? undefined : outlineDockerfile(text.value))),
    [text],
  );
  return outline.value;
}

/** The Dockerfile, with what is wrong with it at its lines. */
export function DockerfileField(props: {
  readonly bench: BuildBench;
  readonly outline: DockerfileOutline | undefined;
}) {
  const { words } = useLanguage();
  const say = words.make.build;
  const { bench, outline } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<DockerfileEditor | undefined>(undefined);
  const marks = marksOf(outline, bench);
  useEffect(() => {
    if (host.current === null) return undefined;
    const made = createDockerfileEditor(host.current, {
      text: bench.text.peek(),
      label: say.editor,
      change: (text) => (bench.text.value = text),
    });
    editor.current = made;
    const stop = bench.text.subscribe((text) => made.setText(text));
    return () => {
      stop();
      made.close();
    };
  }, [bench, say.editor]);
  const shown = JSON.stringify(marks);
  useEffect(() => editor.current?.mark(marks), [shown]);
  return (
    <>
      <div ref={host} class="text-host dockerfile-host" />
      {marks.length > 0 && (
        <ul class="line-marks" aria-label={say.problems}>
          {marks.map(({ kind, start, message }, index) => (
            <li key={index} data-kind={kind}>
              <Icon name="warn" />
              <span class="offscreen">{say[kind]}</span>
              {start > 0 && (
                <button type="button" class="link" onClick={() => editor.current?.goTo(start)}>
                  {say.line(start)}
                </button>
              )}
              <span>{visibleText(message)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function marksOf(outline: DockerfileOutline | undefined, bench: BuildBench): readonly LineMark[] {
  const { warnings, trouble } = bench.run.value;
  const marks: LineMark[] = [];
  if (outline?.error !== undefined) {
    const [at = { start: 0, end: 0 }] = errorLines(outline.error);
    marks.push({ kind: "error", ...at, message: outline.error.message });
  } else if (trouble !== undefined) {
    for (const at of troubleLines(trouble)) marks.push({ kind: "error", ...at, message: trouble.message });
  }
  const said = new Set<string>();
  for (const { rule, message, line = 0 } of [...(outline?.warnings ?? []), ...warnings]) {
    const text = `${rule}: ${message}`;
    if (said.has(`${line} ${text}`)) continue;
    said.add(`${line} ${text}`);
    marks.push({ kind: "warning", start: line, end: line, message: text });
  }
  return marks;
}

/** The lines that a failure names. */
function troubleLines({ detail }: Trouble): readonly { readonly start: number; readonly end: number }[] {
  const lines = detail?.["lines"];
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((pair) => {
    const [start, end] = Array.isArray(pair) ? pair : [];
    return typeof start === "number" && typeof end === "number" ? [{ start, end }] : [];
  });
}
