import type { CommandContext } from "./context.ts";
import { failed } from "./failure.ts";
import { filesOf } from "./host-files.ts";

/**
 * Looks whether a file can be written at `path`, before the work for it is done.
 * @throws CoreError `command/failed` with Docker's words, after `prefix`.
 */
export async function checkOutput(context: CommandContext, path: string, prefix: string): Promise<void> {
  const files = filesOf(context);
  const parent = parentOf(path);
  if (parent !== "" && (await files.stat(parent, { follow: true })) === undefined)
    throw failed(`${prefix}: invalid output path: stat ${parent}: no such file or directory`);
  const found = await files.stat(path);
  if (found === undefined) return;
  if (found.type === "symlink") throw failed(`${prefix}: cannot write to a symbolic link directly`);
  if (found.type === "dir") throw failed(`${prefix}: cannot write to a directory`);
  if (found.type === "device") throw failed(`${prefix}: cannot write to a character device file`);
  if (found.type === "other") throw failed(`${prefix}: cannot write to an irregular file`);
}

const parentOf = (path: string): string => path.replace(/\/+$/, "").replace(/\/?[^/]*$/, "");
