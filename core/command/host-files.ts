import type { CommandContext } from "./context.ts";
import { failed } from "./failure.ts";
import type { Files } from "./files.ts";

/** The files of the host. @throws CoreError `command/failed` when it has none. */
export function filesOf({ files }: CommandContext): Files {
  if (files === undefined) throw failed("there are no files here: use - or < and > instead of a path");
  return files;
}
