import type { Bytes, Source } from "../bytes/mod.ts";
import { decompress, openSeekable, sniffCompression } from "../compression/mod.ts";
import { CoreError } from "../error.ts";
import { type EntryTable, TarDecoder } from "../tar/mod.ts";
import { type LayerScan, LayerScanner } from "../tree/mod.ts";
import { cleanPath, pathAt, type Reading, typeAt } from "./contents.ts";
import type { OpenOptions } from "./options.ts";
import { looksLikeTar, TAR_HEAD } from "./sniff.ts";

/** Members that can be a document or a layer by their place; what lies deeper in a file system is neither. */
const OF_THE_ARCHIVE = /^(?:[^/]+|blobs\/[^/]+\/[^/]+|[^/]+\/(?:json|layer\.tar|[^/]*\.tar(?:\.\w+)?))$/;

/** What is done with the member that is passing. */
interface Passing {
  readonly row: number;
  readonly name: string;
  readonly size: number;
  /** Its bytes so far, while it is undecided or a document. */
  pieces: Uint8Array[] | undefined;
  length: number;
  scanner: LayerScanner | undefined;
}

/**
 * Reads a compressed archive in one pass: decompressed once, it yields the members, the documents, a scan of every layer and, where the
 * format has one, an index for random access.
 * @throws CoreError `compression/*`, `tar/*`, `bytes/limit`.
 */
export async function readCompressed(source: Source, options: OpenOptions): Promise<Reading> {
  const pass = new Pass(options);
  const { onProgress } = options;
  const { index } = await decompress(source, (bytes) => pass.push(bytes), {
    index: true,
    limit: options.limits.content,
    signal: options.signal,
    onRead: onProgress && ((done) => onProgress({ stage: "reading", done, total: source.size })),
  });
  const members = pass.end();
  if (index === undefined) throw new TypeError("decompress gives an index when asked for one");
  return {
    members,
    source: openSeekable(source, index),
    documents: pass.documents,
    scans: pass.scans,
    problems: [],
  };
}

/** The members as they stream by; each is decided on by its first bytes. */
class Pass {
  readonly documents = new Map<number, Bytes>();
  readonly scans = new Map<number, LayerScan>();
  readonly #options: OpenOptions;
  readonly #decoder: TarDecoder;
  #passing: Passing | undefined;
  #documentBytes = 0;

  constructor(options: OpenOptions) {
    this.#options = options;
    this.#decoder = new TarDecoder({
      onEntry: (row, table) => this.#enter(row, table),
      onContent: (row, bytes) => {
        if (this.#passing?.row === row) this.#take(this.#passing, bytes);
      },
      onEntryEnd: (row) => {
        if (this.#passing?.row === row) this.#leave(this.#passing);
      },
    });
  }

  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  end(): EntryTable {
    this.#decoder.end();
    return this.#decoder.table();
  }

  #enter(row: number, table: EntryTable): void {
    this.#passing = undefined;
    checkMembers(row, this.#options);
    const size = table.size[row]!;
    if (typeAt(table, row) !== "file" || size === 0) return;
    const name = cleanPath(pathAt(table, row));
    if (name === undefined || !OF_THE_ARCHIVE.test(name)) return;
    this.#passing = { row, name, size, pieces: [], length: 0, scanner: undefined };
  }

  #take(passing: Passing, bytes: Uint8Array): void {
    if (passing.scanner !== undefined) {
      passing.scanner.push(bytes);
    } else if (passing.pieces !== undefined) {
      const undecided = passing.length < TAR_HEAD;
      passing.pieces.push(bytes.slice());
      passing.length += bytes.length;
      if (undecided && passing.length >= TAR_HEAD) this.#decide(passing);
    }
  }

  #leave(passing: Passing): void {
    this.#passing = undefined;
    if (passing.length < TAR_HEAD) this.#decide(passing);
    const { row, name, scanner, pieces } = passing;
    if (pieces !== undefined) this.documents.set(row, joined(pieces, passing.length));
    if (scanner === undefined) return;
    const scan = scanner.end();
    this.scans.set(row, scan);
    this.#options.onLayerScan?.(name, scan);
  }

  /** A document is kept, a layer goes to a scanner, anything else is dropped. */
  #decide(passing: Passing): void {
    const head = joined(passing.pieces ?? [], passing.length);
    passing.pieces = undefined;
    if (looksLikeJson(head)) {
      const { document, documents } = this.#options.limits;
      if (passing.size > document || this.#documentBytes + passing.size > documents) return;
      this.#documentBytes += passing.size;
      passing.pieces = [head];
    } else if (sniffCompression(head) !== "none" || looksLikeTar(head)) {
      passing.scanner = new LayerScanner({ newHasher: this.#options.newHasher });
      passing.scanner.push(head);
    }
  }
}

/** @throws CoreError `bytes/limit` when there are more members than allowed. */
export function checkMembers(row: number, options: OpenOptions): void {
  if (row < options.limits.members) return;
  throw new CoreError(
    "bytes/limit",
    `Cannot read archive: it has more than ${options.limits.members} members`,
    {
      limit: options.limits.members,
    },
  );
}

function looksLikeJson(head: Uint8Array): boolean {
  const first = head.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return first === 0x7b || first === 0x5b;
}

function joined(pieces: readonly Uint8Array[], length: number): Bytes {
  const all = new Uint8Array(length);
  let end = 0;
  for (const piece of pieces) {
    all.set(piece, end);
    end += piece.length;
  }
  return all;
}
