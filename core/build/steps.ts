import type { Instruction } from "../dockerfile/mod.ts";
import type { BuildStep } from "./options.ts";
import type { PlannedStage } from "./plan.ts";

/** The instructions that `docker build` counts as steps, FROM aside. */
const COUNTED: ReadonlySet<string> = new Set(["run", "copy", "add", "workdir"]);

/** A stage with all its instructions, those of ONBUILD included. */
export interface StageWork extends PlannedStage {
  readonly instructions: readonly Instruction[];
}

/** The step that an instruction is: `[stage 2/4] COPY a b`; FROM is the first of each stage. */
export function stepsOf(
  stages: readonly StageWork[],
  total: number,
): (instruction: Instruction) => BuildStep {
  const steps = new Map<Instruction, BuildStep>();
  let number = 0;
  for (const { index, stage, instructions } of stages) {
    const counted = instructions.filter(({ kind }) => COUNTED.has(kind));
    const name = total === 1 ? "" : `${stage.from.name ?? `stage-${index}`} `;
    const from = `[${name}1/${counted.length + 1}] FROM ${stage.from.image}`;
    steps.set(stage.from, { number: ++number, label: from });
    for (const [at, instruction] of counted.entries()) {
      const text = instruction.original.trim().replace(/^\S+/, instruction.keyword);
      const label = `[${name}${at + 2}/${counted.length + 1}] ${text}`;
      steps.set(instruction, { number: ++number, label });
    }
  }
  return (instruction) => steps.get(instruction) ?? { number: 0, label: instruction.original };
}
