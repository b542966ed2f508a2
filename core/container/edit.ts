import type { Source } from "../bytes/mod.ts";
import type { CoreError } from "../error.ts";
import type { ContainerContext } from "./context.ts";
import { pathError } from "./failure.ts";
import { type DraftNote, keepDraft } from "./keep.ts";
import type { OpenContainer } from "./open.ts";
import { type Inode, rawOf, type Spot, Stage, textOfRaw } from "./stage.ts";
import { pathOfSpot, type Way, walkPath } from "./way.ts";

/** Attributes that an edit may set; those that are absent stay, or are what a new file has: root's, 0644 or 0755. */
export interface EditAttributes {
  readonly mode?: number | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Seconds since the epoch. Default: now. */
  readonly mtime?: number | undefined;
}

/** One change to the files of a container. Paths are from the root; symlinks above the last part are followed. */
export type ContainerEdit =
  /** Writes a file, through a symlink where there is one; a new one needs its directory, unless `parents` makes it. */
  | (EditAttributes & {
      readonly kind: "file";
      readonly path: string;
      readonly content: Source;
      readonly parents?: boolean | undefined;
    })
  | (EditAttributes & {
      readonly kind: "directory";
      readonly path: string;
      readonly parents?: boolean | undefined;
    })
  | { readonly kind: "symlink"; readonly path: string; readonly link: string }
  /** With all that is below. */
  | { readonly kind: "remove"; readonly path: string }
  /** To a path that is free, in a directory that is there. */
  | { readonly kind: "move"; readonly path: string; readonly to: string }
  | {
      readonly kind: "mode";
      readonly path: string;
      readonly mode: number;
      readonly below?: boolean | undefined;
    }
  | {
      readonly kind: "owner";
      readonly path: string;
      readonly uid: number;
      readonly gid: number;
      readonly below?: boolean | undefined;
    };

/**
 * Makes edits, in their order, as one change of the container. All are made or none.
 * @throws CoreError `container/path` when a path is not what an edit needs; as {@link keepDraft}.
 */
export function editContainer(
  context: ContainerContext,
  container: OpenContainer,
  edits: readonly ContainerEdit[],
): Promise<OpenContainer> {
  const stage = new Stage(container, context.now());
  for (const edit of edits) apply(stage, edit);
  const [first] = edits;
  if (first === undefined) return Promise.resolve(container);
  return keepDraft(context, container, { stage, note: noteOf(first) });
}

function noteOf(edit: ContainerEdit): DraftNote {
  switch (edit.kind) {
    case "remove":
      return { verb: "remove", path: edit.path };
    case "move":
      return { verb: "move", path: edit.to, from: edit.path };
    case "mode":
    case "owner":
      return { verb: edit.kind, path: edit.path };
    default:
      return { verb: "put", path: edit.path };
  }
}

function apply(stage: Stage, edit: ContainerEdit): void {
  switch (edit.kind) {
    case "file":
      return putFile(stage, edit);
    case "directory":
      return makeDirectory(stage, edit);
    case "symlink": {
      const at = freePlace(stage, edit.path, false);
      return stage.put(at, { entry: { type: "symlink", mode: 0o777, mtime: stage.now, link: edit.link } });
    }
    case "remove": {
      const at = place(stage, edit.path);
      if (at === stage.root) throw pathError("Cannot remove /: it is the root", edit.path);
      return stage.remove(at);
    }
    case "move":
      return move(stage, edit);
    case "mode":
      return each(stage, edit, ({ type }) => (type === "symlink" ? {} : { mode: edit.mode & 0o7777 }));
    default:
      return each(stage, edit, () => ({ uid: edit.uid, gid: edit.gid }));
  }
}

function putFile(stage: Stage, edit: Extract<ContainerEdit, { kind: "file" }>): void {
  const { path, content } = edit;
  const way = walkPath(stage, rawOf(path), {
    make: edit.parents === true ? (at) => makeParent(stage, at) : undefined,
  });
  if (way.state === "free") {
    checkName(way.at, path);
    stage.put(way.at, { entry: { type: "file", mode: 0o644, ...attributes(stage, edit) }, content });
    return;
  }
  if (way.state !== "here") throw lost(path, way.state);
  if (way.type !== "file")
    throw pathError(`Cannot write ${path}: a ${way.type} is there, expected a file`, path);
  const before = stage.inodeOf(way.at)?.entry;
  const { size: _, ...kept } = before ?? { type: "file" };
  stage.replace(way.at, { entry: { ...kept, ...attributes(stage, edit) }, content });
}

function makeDirectory(stage: Stage, edit: Extract<ContainerEdit, { kind: "directory" }>): void {
  const at = freePlace(stage, edit.path.replace(/(.)\/+$/, "$1"), edit.parents === true);
  stage.put(at, { entry: { type: "dir", mode: 0o755, ...attributes(stage, edit) } });
}

