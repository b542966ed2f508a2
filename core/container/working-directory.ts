import { CoreError } from "../error.ts";
import { orderedLayer, storeLayer } from "../image/mod.ts";
import type { ContainerRecord, DraftRecord, Lease } from "../store/mod.ts";
import { cleanPath } from "../tar/mod.ts";
import type { ContainerContext } from "./context.ts";
import { pathError } from "./failure.ts";
import { openRecord } from "./open.ts";
import { rawOf, type Spot, Stage } from "./stage.ts";
import { walkPath } from "./way.ts";

/**
 * A working directory as engines write it, without what leads nowhere.
 * @throws CoreError `container/path` in the engine's words when it is not absolute.
 */
export function cleanWorkingDirectory(path: string): string {
  if (!path.startsWith("/"))
    throw pathError(`the working directory '${path}' is invalid, it needs to be an absolute path`, path);
  return cleanPath(path);
}

/**
 * The first change of a container that is to be made: its working directory, which engines make with it; none when it is there. The layer is
 * written and pinned.
 * @throws CoreError `container/path` in the engine's words when something else is there; what is wrong with a layer.
 */
export async function workingDirectoryDrafts(
  context: ContainerContext,
  record: ContainerRecord,
  { path, lease }: { readonly path: string; readonly lease: Lease },
): Promise<readonly DraftRecord[]> {
  const { store, newHasher, signal } = context;
  const stage = new Stage(await openRecord(context, record), record.created);
  const make = (at: Spot): void => stage.put(at, { entry: { type: "dir", mode: 0o755, mtime: stage.now } });
  // With a slash at its end, the last part is made like those before it.
  const { state, type } = walkPath(stage, rawOf(`${path}/`), { make });
  if (state !== "here" || type !== "dir")
    throw new CoreError("container/path", `Cannot mkdir: ${path} is not a directory`, { path });
  const members = orderedLayer(stage.changes());
  if (members.length === 0) return [];
  const { descriptor } = await storeLayer(store, members, { newHasher, signal, lease });
  return [{ layer: descriptor, verb: "put", path }];
}
