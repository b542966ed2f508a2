import type { ShellLine } from "./kept-lines.ts";
import type { BuildRequest, ImageEdit, NamedChange, SettingsEdit } from "./making.ts";
import { shellWord } from "./shell-line.ts";

const word = shellWord;
const flag = (name: string, values: readonly string[]): string =>
  values.map((value) => ` ${name} ${word(value)}`).join("");
const set = (change: NamedChange | undefined): readonly string[] =>
  (change?.set ?? []).map(([name, value]) => `${name}=${value}`);

/** What does the same edits with tools that work on registries and layouts; only those of which a tool can all. */
export function editLines(
  ref: string,
  { edits, name }: { readonly edits: readonly ImageEdit[]; readonly name: string },
): readonly ShellLine[] {
  if (edits.length === 0 || ref.startsWith("sha256:")) return [];
  const to = name === "" ? ref : name;
  return [
    ...lineOf("crane", craneEdit(ref, edits, to)),
    ...lineOf("regctl", regctlEdit(ref, edits, to)),
    ...lineOf("umoci", umociEdit(ref, edits, to)),
  ];
}

function lineOf(tool: ShellLine["tool"], line: string | undefined): readonly ShellLine[] {
  return line === undefined ? [] : [{ tool, line }];
}

function craneEdit(ref: string, edits: readonly ImageEdit[], to: string): string | undefined {
  const [only] = edits;
  const target = `-t ${word(to)}`;
  if (edits.length === 1 && only?.kind === "squash" && only.from === undefined)
    return `crane flatten ${target} ${word(ref)}`;
  if (edits.length === 1 && only?.kind === "rebase")
    return `crane rebase ${word(ref)} --old_base ${word(only.from)} --new_base ${word(only.to)} ${target}`;
  const flags = edits.map((edit) => {
    switch (edit.kind) {
      case "settings":
        return craneSettings(edit.change);
      case "annotations":
        return edit.change.unset === undefined ? flag("--annotation", set(edit.change)) : undefined;
      case "append":
        return flag("--append", [tarName(edit.tar)]);
      default:
        return undefined;
    }
  });
  if (flags.includes(undefined)) return undefined;
  return `crane mutate${flags.join("")} ${target} ${word(ref)}`;
}

const tarName = (tar: Blob): string => (tar instanceof File ? tar.name : "layer.tar");

/** crane sets, and takes nothing away. */
function craneSettings(change: SettingsEdit): string | undefined {
  const { env, labels, cmd, entrypoint, user, workingDir, ports, platform, ...other } = change;
  const removes = [env?.unset, labels?.unset, ports?.remove].some((list) => list !== undefined);
  const takes = [cmd, entrypoint, user, workingDir].includes(null);
  if (removes || takes || Object.keys(other).length > 0) return undefined;
  return (
    flag("--env", set(env)) +
    flag("--label", set(labels)) +
    (entrypoint ? flag("--entrypoint", [entrypoint.join(",")]) : "") +
    (cmd ? flag("--cmd", [cmd.join(",")]) : "") +
    (user ? flag("--user", [user]) : "") +
    (workingDir ? flag("--workdir", [workingDir]) : "") +
    (ports?.add ? flag("--exposed-ports", [ports.add.join(",")]) : "") +
    (platform ? flag("--set-platform", [platform]) : "")
  );
}

function regctlEdit(ref: string, edits: readonly ImageEdit[], to: string): string | undefined {
  const flags = edits.map((edit) => {
    switch (edit.kind) {
      case "settings":
        return regctlSettings(edit.change);
      case "annotations":
        return flag("--annotation", [...set(edit.change), ...(edit.change.unset ?? []).map((n) => `${n}=`)]);
      case "append":
        return flag("--layer-add", [`tar=${tarName(edit.tar)}`]);
      case "remove-layer":
        return ` --layer-rm-index ${edit.layer}`;
      case "strip":
        return edit.paths.some((path) => /[*?]/u.test(path))
          ? undefined
          : flag("--layer-strip-file", edit.paths);
      case "rebase":
        return flag("--rebase-ref", [`${edit.from},${edit.to}`]);
      case "media-types":
        return ` --to-${edit.family}`;
      default:
        return undefined;
    }
  });
  if (flags.includes(undefined)) return undefined;
  const target = to === ref ? "--replace" : `--create ${word(to)}`;
  return `regctl image mod ${word(ref)}${flags.join("")} ${target}`;
}

function regctlSettings(change: SettingsEdit): string | undefined {
  const { env, labels, cmd, entrypoint, ports, volumes, platform, ...other } = change;
  if (Object.keys(other).length > 0 || cmd === null || entrypoint === null) return undefined;
  const named = (list: NamedChange | undefined) => [...set(list), ...(list?.unset ?? []).map((n) => `${n}=`)];
  return (
    flag("--env", named(env)) +
    flag("--label", named(labels)) +
    (entrypoint ? flag("--config-entrypoint", [JSON.stringify(entrypoint)]) : "") +
    (cmd ? flag("--config-cmd", [JSON.stringify(cmd)]) : "") +
    flag("--expose-add", ports?.add ?? []) +
    flag("--expose-rm", ports?.remove ?? []) +
    flag("--volume-add", volumes?.add ?? []) +
    flag("--volume-rm", volumes?.remove ?? []) +
    (platform ? flag("--config-platform", [platform]) : "")
  );
}

