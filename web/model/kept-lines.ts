import type { PruneRequest, RemoveRequest } from "./images.ts";
import type { Tab } from "./route.ts";
import { shellWord, type Tool } from "./shell-line.ts";

/** One line for a shell. */
export interface ShellLine {
  readonly tool: Tool | "tar";
  readonly line: string;
}

const words = (refs: readonly string[]): string => refs.map(shellWord).join(" ");

/** What shows the same of an image that an engine has, by the tab in sight. */
export function keptImageLines(ref: string, tab: Tab): readonly ShellLine[] {
  const name = shellWord(ref);
  switch (tab) {
    case "files":
      return [{ tool: "docker", line: `docker export "$(docker create ${name} /)" | tar -tv` }];
    case "layers":
      return [{ tool: "docker", line: `docker history --no-trunc ${name}` }];
    case "space":
      return [{ tool: "docker", line: "docker system df -v" }];
    default:
      return [{ tool: "docker", line: `docker image inspect ${name}` }];
  }
}

/** `docker images`, with what is filtered for. */
export function imagesLine(filter: string): ShellLine {
  const term = filter.trim();
  const reference = term === "" || /\s/u.test(term) ? "" : ` --filter ${shellWord(`reference=*${term}*`)}`;
  return { tool: "docker", line: `docker images${reference}` };
}

/** `docker save` into `file`. */
export function saveLine(refs: readonly string[], file: string, platforms: string): ShellLine {
  const platform = platforms === "all" ? "" : ` --platform ${shellWord(platforms)}`;
  return { tool: "docker", line: `docker save${platform} -o ${shellWord(file)} ${words(refs)}` };
}

/** `docker rmi`. */
export function removeLine({ refs, force = false }: RemoveRequest): ShellLine {
  return { tool: "docker", line: `docker rmi ${force ? "-f " : ""}${words(refs)}` };
}

/** `docker tag`. */
export function tagLine(source: string, target: string): ShellLine {
  return { tool: "docker", line: `docker tag ${words([source, target])}` };
}

/** `docker image prune`, which asks no questions. */
export function pruneLine({ all = false, filters = [] }: PruneRequest): ShellLine {
  const given = filters.map((filter) => ` --filter ${shellWord(filter)}`).join("");
  return { tool: "docker", line: `docker image prune -f${all ? " -a" : ""}${given}` };
}