function attributes(stage: Stage, { mode, uid, gid, mtime }: EditAttributes): Partial<Inode["entry"]> {
  return {
    ...(mode !== undefined && { mode: mode & 0o7777 }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    mtime: Math.floor(mtime ?? stage.now),
  };
}

function makeParent(stage: Stage, at: Spot): void {
  checkName(at, textOfRaw(pathOfSpot(at)));
  stage.put(at, { entry: { type: "dir", mode: 0o755, mtime: stage.now } });
}

function move(stage: Stage, edit: Extract<ContainerEdit, { kind: "move" }>): void {
  const from = place(stage, edit.path);
  const to = freePlace(stage, edit.to, false);
  const inode = stage.inodeOf(from);
  if (from === stage.root || inode === undefined)
    throw pathError(`Cannot move ${edit.path}: it is the root, or nothing that can be copied`, edit.path);
  for (let at: Spot | undefined = to; at !== undefined; at = at.parent) {
    if (at !== from) continue;
    throw pathError(`Cannot move ${edit.path} to ${edit.to}: that is inside it`, edit.to);
  }
  const copies = below(stage, from);
  stage.remove(from);
  stage.put(to, inode);
  for (const { parts, inode: own } of copies) stage.put(descend(stage, to, parts), own);
  // Putting things into a directory gave it the time of now.
  for (const { parts, inode: own } of [...copies, { parts: [], inode }]) {
    if (own.entry.type === "dir") stage.change(descend(stage, to, parts), { mtime: own.entry.mtime ?? 0 });
  }
}

/** Something below a directory. */
interface Below {
  readonly parts: readonly string[];
  readonly at: Spot;
  readonly inode: Inode;
}

/** What is below a directory, parents first. */
function below(stage: Stage, from: Spot): Below[] {
  const found: Below[] = [];
  const open: { readonly at: Spot; readonly parts: readonly string[] }[] = [{ at: from, parts: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { at, parts } = next;
    const inode = parts.length === 0 ? undefined : stage.inodeOf(at);
    if (inode !== undefined) found.push({ parts, at, inode });
    if (stage.typeOf(at) !== "dir") continue;
    for (const name of stage.names(at)) open.push({ at: stage.child(at, name), parts: [...parts, name] });
  }
  return found;
}

const descend = (stage: Stage, from: Spot, parts: readonly string[]): Spot =>
  parts.reduce((at, part) => stage.child(at, part), from);

/** Changes attributes of what is at a path, and of all below where that is asked for. */
function each(
  stage: Stage,
  edit: { readonly path: string; readonly below?: boolean | undefined },
  attributes: (inode: Inode["entry"]) => Partial<Inode["entry"]>,
): void {
  const at = place(stage, edit.path);
  const inode = stage.inodeOf(at);
  if (inode === undefined)
    throw pathError(`Cannot change ${edit.path}: it is nothing that can be copied`, edit.path);
  stage.change(at, attributes(inode.entry));
  if (edit.below !== true) return;
  // Names of one file stay that.
  const made = new Map<Inode, Inode>();
  for (const one of below(stage, at)) {
    const { entry, content } = one.inode;
    const changed = made.get(one.inode) ?? { entry: { ...entry, ...attributes(entry) }, content };
    made.set(one.inode, changed);
    stage.replace(one.at, changed);
  }
}

/** Where something is, symlinks at the end not followed. */
function place(stage: Stage, path: string): Spot {
  const way = walkPath(stage, rawOf(path.replace(/(.)\/+$/, "$1")), { followLast: false });
  if (way.state === "here") return way.at;
  throw lost(path, way.state);
}

/** Where something can be put, in a directory that is there or is made. */
function freePlace(stage: Stage, path: string, parents: boolean): Spot {
  const make = parents ? (at: Spot) => makeParent(stage, at) : undefined;
  const way = walkPath(stage, rawOf(path), { followLast: false, make });
  if (way.state === "here") throw pathError(`Cannot make ${path}: a ${way.type} is there already`, path);
  if (way.state !== "free") throw lost(path, way.state);
  checkName(way.at, path);
  return way.at;
}

/** Names that begin so mean removals in layers, and cannot be kept in one. */
function checkName({ name }: Spot, path: string): void {
  if (name.startsWith(".wh."))
    throw pathError(`Cannot make ${path}: in an image a name that begins with .wh. is a removal`, path);
  if (name.includes("\0")) throw pathError(`Cannot make ${JSON.stringify(path)}: a name holds a NUL`, path);
}

function lost(path: string, state: Way["state"]): CoreError {
  const why = {
    missing: "it is not there",
    free: "it is not there",
    "not-a-directory": "what is above it is no directory",
    loop: "its symlinks lead in a circle",
    escape: "it leads out of the root",
    here: "it is there",
  }[state];
  return pathError(`Cannot use ${path}: ${why}`, path);
}
