import {
  type DockerfileWarning,
  goQuote,
  type Instruction,
  type ParsedDockerfile,
  type Stages,
} from "../dockerfile/mod.ts";
import { namesHost } from "../image/mod.ts";
import type { OnWarning } from "./scope.ts";

/** Reports instructions that are out of date: the one thing that BuildKit reports of a Dockerfile that it then refuses. */
export function lintDeprecated({ nodes }: ParsedDockerfile, onWarning: OnWarning): void {
  const message = "Maintainer instruction is deprecated in favor of using label";
  for (const { keyword, lines } of nodes) {
    if (keyword.toLowerCase() !== "maintainer") continue;
    onWarning({ rule: "MaintainerDeprecated", message, line: lines.start });
  }
}

/**
 * Reports what BuildKit's checks find in how a Dockerfile is written; what depends on variables is reported by the build.
 * @see https://docs.docker.com/reference/build-checks/
 */
export function lintCasing({ nodes }: ParsedDockerfile, onWarning: OnWarning): void {
  const lower = nodes.filter(({ keyword }) => keyword === keyword.toLowerCase()).length;
  const upper = nodes.filter(({ keyword }) => keyword === keyword.toUpperCase()).length;
  const majority = lower > upper ? "lowercase" : "uppercase";
  for (const { keyword, lines } of nodes) {
    if (keyword !== (lower > upper ? keyword.toLowerCase() : keyword.toUpperCase())) {
      onWarning({
        rule: "ConsistentInstructionCasing",
        message: `Command '${keyword}' should match the case of the command majority (${majority})`,
        line: lines.start,
      });
    }
  }
}

/** Reports what is doubtful in stages: their names, and instructions that undo each other. */
export function lintStages({ stages, globals }: Stages, onWarning: OnWarning): void {
  const names = new Set<string>();
  for (const instruction of globals) lintInstruction(instruction, { shellSet: false, onWarning });
  for (const { from, instructions } of stages) {
    lintFrom(from, names, onWarning);
    let shellSet = false;
    const last = new Map<string, Instruction>();
    for (const instruction of instructions) {
      shellSet ||= instruction.kind === "shell";
      lintInstruction(instruction, { shellSet, onWarning });
      if (!["cmd", "entrypoint", "healthcheck"].includes(instruction.kind)) continue;
      const before = last.get(instruction.kind);
      if (before !== undefined) {
        onWarning({
          rule: "MultipleInstructionsDisallowed",
          message: `Multiple ${instruction.keyword} instructions should not be used in the same stage because only the last one will be used`,
          line: before.lines.start,
        });
      }
      last.set(instruction.kind, instruction);
    }
  }
}

const RESERVED = new Set(["context", "scratch"]);

function lintFrom(from: Stages["stages"][number]["from"], names: Set<string>, onWarning: OnWarning): void {
  const { name, writtenName, platform, lines, original } = from;
  const report = (rule: string, message: string): void => onWarning({ rule, message, line: lines.start });
  if (platform === "$TARGETPLATFORM" || platform === "${TARGETPLATFORM}") {
    report(
      "RedundantTargetPlatform",
      `Setting platform to predefined ${platform} in FROM is redundant as this is the default behavior`,
    );
  }
  if (name === undefined || writtenName === undefined) return;
  if (name !== writtenName) report("StageNameCasing", `Stage name '${writtenName}' should be lowercase`);
  if (names.has(name)) {
    report(
      "DuplicateStageName",
      `Duplicate stage name ${goQuote(writtenName)}, stage names should be unique`,
    );
  }
  if (RESERVED.has(name)) {
    report(
      "ReservedStageName",
      `Stage name should not use the same name as reserved stage ${goQuote(writtenName)}`,
    );
  }
  names.add(name);
  const words = original.trim().split(/\s+/);
  const [keyword, as] = [words[0] ?? "", words.at(-2) ?? ""];
  const upper = keyword === keyword.toUpperCase();
  if ((upper ? as.toUpperCase() : as.toLowerCase()) !== as) {
    report("FromAsCasing", `'${as}' and '${keyword}' keywords' casing do not match`);
  }
}

const SECRET = /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const PUBLIC = /(?:_|^)public(?:_|$)/i;

function lintInstruction(
  instruction: Instruction,
  { shellSet, onWarning }: { readonly shellSet: boolean; readonly onWarning: OnWarning },
): void {
  const { keyword } = instruction;
  const report = (rule: string, message: string): void =>
    onWarning({ rule, message, line: instruction.lines.start });
  const secret = (name: string): void => {
    if (!SECRET.test(name) || PUBLIC.test(name)) return;
    const what = `${keyword} ${goQuote(name)}`;
    report("SecretsUsedInArgOrEnv", `Do not use ARG or ENV instructions for sensitive data (${what})`);
  };
  switch (instruction.kind) {
    case "env":
    case "label":
      if (instruction.old) {
        const forms = [`"${keyword} key=value"`, `"${keyword} key value"`] as const;
        report("LegacyKeyValueFormat", `${forms[0]} should be used instead of legacy ${forms[1]} format`);
      }
      if (instruction.kind === "env") for (const { name } of instruction.pairs) secret(name);
      return;
    case "arg":
      for (const { name } of instruction.args) secret(name);
      return;
    case "cmd":
    case "entrypoint":
      if (!instruction.command.json && !shellSet) {
        report(
          "JSONArgsRecommended",
          `JSON arguments recommended for ${keyword} to prevent unintended behavior related to OS signals`,
        );
      }
      return;
    case "expose":
      for (const port of instruction.values) {
        const protocol = port.slice(port.lastIndexOf("/") + 1);
        if (port.includes("/") && protocol !== protocol.toLowerCase()) {
          report("ExposeProtoCasing", `Defined protocol '${port}' in EXPOSE instruction should be lowercase`);
        }
        if (namesHost(port) && !port.includes("$")) {
          report(
            "ExposeInvalidFormat",
            `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`,
          );
        }
      }
      return;
    default:
  }
}

/** What `check=` at the top of a Dockerfile says. */
export interface CheckRules {
  readonly skip: (rule: string) => boolean;
  /** Warnings make the build fail. */
  readonly fail: boolean;
}

/** The rules in the text of a check directive: `skip=Rule,Other;error=true`. */
export function parseCheck(text = ""): CheckRules {
  const options = new Map(
    text.split(";").map((option) => {
      const equals = option.indexOf("=");
      return [option.slice(0, equals).trim().toLowerCase(), option.slice(equals + 1).trim()] as const;
    }),
  );
  const skipped = (options.get("skip") ?? "").split(",").map((name) => name.trim().toLowerCase());
  return {
    skip: (rule) => skipped.includes("all") || skipped.includes(rule.toLowerCase()),
    fail: options.get("error")?.toLowerCase() === "true",
  };
}

/** A warning as `docker build` prints it. */
export const formatWarning = ({ rule, message, line }: DockerfileWarning): string =>
  `${rule}: ${message} (line ${line})`;
