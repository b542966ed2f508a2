import type { SaveLayout } from "../../core/archive/mod.ts";
import type { PruneRequest, RemoveRequest } from "./images.ts";
import type { Tab } from "./route.ts";
import { shellWord, type Tool } from "./shell-line.ts";

/** One line for a shell. */
export interface ShellLine {
  readonly tool: Tool | "tar";
  readonly line: string;
}

const words = (refs: readonly string[]): string => refs.map(shellWord).join(" ");

/** Whether a tool that knows only registries can find it: an ID means nothing there. */
const isNamed = (ref: string): boolean => !ref.startsWith("sha256:");

/** The same with tools that ask a registry, or Docker's engine. */
function twins(ref: string, crane: string, skopeo: string): readonly ShellLine[] {
  if (!isNamed(ref)) return [];
  return [
    { tool: "crane", line: crane },
    { tool: "skopeo", line: skopeo },
  ];
}

/** What shows the same of an image that an engine has, by the tab in sight. */
export function keptImageLines(ref: string, tab: Tab): readonly ShellLine[] {
  const name = shellWord(ref);
  const daemon = shellWord(`docker-daemon:${ref}`);
  const docker = (line: string): ShellLine => ({ tool: "docker", line });
  switch (tab) {
    case "files":
      return [
        docker(`docker export "$(docker create ${name} /)" | tar -tv`),
        ...twins(ref, `crane export ${name} - | tar -tv`, `skopeo copy ${daemon} dir:out`),
      ];
    case "layers":
      return [
        docker(`docker history --no-trunc ${name}`),
        ...twins(ref, `crane config ${name} | jq .history`, `skopeo inspect --config ${daemon}`),
      ];
    case "space":
      return [
        docker("docker system df -v"),
        ...twins(ref, `crane manifest ${name} | jq '.layers[].size'`, `skopeo inspect ${daemon}`),
      ];
    case "raw":
      return [
        docker(`docker image inspect ${name}`),
        ...twins(ref, `crane manifest ${name}`, `skopeo inspect --raw ${daemon}`),
      ];
    default:
      return [
        docker(`docker image inspect ${name}`),
        ...twins(ref, `crane config ${name}`, `skopeo inspect --config ${daemon}`),
      ];
  }
}

/** `docker images`, with what is filtered for. */
export function imagesLine(filter: string): ShellLine {
  const term = filter.trim();
  const reference = term === "" || /\s/u.test(term) ? "" : ` --filter ${shellWord(`reference=*${term}*`)}`;
  return { tool: "docker", line: `docker images${reference}` };
}

/** What saves images into `file`: `docker save`, or what writes an OCI layout, which that does not. */
export function saveLines(
  refs: readonly string[],
  file: string,
  { layout, platforms }: { readonly layout: SaveLayout; readonly platforms: string },
): readonly ShellLine[] {
  const platform = platforms === "all" ? "" : ` --platform ${shellWord(platforms)}`;
  const target = shellWord(file);
  const [ref = ""] = refs;
  const known = refs.every(isNamed);
  const skopeo = (kind: string): readonly ShellLine[] =>
    refs.length === 1 && known
      ? [
          {
            tool: "skopeo",
            line: `skopeo copy ${shellWord(`docker-daemon:${ref}`)} ${shellWord(`${kind}:${file}:${ref}`)}`,
          },
        ]
      : [];
  if (layout === "oci") return skopeo("oci-archive");
  if (layout !== "docker") return [];
  return [
    { tool: "docker", line: `docker save${platform} -o ${target} ${words(refs)}` },
    ...(known ? [{ tool: "crane" as const, line: `crane pull${platform} ${words(refs)} ${target}` }] : []),
    ...skopeo("docker-archive"),
  ];
}

/** `docker save` of everything that has a name. */
export function exportLine(file: string): ShellLine {
  const all = "$(docker images --format '{{.Repository}}:{{.Tag}}')";
  return { tool: "docker", line: `docker save -o ${shellWord(file)} ${all}` };
}

/** `docker rmi`. */
export function removeLine({ refs, force = false }: RemoveRequest): ShellLine {
  return { tool: "docker", line: `docker rmi ${force ? "-f " : ""}${words(refs)}` };
}

/** `docker tag`; in a registry it is a copy. */
export function tagLines(source: string, target: string): readonly ShellLine[] {
  const named = isNamed(source) && !/^[0-9a-f]{12,64}$/u.test(source);
  return [
    { tool: "docker", line: `docker tag ${words([source, target])}` },
    ...(named ? [{ tool: "crane" as const, line: `crane copy ${words([source, target])}` }] : []),
    ...(named
      ? [
          {
            tool: "skopeo" as const,
            line: `skopeo copy ${words([`docker-daemon:${source}`, `docker-daemon:${target}`])}`,
          },
        ]
      : []),
  ];
}

/** `docker image prune`, which asks no questions. */
export function pruneLine({ all = false, filters = [] }: PruneRequest): ShellLine {
  const given = filters.map((filter) => ` --filter ${shellWord(filter)}`).join("");
  return { tool: "docker", line: `docker image prune -f${all ? " -a" : ""}${given}` };
}
