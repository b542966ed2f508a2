import type { Source } from "../bytes/mod.ts";
import { type Compression, decompress, openSeekable, type SeekIndex } from "../compression/mod.ts";
import { CoreError, errorFromWire, isCoreError } from "../error.ts";
import { readTable, TarDecoder } from "../tar/mod.ts";
import { scanLayer } from "../tree/mod.ts";
import type { Reading } from "./contents.ts";
import type { OpenOptions } from "./options.ts";
import { errorOf, problemOf } from "./problem.ts";
import { BARE, checkMembers, StreamPass } from "./stream.ts";

/**
 * The members of an archive: hopped through when it is plain, in one pass when it is compressed. Of a tar that breaks off or is corrupt,
 * what stands before that is kept and the flaw noted.
 * @throws CoreError `archive/unrecognized` when there is not one member to be read, `compression/*`, `bytes/limit`.
 */
export async function readMembers(
  source: Source,
  compression: Compression,
  options: OpenOptions,
): Promise<Reading> {
  const reading = await (compression === "none"
    ? readPlain(source, options)
    : readCompressed(source, options));
  const [flaw] = reading.problems;
  if (flaw === undefined || reading.members.count > 0) return reading;
  const packed = compression === "none" ? "" : ` compressed with ${compression}`;
  // Bytes of any kind fail at the checksum of a header; what fails later was meant as a tar.
  const found =
    flaw.code === "tar/header"
      ? `bytes${packed} that are no tar`
      : `a tar${packed} that breaks at its first entry`;
  throw new CoreError(
    "archive/unrecognized",
    `Cannot open archive: unrecognized image format; found ${found}, expected a tar archive`,
    { compression, flaw: flaw.message },
    { cause: errorOf(flaw) },
  );
}

async function readPlain(source: Source, options: OpenOptions): Promise<Reading> {
  const decoder = new TarDecoder({ onEntry: (row) => checkMembers(row, options) });
  const found = { source, documents: new Map(), scans: new Map() };
  try {
    return { ...found, members: await readTable(source, { decoder, signal: options.signal }), problems: [] };
  } catch (error) {
    if (!isCoreError(error) || !error.code.startsWith("tar/")) throw error;
    return { ...found, members: decoder.table(), problems: [problemOf(error)] };
  }
}

/**
 * One pass: decompressed once, the archive yields its members, the documents, a scan of every layer and, where the format has one, an
 * index for random access.
 */
async function readCompressed(source: Source, options: OpenOptions): Promise<Reading> {
  const pass = new StreamPass(options);
  const { onProgress } = options;
  let index: SeekIndex | undefined;
  try {
    ({ index } = await decompress(source, (bytes) => pass.push(bytes), {
      index: true,
      limit: options.limits.content,
      newHasher: options.newHasher,
      signal: options.signal,
      onRead: onProgress && ((done) => onProgress({ stage: "reading", done, total: source.size })),
    }));
  } catch (error) {
    if (error === BARE) return readBare(source, options);
    throw error;
  }
  const members = pass.end();
  if (index === undefined) throw new TypeError("decompress gives an index when asked for one");
  const { documents, scans, problems } = pass;
  return { members, source: openSeekable(source, index), documents, scans, problems };
}

/**
 * A compressed root file system, which turned out to be one within its first kilobytes: read as a layer, so that the one pass finds all
 * that is asked of a layer. Should it hold images after all, their documents are read at random.
 */
async function readBare(source: Source, options: OpenOptions): Promise<Reading> {
  const { newHasher, signal, onProgress } = options;
  const scan = await scanLayer(source, {
    newHasher,
    signal,
    maxSize: options.limits.content,
    onProgress: onProgress && ((done) => onProgress({ stage: "reading", done, total: source.size })),
  });
  const [problem] = scan.problems;
  if (scan.index === undefined)
    throw problem === undefined ? new TypeError("a scan has an index or a problem") : errorFromWire(problem);
  checkMembers(scan.table.count - 1, options);
  return {
    members: scan.table,
    source: openSeekable(source, scan.index),
    documents: new Map(),
    scans: new Map(),
    bare: scan,
    problems: scan.problems.map(({ code, message, detail }) => ({ code, message, detail })),
  };
}
