import {
  type BuildContext,
  type BuildEvent,
  type BuildOptions,
  buildImage,
  buildPlatforms,
  contextFromTar,
  contextOf,
  formatWarning,
} from "../build/mod.ts";
import { sniffCompression } from "../compression/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { type DockerfileWarning, formatBuildError } from "../dockerfile/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { formatCanonical, type Platform, type Reference } from "../oci/mod.ts";
import { pullFailure, pullImage } from "../registry/mod.ts";
import type { CommandContext, Output } from "./context.ts";
import { failed } from "./failure.ts";
import { fetchFile } from "./fetching.ts";
import type { OpenFile } from "./files.ts";
import { filesOf } from "./host-files.ts";
import { localMembers } from "./local-members.ts";
import { registryOf } from "./pulling.ts";

/** Where a build takes its files from, opened. */
export interface BuildGround {
  readonly context: BuildContext;
  /** The Dockerfile, where it does not lie in the context. */
  readonly dockerfile?: string | undefined;
  /** What it is called. */
  readonly file?: string | undefined;
  close(): Promise<void>;
}

/**
 * Opens what `docker build` was given: a folder, a tar by its URL, or standard input with a tar or a Dockerfile; and the Dockerfile of `-f`.
 * @throws CoreError `command/failed` with Docker's words.
 */
