import { CoreError, isCoreError } from "../error.ts";
import { dockerfileError, type LineRange, located } from "./error.ts";
import type { Instruction, Stage, Stages } from "./instruction.ts";
import { parseDockerfile } from "./parse.ts";
import { readInstruction } from "./read.ts";
import type { DockerfileNode, ParsedDockerfile } from "./syntax.ts";

/**
 * The stages of a Dockerfile.
 * @throws CoreError `dockerfile/invalid` with BuildKit's words, the place in `detail.lines`
 */
export function readStages({ nodes }: Pick<ParsedDockerfile, "nodes">): Stages {
  const globals: (Instruction & { readonly kind: "arg" })[] = [];
  const stages: { from: Stage["from"]; instructions: Instruction[] }[] = [];
  for (const node of nodes) {
    const instruction = read(node);
    if (instruction.kind === "from") stages.push({ from: instruction, instructions: [] });
    else if (stages.length > 0) stages.at(-1)!.instructions.push(instruction);
    else if (instruction.kind === "arg") globals.push(instruction);
    else
      located(node.lines, () => {
        throw dockerfileError("no build stage in current context");
      });
  }
  return { globals, stages };
}

/** Like {@link readInstruction}, and says where. */
function read(node: DockerfileNode): Instruction {
  return located(node.lines, () => {
    try {
      return readInstruction(node);
    } catch (error) {
      if (!isCoreError(error, "dockerfile/invalid")) throw error;
      throw new CoreError(
        error.code,
        `dockerfile parse error on line ${node.lines.start}: ${error.message}`,
        error.detail,
      );
    }
  });
}

/**
 * The instruction that an ONBUILD of an image has kept, as if it stood at `at`.
 * @throws CoreError `dockerfile/invalid`
 */
export function readTrigger(trigger: string, at: LineRange): Instruction {
  const node = located(at, () => parseDockerfile(trigger).nodes);
  if (node.length !== 1) throw dockerfileError("onbuild trigger should be a single expression", at);
  const [first] = node;
  return located(at, () => readInstruction({ ...first!, lines: at }));
}
