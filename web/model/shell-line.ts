import type { ArchiveView, ImageView } from "./engine.ts";
import type { Tab } from "./route.ts";

/** A tool that does from a shell what a view shows. */
export type Tool = "docker" | "crane" | "skopeo" | "regctl" | "umoci";

/** What the foot of the page stands for. */
export interface ShellSubject {
  readonly archive: ArchiveView;
  readonly image: ImageView | undefined;
  readonly tab: Tab;
  /** Member of the layer whose files are shown, when one is. */
  readonly member?: string | undefined;
}

/** `text` as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/u.test(text) && !text.startsWith("-")
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}

function fileWord(name: string): string {
  return shellWord(name.startsWith("-") ? `./${name}` : name);
}

function dockerLine(subject: ShellSubject, file: string, reference: string): string {
  const load = `docker load -i ${file}`;
  const name = shellWord(reference);
  switch (subject.tab) {
    case "files":
      return `${load} && docker export "$(docker create ${name} /)" | tar -tv`;
    case "layers":
      return `${load} && docker history --no-trunc ${name}`;
    case "space":
      return `${load} && docker system df -v`;
    default:
      return `${load} && docker inspect ${name}`;
  }
}

function isLayout(archive: ArchiveView): boolean {
  return archive.kind === "oci-layout";
}

function craneLine(subject: ShellSubject, file: string): string | undefined {
  // crane reads docker-save archives only (its issue 726).
  if (subject.archive.kind !== "docker-save") return undefined;
  switch (subject.tab) {
    case "files":
      return `crane export - - < ${file} | tar -tv`;
    case "layers":
    case "space":
      return `crane validate --tarball ${file}`;
    default:
      return undefined;
  }
}

function skopeoLine(subject: ShellSubject, file: string, reference: string): string | undefined {
  const transport = isLayout(subject.archive) ? "oci-archive" : "docker-archive";
  const tag =
    subject.archive.images.length > 1 && !isLayout(subject.archive) ? `:${shellWord(reference)}` : "";
  switch (subject.tab) {
    case "files":
    case "space":
      return `skopeo copy ${transport}:${file}${tag} dir:out`;
    case "layers":
      return `skopeo inspect ${transport}:${file}${tag}`;
    case "config":
      return `skopeo inspect --config ${transport}:${file}${tag}`;
    default:
      return `skopeo inspect --raw ${transport}:${file}${tag}`;
  }
}

/** The command lines that show the same with `tool`s a shell has, Docker's first; those that cannot are left out. */
export function shellLines(
  subject: ShellSubject,
): readonly { readonly tool: Tool | "tar"; readonly line: string }[] {
  const file = fileWord(subject.archive.name);
  const { kind } = subject.archive;
  if (kind === "rootfs" || kind === "layer") {
    const lines = [{ tool: "tar" as const, line: `tar -tvf ${file}` }];
    return kind === "layer" ? lines : [...lines, { tool: "docker" as const, line: `docker import ${file}` }];
  }
  if (kind === "skopeo-dir") return [{ tool: "tar", line: `tar -tvf ${file}` }];
  const reference = subject.image?.tags[0] ?? subject.image?.id ?? "";
  const crane = craneLine(subject, file);
  const skopeo = skopeoLine(subject, file, reference);
  return [
    { tool: "docker", line: dockerLine(subject, file, reference) },
    ...(crane === undefined ? [] : [{ tool: "crane" as const, line: crane }]),
    ...(skopeo === undefined ? [] : [{ tool: "skopeo" as const, line: skopeo }]),
  ];
}
