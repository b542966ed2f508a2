import { type CopySource, copyIn, copyOut, openContainer, planPath } from "../container/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { encodeGoHeader, writeTar } from "../tar/mod.ts";
import { containerContext } from "./containers.ts";
import type { CommandContext } from "./context.ts";
import { extractTo } from "./extract.ts";
import { asEngine, failed, refused, wordsOf } from "./failure.ts";
import { filesOf } from "./host-files.ts";
import { localMembers } from "./local-members.ts";
import { pumpStream } from "./streams.ts";
import { formatSize } from "./units.ts";

/** One copy, as it was asked for. */
export interface CopyRequest {
  readonly container: string;
  /** In the container. */
  readonly path: string;
  /** On the host, or `-`. */
  readonly local: string;
  /** `-a` */
  readonly archive: boolean;
  /** `-L` */
  readonly followLink: boolean;
  /** `-q` */
  readonly quiet: boolean;
}

/** What the command line finds wrong with a copy is said as it stands; the rest the engine says. */
function told(error: unknown): unknown {
  if (!(error instanceof CoreError) || error.code.startsWith("command/")) return error;
  const words = wordsOf(error);
  return error.code === "container/copy" ? failed(words, {}, error) : refused(words, {}, error);
}

/** `docker cp SRC CONTAINER:DEST` @throws CoreError `command/failed` with Docker's words. */
export async function copyToContainer(context: CommandContext, request: CopyRequest): Promise<void> {
  const { container: name, path, local, archive } = request;
  const containers = containerContext(context);
  const { source, close } = await sourceOf(context, request);
  try {
    const container = await openContainer(containers, name).catch((error: unknown) => {
      // Docker looks at the paths before it finds out that there is no container.
      if (!isCoreError(error, "container/missing")) throw error;
      if (source.kind === "path") planPath(source, { path, type: undefined });
      else throw failed(`destination ${JSON.stringify(`${name}:${path}`)} must be a directory`, {}, error);
      throw error;
    });
    const shown = `${name}:${path}`;
    const { bytes } = await copyIn(containers, container, { source, to: path, archive, shown });
    if (local !== "-") await report(context, request, `${formatSize(bytes)} to ${shown}`);
  } catch (error) {
    throw told(error);
  } finally {
    await close();
  }
}

async function sourceOf(
  context: CommandContext,
  { local, followLink }: CopyRequest,
): Promise<{ readonly source: CopySource; readonly close: () => Promise<void> }> {
  if (local === "-") {
    const inPlace = await context.stdin.source?.();
    if (inPlace !== undefined) return { source: { kind: "archive", tar: inPlace }, close: async () => {} };
    const file = await filesOf(context).setAside(context.stdin.stream(), context);
    return { source: { kind: "archive", tar: file.source }, close: () => file.close() };
  }
  const files = filesOf(context);
  const whole = absolute(context, local);
  const contents = /(?:^|\/)\.$/.test(local);
  const found = await files.stat(local, { follow: followLink || /\/\.?$/.test(local) });
  if (found === undefined) throw failed(`lstat ${whole}: no such file or directory`);
  if (found.type !== "dir" && /\/\.?$/.test(local)) throw failed(`lstat ${local}: not a directory`);
  const root = local.replace(/\/+\.?$/, "") || "/";
  const followRoot = followLink || root !== local;
  const members = await localMembers(files, root, { followRoot, signal: context.signal });
  const base = whole.replace(/(?:\/+\.?)+$/, "");
  return {
    source: { kind: "path", name: base.slice(base.lastIndexOf("/") + 1) || "/", contents, members },
    close: async () => {},
  };
}

/** `docker cp CONTAINER:SRC DEST` @throws CoreError `command/failed` with Docker's words. */
export async function copyFromContainer(context: CommandContext, request: CopyRequest): Promise<void> {
  const { container: name, path, local, archive, followLink } = request;
  const { signal, stdout } = context;
  if (local !== "-") await checkDestination(context, local);
  const out = await asEngine(async () =>
    copyOut(await openContainer(containerContext(context), name), path, { followLink }),
  );
  if (local === "-") {
    const tar = writeTar(out.members(), { signal, encode: encodeGoHeader });
    await pumpStream(tar, (chunk) => stdout.write(chunk), signal);
    return;
  }
  try {
    const bytes = await extractTo(context, { out, to: local, keepOwners: archive });
    await report(context, request, `${formatSize(bytes)} to ${absolute(context, local)}`);
  } catch (error) {
    throw told(error);
  }
}

async function checkDestination(context: CommandContext, local: string): Promise<void> {
  const files = filesOf(context);
  const whole = absolute(context, local).replace(/(?<=.)\/+$/, "");
  const folder = whole.slice(0, whole.lastIndexOf("/")) || "/";
  if ((await files.stat(folder, { follow: true })) === undefined)
    throw failed(`invalid output path: directory ${JSON.stringify(folder)} does not exist`);
  const found = await files.stat(local, { follow: true });
  if (found !== undefined && found.type !== "dir" && found.type !== "file")
    throw failed(`invalid output path: ${JSON.stringify(local)} must be a directory or a regular file`);
}

const absolute = (context: CommandContext, path: string): string => filesOf(context).absolute?.(path) ?? path;

/** At a terminal Docker says how much was copied. */
async function report({ stderr }: CommandContext, { quiet }: CopyRequest, what: string): Promise<void> {
  if (!quiet && stderr.terminal) await stderr.write(`Successfully copied ${what}\n`);
}
