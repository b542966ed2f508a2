import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { CacheWriter, Keeping, Kept, ResponseCache } from "./cache.ts";
import { createCheck, isCheckable } from "./checked.ts";
import type { CacheSetting } from "./memory-cache.ts";

/** What stands behind the bytes in a file, as JSON: written last, so that a file without it is a broken one. */
interface Trailer {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
  readonly stored: number;
  readonly staleFrom: number;
}

/** Ends a file, after the trailer's length in eight hex digits. */
const MAGIC = "breakbulk cache 1\n";
const FOOT = 8 + MAGIC.length;
/** Bytes read from a file at a time. */
const PIECE = 256 * 1024;

/**
 * A cache of files below `folder` that outlives the process. Each answer is one file, which gets its name only once its bytes are verified; what a
 * crash left half-written has no name and is removed at the next start. Beyond `bytes`, what was not used for longest goes.
 */
export function createDiskCache(folder: string, setting: CacheSetting): ResponseCache {
  const objects = join(folder, "objects");
  const unfinished = join(folder, "unfinished");
  /** Sizes of files by name, in the order of their last use. */
  const files = new Map<string, number>();
  let held = 0;
  let ready: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(objects, { recursive: true });
    await mkdir(unfinished, { recursive: true });
    const found: { name: string; size: number; usedMs: number }[] = [];
    for (const name of await readdir(objects)) {
      const file = await stat(join(objects, name)).catch(() => undefined);
      if (file?.isFile() === true) found.push({ name, size: file.size, usedMs: file.mtimeMs });
    }
    found.sort((a, b) => a.usedMs - b.usedMs);
    for (const { name, size } of found) note(name, size);
    await makeRoom();
  };
  const prepare = (): Promise<void> => {
    ready ??= load();
    return ready;
  };
  const note = (name: string, size: number): void => {
    held += size - (files.get(name) ?? 0);
    files.delete(name);
    files.set(name, size);
  };
  const drop = async (name: string): Promise<void> => {
    held -= files.get(name) ?? 0;
    files.delete(name);
    // Whoever reads it has it open and goes on.
    await unlink(join(objects, name)).catch(() => undefined);
  };
  const makeRoom = async (): Promise<void> => {
    for (const name of files.keys()) {
      if (held <= setting.bytes) return;
      await drop(name);
    }
  };

  return {
    kind: "disk",
    async read(key) {
      await prepare();
      const name = nameOf(key);
      const size = files.get(name);
      if (size === undefined) return undefined;
      const path = join(objects, name);
      const trailer = await readTrailer(path);
      if (trailer === undefined || trailer.key !== key) {
        await drop(name);
        return undefined;
      }
      note(name, size);
      const { headers, stored, staleFrom } = trailer;
      return {
        headers,
        stored,
        staleFrom,
        size: trailer.size,
        body: (from = 0, to = trailer.size) => fileBytes(path, from, to),
      } satisfies Kept;
    },
    async write(key, keeping) {
      await prepare();
      const most = Math.min(setting.objectBytes, setting.bytes);
      if (!isCheckable(keeping) || (keeping.size ?? 0) > most) return undefined;
      const path = join(unfinished, randomUUID());
      return createWriter({ key, keeping, setting, path, handle: await open(path, "wx") }, async (size) => {
        const name = nameOf(key);
        await rename(path, join(objects, name));
        note(name, size);
        await makeRoom();
        return files.has(name);
      });
    },
    async remove(key) {
      await prepare();
      await drop(nameOf(key));
    },
    held: () => held,
  };
}

interface Writing {
  readonly key: string;
  readonly keeping: Keeping;
  readonly setting: CacheSetting;
  readonly path: string;
  readonly handle: FileHandle;
}

function createWriter(
  { key, keeping, setting, path, handle }: Writing,
  publish: (size: number) => Promise<boolean>,
): CacheWriter {
  const check = createCheck(keeping, Math.min(setting.objectBytes, setting.bytes), setting.newHasher);
  let open = true;
  const giveUp = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await handle.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
  };
  return {
    async write(bytes) {
      if (!open) return false;
      try {
        if (check.add(bytes)) {
          for (let at = 0; at < bytes.length; )
            at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
          return true;
        }
      } catch {
        // A full disk ends the keeping, not the answer.
      }
      await giveUp();
      return false;
    },
    async commit() {
      if (!open) return false;
      try {
        if (check.holds()) {
          const stored = Math.floor(setting.nowMs() / 1000);
          const { size } = check;
          const trailer: Trailer = {
            key,
            headers: keeping.headers,
            size,
            stored,
            staleFrom: stored + keeping.freshSeconds,
          };
          const text = Buffer.from(JSON.stringify(trailer));
          const foot = Buffer.from(text.length.toString(16).padStart(8, "0") + MAGIC);
          await handle.appendFile(Buffer.concat([text, foot]));
          await handle.close();
          open = false;
          return await publish(size + text.length + foot.length);
        }
      } catch {
        // As above; the file goes.
      }
      await giveUp();
      return false;
    },
    abort: giveUp,
  };
}

/** The file's name: keys are of any length and hold what file names may not. */
function nameOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

async function readTrailer(path: string): Promise<Trailer | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const { size } = await handle.stat();
    const foot = Buffer.alloc(FOOT);
    await handle.read(foot, 0, FOOT, size - FOOT);
    const length = Number.parseInt(foot.toString("latin1", 0, 8), 16);
    if (foot.toString("latin1", 8) !== MAGIC || !(length < 65_536)) return undefined;
    const text = Buffer.alloc(length);
    await handle.read(text, 0, length, size - FOOT - length);
    const trailer: Trailer = JSON.parse(text.toString());
    return trailer.size + length + FOOT === size ? trailer : undefined;
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}

/** The bytes of a file from `from` to `to`, a piece each time one is asked for. */
function fileBytes(path: string, from: number, to: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let handle: FileHandle | undefined;
  let at = from;
  return new ReadableStream(
    {
      async pull(controller) {
        handle ??= await open(path, "r");
        const piece = new Uint8Array(Math.min(PIECE, to - at));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        at += bytesRead;
        if (bytesRead > 0) controller.enqueue(piece.subarray(0, bytesRead));
        if (at < to && bytesRead > 0) return;
        await handle.close();
        if (at < to) controller.error(new Error(`The kept file ends at ${at}, expected ${to}`));
        else controller.close();
      },
      async cancel() {
        await handle?.close();
      },
    },
    { highWaterMark: 0 },
  );
}
