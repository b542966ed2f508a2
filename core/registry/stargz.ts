import { type Bytes, pump, type ReadOptions, type Source, sliceBounds } from "../bytes/mod.ts";
import { createDecompressor } from "../compression/mod.ts";
import { isDigest, sha256Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { type Descriptor, parseTimestamp } from "../oci/mod.ts";
import {
  composeTar,
  compositionSource,
  type EntryType,
  type HeaderFields,
  TarDecoder,
  type TarMember,
} from "../tar/mod.ts";
import type { LayerScan } from "../tree/mod.ts";
import { readToc, type Toc, type TocEntry } from "./stargz-toc.ts";

/** A layer as its own table of contents lists it. */
export interface ListedLayer {
  /** Folds like that of a layer that was read, but has no diff ID: nothing of it was read. */
  readonly scan: LayerScan;
  /** The layer uncompressed, as if it were here: what {@link LayerScan.table} says the places of. Reading a file fetches and checks its parts. */
  readonly content: Source;
}

/** Where eStargz says the digest of the table of contents. */
const TOC_DIGEST = "containerd.io/snapshot/stargz/toc.digest";

/**
 * Lists the files of an eStargz layer through two ranges, without reading the rest; `undefined` when the layer is another. Holds its table.
 * @throws CoreError when it has a table of contents that is broken: `registry/answer`, `digest/mismatch`, `compression/*`, `oci/*`.
 */
export async function listStargz(
  layer: Source,
  descriptor: Descriptor,
  options: ReadOptions = {},
): Promise<ListedLayer | undefined> {
  const said = descriptor.annotations?.get(TOC_DIGEST) ?? "";
  const toc = await readToc(layer, { ...options, digest: isDigest(said) ? said : undefined });
  if (toc === undefined) return undefined;
  const composition = composeTar(membersOf(layer, toc));
  const decoder = new TarDecoder({});
  for (const part of composition.parts) {
    if (part instanceof Uint8Array) decoder.push(part);
    else decoder.skip(part.size);
  }
  decoder.end();
  const table = decoder.table();
  let contentSize = 0;
  for (let row = 0; row < table.count; row++) if (table.type[row] === 0) contentSize += table.size[row]!;
  const scan: LayerScan = {
    compression: "none",
    blobDigest: descriptor.digest,
    blobSize: descriptor.size,
    diffID: undefined,
    size: composition.size,
    table,
    index: undefined,
    contentSize,
    problems: [],
    fileDigests: undefined,
  };
  return { scan, content: compositionSource(composition) };
}

const TYPES: ReadonlyMap<string, EntryType> = new Map([
  ["reg", "file"],
  ["dir", "dir"],
  ["symlink", "symlink"],
  ["hardlink", "link"],
  ["char", "char"],
  ["block", "block"],
  ["fifo", "fifo"],
]);

/** The entries as members of a tar whose contents lie in the layer. */
function membersOf(layer: Source, { entries, offset: end }: Toc): TarMember[] {
  const starts = [
    ...new Set(entries.map(({ offset }) => offset).filter((at) => at > 0 && at < end)),
    end,
  ].sort((a, b) => a - b);
  const members: TarMember[] = [];
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at]!;
    const type = TYPES.get(entry.type);
    if (type === undefined || entry.name.includes("\0")) continue;
    const header = headerOf(entry, type);
    if (type !== "file") {
      members.push({ entry: header });
      continue;
    }
    const size = entry.fields.count("size") ?? 0;
    const parts = [entry];
    while (entries[at + 1]?.type === "chunk") parts.push(entries[++at]!);
    members.push({
      entry: header,
      content: fileSource({ layer, parts: size === 0 ? [] : parts, size, starts }, 0, size),
    });
  }
  return members;
}

