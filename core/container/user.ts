import { type ReadOptions, readExact } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import type { OpenContainer } from "./open.ts";
import { fileAt } from "./read.ts";

/** Who owns a file. */
export interface OwnerIDs {
  readonly uid: number;
  readonly gid: number;
}

/** Most bytes of a user or group file that are read. */
const FILE_LIMIT = 4 * 1024 * 1024;

/**
 * The IDs of the user that a container runs as, by its own user and group files; `undefined` when it says none. A number needs no entry.
 * @throws CoreError `container/path` in the engine's words when a name is in no file.
 */
export async function containerUser(
  container: OpenContainer,
  options: ReadOptions = {},
): Promise<OwnerIDs | undefined> {
  const text = container.config.user ?? "";
  if (text === "") return undefined;
  const [name = "", group] = text.split(":", 2);
  const fail = (file: string): CoreError =>
    new CoreError(
      "container/path",
      `failed to look up user ${JSON.stringify(text)} in container: no matching entries in ${file} file`,
      { user: text },
    );
  const users = await fields(container, "/etc/passwd", options);
  const user = users.find((line) => line[0] === name) ?? users.find((line) => line[2] === name);
  const uid = user === undefined ? numberOf(name) : numberOf(user[2]);
  if (uid === undefined) throw fail("passwd");
  if (group === undefined || group === "") return { uid, gid: numberOf(user?.[3]) ?? 0 };
  const groups = await fields(container, "/etc/group", options);
  const gid = numberOf(groups.find((line) => line[0] === group)?.[2] ?? group);
  if (gid === undefined) throw fail("group");
  return { uid, gid };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

async function fields(
  container: OpenContainer,
  path: string,
  options: ReadOptions,
): Promise<readonly (readonly string[])[]> {
  const file = fileAt(container, path);
  if (file === undefined || file.entry.contentType !== "file" || file.content.size > FILE_LIMIT) return [];
  const bytes = await readExact(file.content, { from: 0, to: file.content.size }, options);
  return new TextDecoder()
    .decode(bytes)
    .split("\n")
    .map((line) => line.split(":"));
}
