import { deflateSync, Zip, type ZipInputFile, ZipPassThrough } from "fflate";
import type { Bytes, ReadOptions, Source } from "../../core/bytes/mod.ts";
import { CoreError } from "../../core/error.ts";
import { chunksOf } from "./feed.ts";

/** One member of a zip archive. */
export interface ZipMember {
  /** Relative path with `/` between its parts; {@link zipName} makes it harmless. */
  readonly path: string;
  readonly type: "file" | "dir" | "symlink";
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Of a file: its bytes. Of a symlink: its target. */
  readonly content?: Source | Bytes | undefined;
}

/** What the plain zip format can hold: 16-bit counts and 32-bit sizes (APPNOTE 6.3.10 §4.4.8, §4.4.21, §4.4.24). */
export const ZIP_LIMITS = { members: 65_535, bytes: 2 ** 32 - 1 } as const;

/** Bytes that a member adds beside content and name: local header, descriptor, central entry, their extra fields. */
const MEMBER_OVERHEAD = 128;

/**
 * Refuses what a zip archive cannot hold, before anything is written.
 * @throws CoreError `bytes/limit` naming `what`, and tar as the way out.
 */
export function checkZip(
  what: string,
  found: { readonly members: number; readonly bytes: number; readonly nameBytes: number },
): void {
  const refuse = (text: string, limit: number, amount: number): never => {
    throw new CoreError("bytes/limit", `Cannot save ${what} as zip: ${text}; save it as tar instead`, {
      limit,
      found: amount,
    });
  };
  const { members } = found;
  if (members > ZIP_LIMITS.members) {
    refuse(`it has ${members} entries, expected at most ${ZIP_LIMITS.members}`, ZIP_LIMITS.members, members);
  }
  // Twice the names: in the local headers and in the central directory. Deflate never adds more than 5 bytes in 16 KiB.
  const most = Math.ceil(found.bytes * 1.001) + members * MEMBER_OVERHEAD + 2 * found.nameBytes;
  if (most > ZIP_LIMITS.bytes)
    refuse(`it has ${found.bytes} bytes, expected less than 4 GiB`, ZIP_LIMITS.bytes, found.bytes);
}

/**
 * `path` as a name that stays below the folder it is unpacked into on any system: no leading slash, no `.` and `..`, no
 * backslash or colon (separators elsewhere), no empty part.
 */
export function zipName(path: string): string {
  const parts = path
    .replaceAll(/[\\:\0]/g, "_")
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.length === 0 ? "_" : parts.join("/");
}

/** Suffixes of what is compressed already: deflating it again costs time and gains nothing. */
const COMPRESSED = /\.(?:gz|tgz|xz|bz2|zst|lz4|br|zip|jar|whl|png|jpe?g|gif|webp|woff2?|mp[34]|ogg|7z)$/i;

/** Smaller contents are stored: there is next to nothing to gain. */
const STORE_BELOW = 128;

/** Contents up to here (3 ms) are deflated in one go by the library; setting up the platform's stream for each would take as long. */
const WHOLE_UP_TO = 65_536;

/** The library takes years 1980 to 2099; a little inside, since MS-DOS times are local. */
const EARLIEST_MS = Date.UTC(1980, 0, 2);
const LATEST_MS = Date.UTC(2099, 11, 30);

const FORMAT_BITS = { file: 0o100000, dir: 0o040000, symlink: 0o120000 } as const;

/**
 * A member whose deflated bytes are made elsewhere; it takes the plain ones for checksum and size only. The library's own stream is not used:
 * at levels above 1 it refers to bytes before the start of its input (fflate 0.8.3, issues 260 and 282), and unzip rejects that.
 */
class Deflated extends ZipPassThrough {
  override compression = 8;
  protected override process(): void {}
  put(bytes: Bytes, final: boolean): void {
    this.ondata(null, bytes, final);
  }
}

/**
 * The bytes of a zip archive of `members`, made as they are asked for. Unix modes and symlinks are kept the way Info-ZIP keeps them.
 * Memory: one member's pieces, and the central directory (about 100 bytes and the name for each member).
 */
export async function* writeZip(
  members: AsyncIterable<ZipMember> | Iterable<ZipMember>,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const { signal } = options;
  let made: Uint8Array[] = [];
  let failure: unknown;
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    else if (chunk.length > 0) made.push(chunk);
  });
  const take = (): Uint8Array[] => {
    if (failure !== undefined) throw failure;
    const chunks = made;
    made = [];
    return chunks;
  };

  for await (const member of members) {
    signal?.throwIfAborted();
    const name = zipName(member.path) + (member.type === "dir" ? "/" : "");
    const { content = new Uint8Array(0) } = member;
    const size = content instanceof Uint8Array ? content.length : content.size;
    const plain = member.type !== "file" || size < STORE_BELOW || COMPRESSED.test(name);
    const file = plain ? new ZipPassThrough(name) : new Deflated(name);
    describe(file, member);
    zip.add(file);
    if (content instanceof Uint8Array) {
      file.push(content, true);
    } else if (!(file instanceof Deflated)) {
      for await (const chunk of chunksOf(content.stream())) {
        file.push(chunk);
        signal?.throwIfAborted();
        yield* take();
      }
      file.push(new Uint8Array(0), true);
    } else if (size <= WHOLE_UP_TO) {
      const bytes = new Uint8Array(await content.arrayBuffer());
      file.push(bytes, true);
      file.put(deflateSync(bytes), true);
    } else {
      const deflated = content
        .stream()
        .pipeThrough(passing((chunk) => file.push(chunk)))
        .pipeThrough(new CompressionStream("deflate-raw"));
      for await (const chunk of chunksOf(deflated)) {
        file.put(chunk, false);
        signal?.throwIfAborted();
        yield* take();
      }
      file.push(new Uint8Array(0), true);
      file.put(new Uint8Array(0), true);
    }
    yield* take();
  }
  zip.end();
  yield* take();
}

/** Shows every chunk to `see` on its way. */
function passing(see: (chunk: Bytes) => void): TransformStream<Bytes, Bytes> {
  return new TransformStream({
    transform(chunk, controller) {
      see(chunk);
      controller.enqueue(chunk);
    },
  });
}

function describe(file: ZipInputFile, member: ZipMember): void {
  file.os = 3;
  const attributes = ((FORMAT_BITS[member.type] | (member.mode & 0o7777)) << 16) >>> 0;
  file.attrs = member.type === "dir" ? attributes | 0x10 : attributes;
  file.mtime = Math.min(Math.max(member.mtime * 1000, EARLIEST_MS), LATEST_MS);
}