function headerOf({ name, fields }: TocEntry, type: EntryType): HeaderFields {
  const xattrs: Record<string, Bytes> = {};
  const listed = fields.value("xattrs");
  if (listed instanceof Map)
    for (const [key, value] of listed) if (typeof value === "string") xattrs[key] = bytesOf(value);
  return {
    path: name,
    type,
    mode: (fields.integer("mode") ?? 0) & 0o7777,
    uid: fields.count("uid") ?? 0,
    gid: fields.count("gid") ?? 0,
    uname: fields.string("userName") ?? "",
    gname: fields.string("groupName") ?? "",
    mtime: parseTimestamp(fields.string("modtime") ?? "")?.seconds ?? 0,
    link: fields.string("linkName") ?? "",
    major: fields.count("devMajor") ?? 0,
    minor: fields.count("devMinor") ?? 0,
    ...(Object.keys(xattrs).length > 0 ? { xattrs } : {}),
  };
}

/** Go writes bytes in base64. */
function bytesOf(text: string): Bytes {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}

interface StargzFile {
  readonly layer: Source;
  readonly parts: readonly TocEntry[];
  readonly size: number;
  /** Where compressed parts begin in the layer, and where the last one ends; ascending. */
  readonly starts: readonly number[];
}

/** Bytes `[from, to)` of a file: each part that they lie in is fetched by one range and checked. */
function fileSource(file: StargzFile, from: number, to: number): Source {
  const whole: Source = {
    size: to - from,
    requestCost: file.layer.requestCost,
    slice(start, end) {
      const [first, last] = sliceBounds(to - from, start, end);
      return fileSource(file, from + first, from + last);
    },
    stream() {
      const chunks = fileChunks(file, from, to);
      return new ReadableStream<Bytes>(
        {
          async pull(controller) {
            const next = await chunks.next();
            if (next.done === true) controller.close();
            else controller.enqueue(next.value);
          },
          async cancel() {
            await chunks.return();
          },
        },
        { highWaterMark: 0 },
      );
    },
    async arrayBuffer() {
      const bytes = new Uint8Array(to - from);
      let at = 0;
      for await (const chunk of fileChunks(file, from, to)) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return bytes.buffer;
    },
  };
  return whole;
}

async function* fileChunks(file: StargzFile, from: number, to: number): AsyncGenerator<Bytes, void, void> {
  let at = from;
  for (const part of file.parts) {
    const end = part.chunkOffset + (part.chunkSize > 0 ? part.chunkSize : file.size - part.chunkOffset);
    if (at >= to) return;
    if (end <= at || part.chunkOffset > at) continue;
    const bytes = await readPart(file, part, end - part.chunkOffset);
    const piece = bytes.subarray(at - part.chunkOffset, Math.min(end, to) - part.chunkOffset);
    at += piece.length;
    yield piece.slice();
  }
  if (at < to) throw missingPart(file.parts[0]?.name ?? "", at);
}

/** Most bytes of one part; builders make them of 4 MiB. */
const MOST_PART = 512 * 1024 * 1024;

async function readPart({ layer, starts }: StargzFile, part: TocEntry, size: number): Promise<Bytes> {
  const end = starts.find((start) => start > part.offset);
  if (end === undefined || size > MOST_PART) throw missingPart(part.name, part.chunkOffset);
  const bytes = new Uint8Array(size);
  let passed = -part.innerOffset;
  const machine = createDecompressor("gzip", (chunk) => {
    const fresh = chunk.subarray(Math.max(-passed, 0), Math.max(size - passed, 0));
    const place = Math.max(passed, 0);
    if (fresh.length > 0 && place < size) bytes.set(fresh.subarray(0, size - place), place);
    passed += chunk.length;
  });
  await pump(layer.slice(part.offset, end), (chunk) => {
    if (passed < size) machine.push(chunk);
  });
  if (passed < size) throw missingPart(part.name, part.chunkOffset + Math.max(passed, 0));
  const digest = part.chunkDigest === undefined ? undefined : sha256Digest(bytes);
  if (digest === part.chunkDigest) return bytes;
  throw new CoreError(
    "digest/mismatch",
    `Cannot verify ${part.name} at byte ${part.chunkOffset}: digest is ${digest}, expected ${part.chunkDigest}`,
    {
      what: "part",
      path: part.name,
      expected: part.chunkDigest ?? "",
      found: digest ?? "",
    },
  );
}

function missingPart(path: string, at: number): CoreError {
  return new CoreError(
    "registry/answer",
    `Cannot read ${path} at byte ${at}: the table of contents does not say where it is`,
    { path, at },
  );
}
