import type { ShellLine } from "./kept-lines.ts";

/** Verbs that take something away: their lines wait for Enter. */
const REMOVING = /\b(?:rmi?|prune|remove)\b/u;

/** Plugins of Docker's, which the console does not have. */
const PLUGINS = /^docker (?:buildx|manifest)\b/u;

/** How a line of the page can go to its console: at once, or only to the prompt; `undefined` for lines of other tools. */
export function consoleOffer({ tool, line }: ShellLine): "run" | "put" | undefined {
  if (tool !== "docker" && tool !== "tar") return undefined;
  if (PLUGINS.test(line)) return undefined;
  return REMOVING.test(line) ? "put" : "run";
}
