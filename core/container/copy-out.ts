import { CoreError } from "../error.ts";
import { hardLink, nodeMember, pathFields } from "../image/mod.ts";
import { cleanPath, type EntryType, type TarMember } from "../tar/mod.ts";
import { mergedEntries, pathBytes } from "../tree/mod.ts";
import { noSuchFile, pathError } from "./failure.ts";
import type { OpenContainer } from "./open.ts";
import { bytesOfRaw, type RawPath, rawOf, rawOfBytes, Stage, textOfRaw } from "./stage.ts";
import { pathOfSpot, walkPath } from "./way.ts";

/** A file or directory of a container, to be copied out. */
export interface CopyOut {
  readonly type: EntryType;
  /** The name that its entries begin with: its own, `.` for the contents of a directory. */
  readonly base: string;
  /** The name that it was asked for by, where a symlink was followed: what a copy is called. */
  readonly name: string;
  /** Itself first, and what is below. Each call walks it anew; contents are read as they are written. */
  members(): Generator<TarMember, void, undefined>;
}

/**
 * What `docker cp CONTAINER:PATH` copies: a symlink at the end as itself, unless `followLink`; above the end they are always followed.
 * @throws CoreError `container/path` in the engine's words.
 */
export function copyOut(
  container: OpenContainer,
  path: string,
  options: { readonly followLink?: boolean | undefined } = {},
): CopyOut {
  if (path === "") throw new CoreError("container/path", "bad parameter: pathcannot be empty", { path });
  const stage = new Stage(container, 0);
  const followed = options.followLink === true ? followedPath(stage, path) : undefined;
  const asked = followed ?? path;
  const clean = cleanPath(rawOf(`/${asked}`));
  const shown =
    /\/\.?$|^\.$/.test(asked) && clean !== "/"
      ? `${textOfRaw(clean)}${asked.endsWith(".") ? "/." : "/"}`
      : textOfRaw(clean);
  const current = asked === "." || asked.endsWith("/.");
  const way = walkPath(stage, trailing(asked, clean), { followLast: false });
  if (way.state === "loop") {
    throw pathError(`lstat ${shown}: too many levels of symbolic links`, path);
  }
  if (way.state === "not-a-directory") throw pathError(`lstat ${shown}: not a directory`, path);
  if (way.state !== "here" || way.type === undefined) throw noSuchFile(asked, container.shown);
  if (way.type === "symlink" && walkPath(stage, clean).state === "loop")
    throw pathError(`evalSymlinksInScope: too many links in ${textOfRaw(clean)}`, path);
  const base = current ? "." : clean === "/" ? "/" : clean.slice(clean.lastIndexOf("/") + 1);
  const own = cleanPath(rawOf(`/${path}`));
  const at = way.at.lower;
  return {
    type: way.type,
    base: textOfRaw(base),
    name: textOfRaw(own.slice(own.lastIndexOf("/") + 1)),
    members: () => membersBelow(container, at, base),
  };
}

/** The path to walk: a slash or `/.` at the end of what was asked for counts. */
const trailing = (asked: string, clean: RawPath): RawPath =>
  /\/\.?$/.test(asked) && clean !== "/" ? `${clean}/` : clean;

/** Where the symlink at the end of a path leads; `undefined` when there is none. */
function followedPath(stage: Stage, path: string): string | undefined {
  const clean = cleanPath(rawOf(`/${path}`));
  const own = walkPath(stage, trailing(path, clean), { followLast: false });
  if (own.state !== "here" || own.type !== "symlink") return undefined;
  const end = walkPath(stage, clean);
  if (end.state === "loop")
    throw pathError(`evalSymlinksInScope: too many links in ${textOfRaw(clean)}`, path);
  if (end.state === "here" || end.state === "free") return textOfRaw(pathOfSpot(end.at));
  const link = stage.linkOf(own.at);
  const parent = own.at.parent === undefined ? "/" : pathOfSpot(own.at.parent);
  return textOfRaw(cleanPath(link.startsWith("/") ? link : `${parent}/${link}`));
}

function* membersBelow(
  container: OpenContainer,
  from: number,
  base: RawPath,
): Generator<TarMember, void, undefined> {
  const { tree, upTo } = container;
  const above = pathBytes(tree, from).length;
  const prefix = base === "/" ? "/" : `${base}/`;
  const nameOf = (node: number): RawPath => {
    if (node === from) return base === "." ? "./" : base;
    const path = rawOfBytes(pathBytes(tree, node));
    return prefix + path.slice(from === 0 ? 1 : above + 1);
  };
  for (const { node, firstNode } of mergedEntries(tree, upTo, from)) {
    const member = nodeMember(container, node, { impliedTime: container.record.created });
    if (member === undefined) continue;
    const { pathBytes: _, ...entry } = member.entry;
    const renamed = { ...member, entry: { ...entry, ...pathFields(bytesOfRaw(nameOf(node))) } };
    if (firstNode === undefined) yield renamed;
    else yield hardLink(renamed, bytesOfRaw(nameOf(firstNode)));
  }
}
