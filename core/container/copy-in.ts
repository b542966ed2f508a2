import type { ReadOptions, Source } from "../bytes/mod.ts";
import { cleanPath, composeTar, contentOf, encodeGoHeader, entryAt, type TarMember } from "../tar/mod.ts";
import type { ContainerContext } from "./context.ts";
import { archiveError, copyError, noSuchFile, pathError } from "./failure.ts";
import { keepDraft } from "./keep.ts";
import type { OpenContainer } from "./open.ts";
import { rawOf, type Spot, Stage, textOfRaw } from "./stage.ts";
import { readTarTable } from "./tar-source.ts";
import { type UnpackedEntry, unpack } from "./unpack.ts";
import { containerUser } from "./user.ts";
import { pathOfSpot, type Way, walkPath } from "./way.ts";

/** What is copied into a container. */
export type CopySource =
  /** A file or directory of the host: `src`, or with `contents` what is in it (`src/.`). */
  | {
      readonly kind: "path";
      /** Its own name. */
      readonly name: string;
      readonly contents?: boolean | undefined;
      /** Itself first, as `.`; what is below by its path relative to it, a directory before what is in it. */
      readonly members: readonly TarMember[];
    }
  /** A plain tar, unpacked where it is. */
  | { readonly kind: "archive"; readonly tar: Source };

/** What {@link copyIn} takes. */
export interface CopyInOptions {
  readonly source: CopySource;
  /** In the container, from its root. */
  readonly to: string;
  /** `-a`: everything belongs to the user that the container runs as, if it says one. Else owners are as the source says. */
  readonly archive?: boolean | undefined;
  /** The destination as it was asked for, with the container before it: for messages. */
  readonly shown?: string | undefined;
}

/** What a copy did. */
export interface CopyInResult {
  readonly container: OpenContainer;
  /** Bytes of the tar that was copied: what `docker cp` prints. */
  readonly bytes: number;
}

/**
 * Copies into a container as `docker cp` does, as one change: a file onto a file, into a directory or to a new name; a directory into another or to a
 * new name; the contents of one; the entries of a tar.
 * @throws CoreError `container/copy` for copies that make no sense (the command line's own words), `container/path` and `container/archive` in
 * the engine's; as {@link keepDraft}. Nothing is changed then.
 */
export async function copyIn(
  context: ContainerContext,
  container: OpenContainer,
  options: CopyInOptions,
): Promise<CopyInResult> {
  const { source, to } = options;
  const shown = options.shown ?? `${container.shown}:${to}`;
  const stage = new Stage(container, context.now());
  const seen = statTarget(stage, to);
  const owner = options.archive === true ? await containerUser(container, context) : undefined;
  const plan =
    source.kind === "archive"
      ? await planArchive(source.tar, { seen, shown }, context)
      : planPath(source, seen);
  const into = extractionPoint(stage, plan.directory, container.shown);
  unpack(stage, plan.entries, {
    into,
    owner,
    shown: { path: plan.directory, container: container.shown },
  });
  const note = { verb: "copy", path: textOfRaw(pathOfSpot(into)) } as const;
  return { container: await keepDraft(context, container, { stage, note }), bytes: plan.bytes };
}

/** What the command line finds at the destination, a symlink at its end followed. */
export interface CopyTarget {
  /** The destination, or where its symlink leads. */
  readonly path: string;
  readonly type: "dir" | "other" | undefined;
}

function statTarget(stage: Stage, path: string): CopyTarget {
  const own = walkPath(stage, rawOf(path), { followLast: false });
  if (own.state === "here" && own.type === "symlink") {
    const end = walkPath(stage, rawOf(path));
    if (end.state === "loop") return { path, type: undefined };
    return { path: targetPath(stage, own, end), type: kindOf(end) };
  }
  return { path, type: path === "" ? undefined : kindOf(own) };
}

/** Where a symlink leads, whether anything is there or not. */
function targetPath(stage: Stage, own: Way, end: Way): string {
  if (end.state === "here" || end.state === "free") return textOfRaw(pathOfSpot(end.at));
  const link = stage.linkOf(own.at);
  const parent = own.at.parent === undefined ? "/" : pathOfSpot(own.at.parent);
  return textOfRaw(cleanPath(link.startsWith("/") ? link : `${parent}/${link}`));
}

