import { readExact, type Source } from "../bytes/mod.ts";
import { type Compression, sniffCompression, unsupportedCompression } from "../compression/mod.ts";
import { CoreError } from "../error.ts";
import type { EntryTable } from "../tar/mod.ts";
import { bareImage } from "./bare.ts";
import { Contents, pathAt } from "./contents.ts";
import { readImages } from "./images.ts";
import { ARCHIVE_LIMITS, type ArchiveLimits } from "./limits.ts";
import type { OpenArchiveOptions, OpenOptions } from "./options.ts";
import { bounded, errorOf } from "./problem.ts";
import { readMembers } from "./read.ts";
import { outline } from "./recognise.ts";
import type { Archive, Problem } from "./types.ts";

/** Bytes looked at to tell what a file is. */
const HEAD = 512;

/**
 * Opens an image archive of any known layout, in place: of a plain one the headers and the documents are read and nothing else, a
 * compressed one is decompressed once, in one pass that scans its layers as well. What is wrong with a part of the archive is noted in
 * the `problems` of that part. Holds the member table, the documents, and the scans and index of a compressed archive.
 * @throws CoreError `archive/unrecognized` when it is no image archive; `compression/*`, `tar/*` when the file cannot be read as far as
 * that; `oci/*`, `archive/layout` when its tables cannot be read and nothing else tells of the images; `bytes/limit`.
 */
export async function openArchive(source: Source, options: OpenArchiveOptions): Promise<Archive> {
  const limits: ArchiveLimits = { ...ARCHIVE_LIMITS, ...options.limits };
  const opening: OpenOptions = { ...options, limits, budget: { left: limits.values } };
  const head = await readExact(source, { from: 0, to: Math.min(HEAD, source.size) }, options);
  const compression = sniffCompression(head);
  const unsupported = unsupportedCompression(head);
  if (unsupported !== undefined) {
    throw new CoreError(
      "compression/unsupported",
      `Cannot open archive: it is compressed with ${unsupported}, which is not read; expected gzip, zstd, bzip2, xz or none`,
      { found: unsupported },
    );
  }
  const reading = await readMembers(source, compression, opening);
  const { members } = reading;
  const seen = outline(members);
  const whole = {
    compression,
    size: source.size,
    contentSize: reading.source.size,
    members,
    source: reading.source,
  };
  const problems: Problem[] = [...reading.problems];
  if (seen.tables.size > 0 || seen.legacy) {
    const contents = new Contents(reading, limits);
    const found = await readImages(contents, seen, opening);
    problems.push(...duplicateMembers(contents.duplicates), ...found.problems);
    if (found.kind !== undefined) {
      return { ...whole, ...found, kind: found.kind, problems: bounded(problems, limits.problems) };
    }
  }
  if (seen.bare !== undefined) {
    const images = [bareImage(source, reading.bare)];
    return {
      ...whole,
      kind: seen.bare,
      images,
      manifests: [],
      documents: {},
      problems: [...reading.problems],
    };
  }
  const first = problems[0];
  if (first !== undefined) throw errorOf(first);
  throw unrecognized(compression, members);
}

function duplicateMembers(names: readonly string[]): Problem[] {
  return names.slice(0, 20).map((name) => ({
    code: "archive/duplicate",
    message: `The archive has ${name} more than once; the last one counts`,
    detail: { path: name },
  }));
}

function unrecognized(compression: Compression, members: EntryTable): CoreError {
  const names = Array.from({ length: Math.min(members.count, 5) }, (_, row) =>
    pathAt(members, row).slice(0, 100),
  );
  const entries = members.count === 1 ? "1 entry" : `${members.count} entries`;
  const found = `a tar${compression === "none" ? "" : ` (${compression})`} with ${entries}${names.length === 0 ? "" : `, the first ${names.join(", ")}`}`;
  return new CoreError(
    "archive/unrecognized",
    `Cannot open archive: unrecognized image format; found ${found}, expected manifest.json, index.json or repositories in it`,
    { compression, entries: members.count, names },
  );
}
