import { useEffect, useRef } from "preact/hooks";
import { visibleText } from "../../model/name.ts";
import { useLanguage } from "../desk.ts";
import { TroubleNote } from "../part/trouble-note.tsx";
import type { BuildBench, ShownStep } from "./build-bench.ts";

/** How the build goes: its steps, and what became of it. */
export function BuildRunView({ bench }: { readonly bench: BuildBench }) {
  const { words } = useLanguage();
  const say = words.make.build;
  const { phase, steps, pulling, trouble } = bench.run.value;
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (phase === "failed") alert.current?.scrollIntoView({ block: "nearest" });
  }, [phase]);
  if (phase === "idle") return null;
  return (
    <section class="build-run" aria-label={say.steps}>
      {pulling !== undefined && (
        <p class="in-motion" role="status">
          {say.pulling(pulling)}
        </p>
      )}
      {steps.length > 0 && (
        <ol class="build-steps" aria-label={say.steps}>
          {steps.map((step) => (
            <Step key={step.number} step={step} failed={phase === "failed" || phase === "stopped"} />
          ))}
        </ol>
      )}
      {phase === "stopped" && <p role="status">{say.stopped}</p>}
      {phase === "failed" && trouble !== undefined && (
        <div role="alert" ref={alert}>
          <TroubleNote trouble={trouble} title={say.failed} advice={false}>
            {trouble.code === "build/run" && (
              <>
                <p>{say.skipRunTerm}</p>
                <button type="button" class="button" onClick={() => void bench.build({ skipRun: true })}>
                  {say.skipRun}
                </button>
              </>
            )}
          </TroubleNote>
        </div>
      )}
    </section>
  );
}

function Step({ step, failed }: { readonly step: ShownStep; readonly failed: boolean }) {
  const { words, format } = useLanguage();
  const say = words.make.build;
  const { label, state, bytes = 0, total = 0 } = step;
  const halted = failed && state === "running";
  return (
    <li data-state={halted ? "failed" : state}>
      <code title={visibleText(label)}>{visibleText(label)}</code>
      <span class="step-state">
        {halted ? words.make.build.error : say.states[state]}
        {state === "running" && !halted && total > 0 && ` · ${say.of(format, bytes, total)}`}
      </span>
      {state === "running" && !halted && (
        <progress aria-label={visibleText(label)} value={bytes} max={Math.max(1, total)} />
      )}
    </li>
  );
}
