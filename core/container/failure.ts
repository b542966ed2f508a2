import { CoreError } from "../error.ts";

/** No container has this name or ID. */
export const noSuchContainer = (text: string): CoreError =>
  new CoreError("container/missing", `No such container: ${text}`, { name: text });

/** A path that is not there, in the engine's words. */
export const noSuchFile = (path: string, container: string): CoreError =>
  pathError(`Could not find the file ${path} in container ${container}`, path);

/** A path that is not what was needed of it, in the engine's words. */
export const pathError = (message: string, path: string): CoreError =>
  new CoreError("container/path", message, { path });

/** A copy that the command line itself refuses. */
export const copyError = (message: string): CoreError => new CoreError("container/copy", message);

/** An archive that cannot be unpacked, in the engine's words. */
export const archiveError = (message: string, cause?: unknown): CoreError =>
  new CoreError("container/archive", message, {}, { cause });
