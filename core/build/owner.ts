import { readExact } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { type DirNode, resolvePath } from "./files.ts";
import { BUILD_LIMITS } from "./limits.ts";

/** A user and a group by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who `text` (`user`, `user:group`, `:group`, names or numbers) is in the file system below `root`. A name that is not listed there
 * is root; a user without a group has the one of its entry, a number the group of the same number.
 * @throws CoreError `build/failed` with BuildKit's words for a name where there is no file system at all
 */
export async function parseOwner(text: string, root: DirNode | undefined): Promise<Owner> {
  const colon = text.indexOf(":");
  const user = colon < 0 ? text : text.slice(0, colon);
  const group = colon < 0 ? undefined : text.slice(colon + 1);
  const found = isID(user) ? undefined : await entryOf(root, "etc/passwd", user);
  const uid = found === undefined ? idOf(user) : idOf(found[2]);
  if (group === undefined || group === "") {
    return { uid, gid: found === undefined ? (colon < 0 ? uid : 0) : idOf(found[3]) };
  }
  const groupEntry = isID(group) ? undefined : await entryOf(root, "etc/group", group);
  return { uid, gid: groupEntry === undefined ? idOf(group) : idOf(groupEntry[2]) };
}

/** Larger numbers are taken for names. */
const isID = (text: string): boolean => /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32;

/** A number, or 0 where there is none: what BuildKit takes unknown names for. */
const idOf = (text = ""): number => (/^\d{1,10}$/.test(text) ? Math.min(Number(text), 0xffff_ffff) : 0);

/** The fields of the line of `name` in a list of users or groups. */
async function entryOf(
  root: DirNode | undefined,
  path: string,
  name: string,
): Promise<readonly string[] | undefined> {
  if (name === "") return undefined;
  if (root === undefined) {
    throw new CoreError("build/failed", "invalid user index: -1", { name });
  }
  const node = resolvePath(root, path, { followLast: true })?.node;
  if (node?.type !== "file" || node.content === undefined) return undefined;
  const { size } = node.content;
  if (size > BUILD_LIMITS.text) {
    throw new CoreError(
      "bytes/limit",
      `Cannot read /${path}: it has ${size} bytes, expected at most ${BUILD_LIMITS.text}`,
      { size },
    );
  }
  const text = new TextDecoder().decode(await readExact(node.content, { from: 0, to: size }));
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .find(([first]) => first === name);
}
