import type { ShellLine } from "./kept-lines.ts";
import type { PullRequest } from "./registries.ts";
import { shellWord } from "./shell-line.ts";

const remote = (ref: string): string => shellWord(`docker://${ref}`);

/** `linux/arm64/v8` in skopeo's three options. */
function skopeoPlatform(platform: string | undefined): string {
  if (platform === undefined) return "";
  const [os = "", architecture, variant] = platform.split("/");
  return [
    ` --override-os ${shellWord(os)}`,
    architecture === undefined ? "" : ` --override-arch ${shellWord(architecture)}`,
    variant === undefined ? "" : ` --override-variant ${shellWord(variant)}`,
  ].join("");
}

/** What pulls the same from a shell. */
export function pullLines(request: PullRequest, repository: string): readonly ShellLine[] {
  const { reference, platform, allPlatforms = false, allTags = false } = request;
  const option = platform === undefined ? "" : ` --platform ${shellWord(platform)}`;
  const name = shellWord(reference);
  if (allTags) {
    return [
      { tool: "docker", line: `docker pull --all-tags${option} ${shellWord(repository)}` },
      { tool: "skopeo", line: `skopeo sync --src docker --dest dir ${shellWord(repository)} out` },
    ];
  }
  const file = shellWord(`${reference.replaceAll(/[^\w.-]+/gu, "-")}.tar`);
  if (allPlatforms) {
    // The engine itself pulls one platform at a time.
    return [
      { tool: "crane", line: `crane pull --format oci ${name} out` },
      { tool: "skopeo", line: `skopeo copy --all ${remote(reference)} oci:out` },
    ];
  }
  return [
    { tool: "docker", line: `docker pull${option} ${name}` },
    { tool: "crane", line: `crane pull${option} ${name} ${file}` },
    {
      tool: "skopeo",
      line: `skopeo${skopeoPlatform(platform)} copy ${remote(reference)} docker-archive:${file}`,
    },
  ];
}

/** What lists the tags of a repository. */
export function tagsLines(repository: string): readonly ShellLine[] {
  return [
    { tool: "crane", line: `crane ls ${shellWord(repository)}` },
    { tool: "skopeo", line: `skopeo list-tags ${remote(repository)}` },
  ];
}

/** What shows an image in a registry without pulling it. */
export function lookLines(reference: string, platform?: string): readonly ShellLine[] {
  const option = platform === undefined ? "" : ` --platform ${shellWord(platform)}`;
  return [
    { tool: "docker", line: `docker manifest inspect ${shellWord(reference)}` },
    { tool: "crane", line: `crane config${option} ${shellWord(reference)}` },
    { tool: "skopeo", line: `skopeo${skopeoPlatform(platform)} inspect ${remote(reference)}` },
  ];
}

/** What pushes an image; with another name it has to be given that first. */
export function pushLines(source: string, target: string): readonly ShellLine[] {
  const [from, to] = [shellWord(source), shellWord(target)];
  const tagging = source === target ? "" : `docker tag ${from} ${to} && `;
  return [
    { tool: "docker", line: `${tagging}docker push ${to}` },
    { tool: "crane", line: `docker save ${from} -o image.tar && crane push image.tar ${to}` },
    { tool: "skopeo", line: `skopeo copy ${shellWord(`docker-daemon:${source}`)} ${remote(target)}` },
  ];
}

/** What logs in; the password is asked for, so that it stands in no history. */
export function loginLines(registry: string, username: string): readonly ShellLine[] {
  const server = registry === "docker.io" ? "" : ` ${shellWord(registry)}`;
  const user = username === "" ? "" : ` -u ${shellWord(username)}`;
  return [
    { tool: "docker", line: `docker login${user}${server}` },
    {
      tool: "crane",
      line: `crane auth login${user} --password-stdin ${shellWord(registry === "docker.io" ? "index.docker.io" : registry)}`,
    },
    { tool: "skopeo", line: `skopeo login${user} ${shellWord(registry)}` },
  ];
}
