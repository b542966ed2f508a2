import type { ArgumentRule, VerbSpec } from "./spec.ts";

/** What is said after a flag that cannot be understood, and after the wrong number of arguments. */
export function usageTail(path: string, use: string, start = "Run"): string {
  return `\n\nUsage:  ${path}${use === "" ? "" : ` ${use}`}\n\n${start} '${path} --help' for more information\n`;
}

/** What is said when the number of arguments is wrong; `undefined` when it is right. */
export function argumentFlaw(
  path: string,
  spec: Pick<VerbSpec, "args" | "use">,
  count: number,
): string | undefined {
  const { min, max } = spec.args;
  if (count >= min && (max === undefined || count <= max)) return undefined;
  const [rule, start] = ruleText(spec.args);
  return `docker: '${path}' ${rule}${usageTail(path, spec.use, start)}`;
}

/** The rule in Docker's words, and how its last line begins: with a slip of the pen for one of them. */
function ruleText({ min, max }: ArgumentRule): [rule: string, start: string] {
  if (max === 0) return ["accepts no arguments", "Run"];
  if (max === undefined) return [`requires at least ${plural(min)}`, "See"];
  if (min === max) return [`requires ${plural(min)}`, "Run"];
  if (min === 0) return [`requires at most ${plural(max)}`, "SRun"];
  return [`requires at least ${min} and at most ${plural(max)}`, "Run"];
}

const plural = (count: number): string => `${count} argument${count === 1 ? "" : "s"}`;
