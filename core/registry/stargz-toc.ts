import { type Bytes, type ReadOptions, readExact, type Source } from "../bytes/mod.ts";
import { decompress } from "../compression/mod.ts";
import { type Digest, sha256Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { type Fields, fieldsOf, parseJson } from "../oci/mod.ts";
import { readEntries } from "../tar/mod.ts";

/** One entry of a table of contents: a file, or a further part of the file before it. */
export interface TocEntry {
  readonly name: string;
  /** `reg`, `dir`, `symlink`, `hardlink`, `char`, `block`, `fifo`, `chunk`. */
  readonly type: string;
  readonly fields: Fields;
  /** Where the compressed bytes of the part begin in the layer. */
  readonly offset: number;
  /** Bytes to pass over after decompressing. */
  readonly innerOffset: number;
  readonly chunkOffset: number;
  /** 0 for all that is left of the file. */
  readonly chunkSize: number;
  readonly chunkDigest: string | undefined;
}

/** The table of contents of an eStargz layer. */
export interface Toc {
  readonly entries: readonly TocEntry[];
  /** Where the table itself begins: after all contents. */
  readonly offset: number;
}

/** Bytes of a table of contents, compressed and not. A layer of 100,000 files has 40 MB. */
const MOST_TOC = 128 * 1024 * 1024;
const FOOTER = 51;
const LEGACY_FOOTER = 47;
const TOC_NAME = "stargz.index.json";

/**
 * The table of contents of a layer, from its footer on; `undefined` when the layer has none. Two reads.
 * @throws CoreError `registry/answer`, `digest/mismatch`, `compression/*`, `tar/*`, `oci/*`, `bytes/limit` when there is one and it is broken.
 * @see https://github.com/containerd/stargz-snapshotter/blob/v0.16.3/docs/estargz.md
 */
export async function readToc(
  layer: Source,
  options: ReadOptions & { readonly digest?: Digest | undefined } = {},
): Promise<Toc | undefined> {
  if (layer.size < FOOTER) return undefined;
  const footer = await readExact(layer, { from: layer.size - FOOTER, to: layer.size }, options);
  const found = tocOffset(footer);
  if (found === undefined || found.offset >= layer.size - found.length) return undefined;
  const packed = layer.slice(found.offset, layer.size - found.length);
  if (packed.size > MOST_TOC) throw broken(`it has ${packed.size} bytes, expected at most ${MOST_TOC}`);
  const held: Uint8Array[] = [];
  await decompress(packed, (bytes) => void held.push(bytes.slice()), { ...options, limit: MOST_TOC });
  const json = await tocFile(new Blob(held.map((piece) => new Uint8Array(piece))), options);
  if (options.digest !== undefined) {
    const digest = sha256Digest(json);
    if (digest !== options.digest)
      throw new CoreError(
        "digest/mismatch",
        `Cannot verify the table of contents ${options.digest}: digest is ${digest}`,
        { what: "toc", expected: options.digest, found: digest },
      );
  }
  const fields = fieldsOf(
    parseJson(json, { document: "the table of contents", limits: { bytes: MOST_TOC } }).value,
    "the table of contents",
  );
  return { offset: found.offset, entries: (fields.objects("entries") ?? []).map(entryOf) };
}

/** A gzip member without content, whose extra field says where the table is. */
function tocOffset(footer: Bytes): { readonly offset: number; readonly length: number } | undefined {
  for (const [length, skip] of [
    [FOOTER, 4],
    [LEGACY_FOOTER, 0],
  ] as const) {
    const bytes = footer.subarray(FOOTER - length);
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8 || bytes[3] !== 4) continue;
    const extra = new TextDecoder("latin1").decode(bytes.subarray(12 + skip, 12 + skip + 22));
    const hex = /^([0-9a-f]{16})STARGZ$/.exec(extra)?.[1];
    if (hex !== undefined) return { offset: Number.parseInt(hex, 16), length };
  }
  return undefined;
}

async function tocFile(tar: Source, options: ReadOptions): Promise<Bytes> {
  for await (const { entry, content } of readEntries(tar.stream(), options)) {
    if (entry.path === TOC_NAME) return new Uint8Array(await new Response(content).arrayBuffer());
  }
  throw broken(`it has no ${TOC_NAME}`);
}

function entryOf(fields: Fields): TocEntry {
  return {
    name: fields.string("name") ?? "",
    type: fields.string("type") ?? "",
    fields,
    offset: fields.count("offset") ?? 0,
    innerOffset: fields.count("innerOffset") ?? 0,
    chunkOffset: fields.count("chunkOffset") ?? 0,
    chunkSize: fields.count("chunkSize") ?? 0,
    chunkDigest: fields.string("chunkDigest") || undefined,
  };
}

function broken(flaw: string): CoreError {
  return new CoreError("registry/answer", `Cannot read a layer's table of contents: ${flaw}`, { flaw });
}