export async function openGround(
  context: CommandContext,
  { path, file }: { readonly path: string; readonly file: string | undefined },
): Promise<BuildGround> {
  if (path === "-") return inputGround(context, file);
  if (/^(?:https?:\/\/.*\.git(?:#|$)|git@|git:\/\/|ssh:\/\/|github\.com\/)/.test(path))
    throw failed(
      "ERROR: failed to build: a repository of git cannot be fetched here: clone it, and build its folder",
    );
  if (/^https?:\/\//.test(path)) return archiveGround(context, await fetchFile(context, path), file);
  const files = filesOf(context);
  const found = await files.stat(path, { follow: true });
  if (found === undefined)
    throw failed(`ERROR: failed to build: unable to prepare context: path ${JSON.stringify(path)} not found`);
  if (found.type !== "dir")
    throw failed(
      `ERROR: failed to build: unable to prepare context: path ${JSON.stringify(path)} must be a directory`,
    );
  const members = await localMembers(files, path.replace(/(?<=.)\/+$/, ""), {
    followRoot: true,
    signal: context.signal,
  });
  const entries = members.flatMap(({ entry, content }) => {
    const { type, path: name, mode, mtime, link } = entry;
    if (name === "." || (type !== "file" && type !== "dir" && type !== "symlink")) return [];
    return [{ path: name, type, mode, mtime, link, content }];
  });
  return { context: contextOf(entries), ...(await namedFile(context, file)), close: async () => {} };
}

/** The Dockerfile of `-f`, which is looked for where the command was typed. */
async function namedFile(
  context: CommandContext,
  file: string | undefined,
): Promise<Pick<BuildGround, "dockerfile" | "file">> {
  if (file === undefined || file === "") return {};
  if (file === "-") return { dockerfile: await textOf(context, await inputFile(context)) };
  const open = await filesOf(context)
    .open(file, context)
    .catch((error: unknown) => {
      if (!isCoreError(error, "command/file")) throw error;
      throw failed(
        `ERROR: failed to build: failed to solve: failed to read dockerfile: ${error.message}`,
        {},
        error,
      );
    });
  return { dockerfile: await textOf(context, open), file: file.slice(file.lastIndexOf("/") + 1) };
}

async function textOf({ signal }: CommandContext, file: OpenFile): Promise<string> {
  try {
    signal?.throwIfAborted();
    return new TextDecoder().decode(await file.source.arrayBuffer());
  } finally {
    await file.close();
  }
}

async function inputFile(context: CommandContext): Promise<OpenFile> {
  const source = await context.stdin.source?.();
  if (source !== undefined) return { source, close: async () => {} };
  return filesOf(context).setAside(context.stdin.stream(), context);
}

const TAR_HEAD = 262;

/** Standard input is a tar, plain or compressed, or else a Dockerfile by itself. */
async function inputGround(context: CommandContext, file: string | undefined): Promise<BuildGround> {
  const input = await inputFile(context);
  const head = new Uint8Array(await input.source.slice(0, TAR_HEAD).arrayBuffer());
  const text = new TextDecoder("latin1").decode(head);
  if (sniffCompression(head) !== "none" || text.slice(257, 262) === "ustar")
    return { context: contextFromTar(input.source), file, close: () => input.close() };
  return { context: contextOf([]), dockerfile: await textOf(context, input), close: async () => {} };
}

async function archiveGround(
  context: CommandContext,
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string | undefined,
): Promise<BuildGround> {
  const open = await filesOf(context).setAside(stream, context);
  return { context: contextFromTar(open.source), file, close: () => open.close() };
}

/** What a build is to make. */
export interface BuildOrder {
  readonly ground: BuildGround;
  readonly names: readonly string[];
  readonly args: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly target: string | undefined;
  /** None: the host's. */
  readonly platforms: readonly Platform[];
  readonly noCache: boolean;
  /** Instructions that would need a kernel are left out. */
  readonly skipRun: boolean;
  /** Where it is told of, unless it is to be quiet. */
  readonly output: Output | undefined;
}

/** Builds, and tells of it as BuildKit does without a terminal. @throws CoreError `command/failed` with BuildKit's words. */
export async function build(context: CommandContext, order: BuildOrder): Promise<Digest> {
  const { store, newHasher, layers, now, signal, fetch } = context;
  const { ground, output } = order;
  const epoch = Number(context.env["SOURCE_DATE_EPOCH"] ?? Number.NaN);
  const lines: string[] = [];
  const warnings: DockerfileWarning[] = [];
  const tell = async (): Promise<void> => {
    for (const line of lines.splice(0)) await output?.write(line);
  };
  const name = ground.file ?? "Dockerfile";
  const linesOf = stepLines();
  lines.push('#0 building with "default" instance using docker driver\n\n');
  lines.push("#1 [internal] load build definition from Dockerfile\n");
  lines.push(`#1 transferring dockerfile: ${ground.dockerfile?.length ?? 2}B done\n#1 DONE 0.0s\n`);
  try {
    const options: BuildOptions = {
      store,
      newHasher,
      shelf: layers,
      now: () => now() / 1000,
      signal,
      cache: context.buildCache,
      noCache: order.noCache,
      skipRun: order.skipRun,
      context: ground.context,
      dockerfile: ground.dockerfile,
      file: ground.file,
      args: order.args,
      labels: order.labels,
      tags: order.names,
      target: order.target,
      buildPlatform: context.platform,
      ...(Number.isNaN(epoch) ? {} : { sourceDateEpoch: epoch }),
      fetch,
      pull: (reference, platform) => fetchBase(context, reference, platform),
      onWarning: (warning) => void warnings.push(warning),
      onProgress: (event) => void lines.push(...linesOf(event)),
    };
    const [platform, ...others] = order.platforms;
    const image =
      others.length === 0
        ? await buildImage({ ...options, platform })
        : (await buildPlatforms({ ...options, platforms: order.platforms })).images[0]!;
    lines.push(...warningLines(warnings));
    await tell();
    return image.record.id;
  } catch (error) {
    signal?.throwIfAborted();
    lines.push(...warningLines(warnings));
    await tell();
    if (!isCoreError(error) || error.code.startsWith("command/")) throw error;
    const text = ground.dockerfile ?? (await definition(ground, name));
    throw failed(formatBuildError(error, text, { name }).trimEnd(), {}, error);
  }
}

async function definition({ context }: BuildGround, name: string): Promise<string> {
  for await (const entry of context.entries())
    if (entry.path === name && entry.content !== undefined)
      return new TextDecoder().decode(await entry.content.arrayBuffer());
  return "";
}

async function fetchBase(context: CommandContext, reference: Reference, platform: Platform): Promise<void> {
  const { store, newHasher, layers, signal } = context;
  try {
    await pullImage(registryOf(context), store, { reference, platform, newHasher, scans: layers, signal });
  } catch (error) {
    signal?.throwIfAborted();
    const name = formatCanonical(reference);
    throw new CoreError(
      "build/failed",
      `${name}: failed to resolve source metadata for ${name}: ${pullFailure(error, reference, context.dial)}`,
      {},
      { cause: error },
    );
  }
}

/** The lines of steps, numbered after what BuildKit does for itself. */
function stepLines(): (event: BuildEvent) => string[] {
  let last = 1;
  return (event) => {
    if (event.kind === "written") {
      const number = last + 1;
      return [
        `\n#${number} exporting to image\n`,
        `#${number} writing image ${event.id} done\n`,
        ...event.names.map((name) => `#${number} naming to ${name} done\n`),
        `#${number} DONE 0.0s\n`,
      ];
    }
    const number = event.step.number + 1;
    last = Math.max(last, number);
    if (event.kind === "begin") return [`\n#${number} ${event.step.label}\n`];
    if (event.kind === "done") return [event.cached ? `#${number} CACHED\n` : `#${number} DONE 0.0s\n`];
    return [];
  };
}

function warningLines(warnings: readonly DockerfileWarning[]): string[] {
  if (warnings.length === 0) return [];
  const count = `${warnings.length} warning${warnings.length === 1 ? "" : "s"}`;
  return [
    `\n ${count} found (use docker --debug to expand):\n`,
    ...warnings.map((warning) => ` - ${formatWarning(warning)}\n`),
  ];
}