/** umoci works on a layout beside it, and sets settings one by one. */
function umociEdit(ref: string, edits: readonly ImageEdit[], to: string): string | undefined {
  const [only] = edits;
  if (edits.length !== 1 || only?.kind !== "settings") return undefined;
  const { env, labels, cmd, entrypoint, user, workingDir, ports, volumes, author, stopSignal, ...other } =
    only.change;
  const removes = [env?.unset, labels?.unset, ports?.remove, volumes?.remove].some((l) => l !== undefined);
  const takes = [cmd, entrypoint, user, workingDir, author, stopSignal].includes(null);
  if (removes || takes || Object.keys(other).length > 0) return undefined;
  const flags =
    flag("--config.env", set(env)) +
    flag("--config.label", set(labels)) +
    flag("--config.entrypoint", entrypoint ?? []) +
    flag("--config.cmd", cmd ?? []) +
    (user ? flag("--config.user", [user]) : "") +
    (workingDir ? flag("--config.workingdir", [workingDir]) : "") +
    flag("--config.exposedports", ports?.add ?? []) +
    flag("--config.volume", volumes?.add ?? []) +
    (stopSignal ? flag("--config.stopsignal", [stopSignal]) : "") +
    (author ? flag("--author", [author]) : "");
  const tag = to.slice(to.lastIndexOf(":") + 1);
  const from = ref.slice(ref.lastIndexOf(":") + 1);
  return `umoci config --image layout:${word(from)}${tag === from ? "" : ` --tag ${word(tag)}`}${flags}`;
}

/** `docker build`, of a folder or of a tar. */
export function buildLines(
  { tags, args = [], labels = [], target, platform, noCache, file }: Omit<BuildRequest, "context">,
  { folder, tar }: { readonly folder?: string | undefined; readonly tar?: string | undefined },
): readonly ShellLine[] {
  const pairs = (list: readonly (readonly [string, string])[]) => list.map(([n, v]) => `${n}=${v}`);
  const flags =
    flag("-t", tags) +
    flag(
      "-f",
      file === undefined || file === "Dockerfile" || tar !== undefined
        ? []
        : [folder ? `${folder}/${file}` : file],
    ) +
    flag("--build-arg", pairs(args)) +
    flag("--label", pairs(labels)) +
    flag("--target", target === undefined ? [] : [target]) +
    flag("--platform", platform === undefined ? [] : [platform]) +
    (noCache === true ? " --no-cache" : "");
  const context = tar === undefined ? word(folder ?? ".") : `- < ${word(tar)}`;
  return [{ tool: "docker", line: `docker build${flags} ${context}` }];
}

/** `docker import`. */
export function importLines(
  source: string,
  options: {
    readonly name: string;
    readonly message: string;
    readonly changes: readonly string[];
    readonly platform: string;
  },
): readonly ShellLine[] {
  const { name, message, changes, platform } = options;
  const flags =
    flag("-m", message === "" ? [] : [message]) +
    flag("-c", changes) +
    flag("--platform", platform === "" ? [] : [platform]);
  return [
    {
      tool: "docker",
      line: `docker import${flags} ${word(source === "" ? "rootfs.tar" : source)}${name === "" ? "" : ` ${word(name)}`}`,
    },
  ];
}

/** What writes the merged file system of an image to a tar. */
export function exportFilesLines(ref: string, file: string): readonly ShellLine[] {
  const named = !ref.startsWith("sha256:");
  return [
    { tool: "docker", line: `docker export -o ${word(file)} "$(docker create ${word(ref)} /)"` },
    ...(named ? [{ tool: "crane" as const, line: `crane export ${word(ref)} ${word(file)}` }] : []),
  ];
}

/** What makes one image for several platforms. */
export function indexLines(
  refs: readonly string[],
  { name, platforms }: { readonly name: string; readonly platforms: readonly string[] | undefined },
): readonly ShellLine[] {
  const [ref = ""] = refs;
  if (name === "" || refs.some((one) => one.startsWith("sha256:"))) return [];
  const target = word(name);
  if (refs.length === 1) {
    if (platforms === undefined) return [];
    return [
      { tool: "crane", line: `crane index filter ${word(ref)}${flag("--platform", platforms)} -t ${target}` },
      {
        tool: "regctl",
        line: `regctl index create ${target} --ref ${word(ref)}${flag("--platform", platforms)}`,
      },
    ];
  }
  return [
    { tool: "crane", line: `crane index append${flag("-m", refs)} -t ${target}` },
    { tool: "regctl", line: `regctl index create ${target}${flag("--ref", refs)}` },
    { tool: "docker", line: `docker buildx imagetools create -t ${target} ${refs.map(word).join(" ")}` },
  ];
}