const kindOf = ({ state, type }: Way): CopyTarget["type"] =>
  state !== "here" ? undefined : type === "dir" ? "dir" : "other";

interface Plan {
  /** Directory to unpack in, as it is shown. */
  readonly directory: string;
  readonly entries: Iterable<UnpackedEntry>;
  readonly bytes: number;
}

async function planArchive(
  tar: Source,
  { seen, shown }: { readonly seen: CopyTarget; readonly shown: string },
  options: ReadOptions,
): Promise<Plan> {
  if (seen.type !== "dir") throw copyError(`destination "${shown}" must be a directory`);
  const table = await readTarTable(tar, options);
  const entries = function* (): Generator<UnpackedEntry> {
    for (let row = 0; row < table.count; row++)
      yield { entry: entryAt(table, row), content: contentOf(tar, table, row) };
  };
  return { directory: seen.path, entries: entries(), bytes: tar.size };
}

/**
 * Where a file or directory of the host is unpacked, and under which names.
 * @throws CoreError `container/copy`.
 */
export function planPath(source: Extract<CopySource, { kind: "path" }>, target: CopyTarget): Plan {
  const directory = source.members[0]?.entry.type === "dir";
  const { path, type } = target;
  const clean = textOfRaw(cleanPath(rawOf(path === "" ? "." : path)));
  const current = path === "." || path.endsWith("/.");
  const slash = clean.lastIndexOf("/");
  const split = current
    ? { folder: clean, base: "." }
    : { folder: slash > 0 ? clean.slice(0, slash) : slash === 0 ? "/" : ".", base: clean.slice(slash + 1) };
  const own = source.contents === true ? "." : source.name;
  if (type === "dir") return named(source, { directory: path, base: own });
  if (type === "other" && directory) throw copyError("cannot copy directory");
  if (type === undefined && !directory && (path === "" || path.endsWith("/") || current))
    throw copyError("no such directory");
  return named(source, { directory: split.folder, base: split.base });
}

function named(
  { members }: Extract<CopySource, { kind: "path" }>,
  { directory, base }: { readonly directory: string; readonly base: string },
): Plan {
  const renamed = members.map(({ entry, content }): TarMember => {
    const path = entry.path === "." || entry.path === "" ? base : `${base}/${entry.path}`;
    const link = entry.type === "link" ? `${base}/${entry.link}` : entry.link;
    return { entry: { ...entry, path, ...(link !== undefined && { link }) }, ...(content && { content }) };
  });
  const bytes = composeTar(renamed, { encode: encodeGoHeader }).size;
  return { directory, entries: renamed.map(unpacked), bytes };
}

function unpacked({ entry, content }: TarMember): UnpackedEntry {
  const { type, mode = type === "dir" ? 0o755 : 0o644, uid = 0, gid = 0, mtime = 0, link = "" } = entry;
  const { pathBytes: _, linkBytes: __, ...rest } = entry;
  return {
    entry: { ...plain(rest), path: entry.path, type, mode, uid, gid, mtime, link, typeflag: "0" },
    content,
  };
}

function plain({ major, minor, xattrs }: TarMember["entry"]): Partial<UnpackedEntry["entry"]> {
  const own = Object.entries(xattrs ?? {}).map(([name, value]) => [name, new Uint8Array(value)] as const);
  return {
    ...(major !== undefined && { major, minor: minor ?? 0 }),
    ...(own.length > 0 && { xattrs: Object.fromEntries(own) }),
  };
}

/** The directory that an archive is unpacked in, all symlinks followed. */
function extractionPoint(stage: Stage, path: string, container: string): Spot {
  const way = walkPath(stage, rawOf(path));
  if (way.state === "here" && way.type === "dir") return way.at;
  if (way.state === "here" || way.state === "not-a-directory")
    throw pathError("extraction point is not a directory", path);
  if (way.state === "loop") throw archiveError(`lstat ${path}: too many levels of symbolic links`);
  throw noSuchFile(path, container);
}
