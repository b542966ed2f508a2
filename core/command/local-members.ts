import { type Source, sliceBounds } from "../bytes/mod.ts";
import type { TarMember } from "../tar/mod.ts";
import { failed } from "./failure.ts";
import type { FileStat, Files } from "./files.ts";

/**
 * A file or directory of the host and all that is below it, a directory before what is in it, by paths relative to it; itself is `.`.
 * Contents are opened when they are read.
 */
export async function localMembers(
  files: Files,
  root: string,
  options: { readonly followRoot?: boolean | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<TarMember[]> {
  const members: TarMember[] = [];
  // By hand, not by recursion: a folder may be as deep as it likes.
  const waiting: { readonly path: string; readonly name: string }[] = [{ path: root, name: "." }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    options.signal?.throwIfAborted();
    const { path, name } = next;
    const found = await files.stat(path, { follow: name === "." && options.followRoot === true });
    if (found === undefined) throw failed(`lstat ${path}: no such file or directory`);
    const member = memberOf(files, path, { name, found });
    if (member !== undefined) members.push(member);
    if (found.type !== "dir") continue;
    const names = [...(await files.list(path))].reverse();
    for (const below of names)
      waiting.push({ path: `${path}/${below}`, name: name === "." ? below : `${name}/${below}` });
  }
  return members;
}

function memberOf(
  files: Files,
  path: string,
  { name, found }: { readonly name: string; readonly found: FileStat },
): TarMember | undefined {
  const { mode, uid, gid, size, link = "" } = found;
  const base = { path: name, mode, uid, gid, mtime: Math.floor(found.mtime) };
  switch (found.type) {
    case "dir":
      return { entry: { ...base, type: "dir" } };
    case "symlink":
      return { entry: { ...base, type: "symlink", link } };
    case "file":
      return { entry: { ...base, type: "file", size }, content: lazySource(files, path, [0, size]) };
    default:
      // Sockets and devices of the host have nothing to be copied.
      return undefined;
  }
}

/** A part of a file that is opened for each reading: a folder has more files than may be open at once. */
function lazySource(files: Files, path: string, [from, to]: readonly [number, number]): Source {
  return {
    size: to - from,
    slice(start, end) {
      const [a, b] = sliceBounds(to - from, start, end);
      return lazySource(files, path, [from + a, from + b]);
    },
    stream() {
      let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
      let close: (() => Promise<void>) | undefined;
      return new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          async pull(controller) {
            if (reader === undefined) {
              const file = await files.open(path);
              close = () => file.close();
              reader = file.source.slice(from, to).stream().getReader();
            }
            const { done, value } = await reader.read();
            if (!done) return controller.enqueue(value);
            await close?.();
            controller.close();
          },
          async cancel(reason) {
            await reader?.cancel(reason).catch(() => {});
            await close?.();
          },
        },
        { highWaterMark: 0 },
      );
    },
    async arrayBuffer() {
      const file = await files.open(path);
      try {
        return await file.source.slice(from, to).arrayBuffer();
      } finally {
        await file.close();
      }
    },
  };
}
