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
 */
export async function parseOwner(text: string, root: DirNode): Promise<Owner> {
  const colon = text.indexOf(":");
  const user = colon < 0 ? text : text.slice(0, colon);
  const group = colon < 0 ? undefined : text.slice(colon + 1);
  const found = /^\d+$/.test(user) ? undefined : await entryOf(root, "etc/passwd", user);
  const uid = found === undefined ? idOf(user) : idOf(found[2]);
  if (group === undefined || group === "") {
    return { uid, gid: found === undefined ? (colon < 0 ? uid : 0) : idOf(found[3]) };
  }
  const groupEntry = /^\d+$/.test(group) ? undefined : await entryOf(root, "etc/group", group);
  return { uid, gid: groupEntry === undefined ? idOf(group) : idOf(groupEntry[2]) };
}

/** A number, or 0 where there is none: what BuildKit takes unknown names for. */
const idOf = (text = ""): number => (/^\d{1,10}$/.test(text) ? Math.min(Number(text), 0xffff_ffff) : 0);

/** The fields of the line of `name` in a list of users or groups. */
async function entryOf(root: DirNode, path: string, name: string): Promise<readonly string[] | undefined> {
  if (name === "") return undefined;
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
