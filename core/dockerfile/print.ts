import type { DockerfileNode, ParsedDockerfile } from "./syntax.ts";

/**
 * A Dockerfile that is parsed to the same instructions: one a line, heredocs below them. Comments and the way lines were broken are not
 * kept.
 */
export function printDockerfile({
  directives,
  nodes,
}: Pick<ParsedDockerfile, "directives" | "nodes">): string {
  const { syntax, escape, check } = directives;
  const head = [
    ...(syntax === undefined ? [] : [`# syntax=${syntax}\n`]),
    ...(escape === "\\" ? [] : [`# escape=${escape}\n`]),
    ...(check === undefined ? [] : [`# check=${check}\n`]),
  ];
  return [...head, ...nodes.map(printNode)].join("");
}

function printNode({ original, heredocs }: DockerfileNode): string {
  return `${original}\n${heredocs.map(({ content, name }) => `${content}${name}\n`).join("")}`;
}
