import type { Bytes } from "../bytes/mod.ts";
import { sniffCompression } from "../compression/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { type EntryTable, TarDecoder } from "../tar/mod.ts";
import { type LayerScan, LayerScanner } from "../tree/mod.ts";
import { cleanPath, pathAt, typeAt } from "./contents.ts";
import type { OpenOptions } from "./options.ts";
import { problemOf } from "./problem.ts";
import { startsRootfs } from "./recognise.ts";
import { looksLikeTar, TAR_HEAD } from "./sniff.ts";
import type { Problem } from "./types.ts";

/** Members that can be a document or a layer by their place; what lies deeper in a file system is neither. */
const OF_THE_ARCHIVE = /^(?:[^/]+|blobs\/[^/]+\/[^/]+|[^/]+\/(?:json|layer\.tar|[^/]*\.tar(?:\.\w+)?))$/;

/** Thrown out of {@link StreamPass.push} when the first member tells that the archive is no archive of images but a root file system. */
export const BARE: unique symbol = Symbol("a root file system");

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

/** The members as they stream by; each is decided on by its first bytes. */
export class StreamPass {
  readonly documents = new Map<number, Bytes>();
  readonly scans = new Map<number, LayerScan>();
  /** Where the tar breaks off, if it does. */
  readonly problems: Problem[] = [];
  readonly #options: OpenOptions;
  readonly #decoder: TarDecoder;
  #passing: Passing | undefined;
  #documentBytes = 0;
  #begun = false;

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

  /** Takes the next bytes of the decompressed archive. After a flaw the rest is let pass, so that the pass can end. */
  push(bytes: Uint8Array): void {
    this.#contained(() => this.#decoder.push(bytes));
  }

  /** Says that there are no more bytes. */
  end(): EntryTable {
    this.#contained(() => this.#decoder.end());
    return this.#decoder.table();
  }

  #contained(work: () => void): void {
    if (this.problems.length > 0) return;
    try {
      work();
    } catch (error) {
      if (!isCoreError(error) || !error.code.startsWith("tar/")) throw error;
      this.problems.push(problemOf(error));
    }
  }

  #enter(row: number, table: EntryTable): void {
    this.#passing = undefined;
    checkMembers(row, this.#options);
    const size = table.size[row]!;
    const isFile = typeAt(table, row) === "file" && size > 0;
    if (this.#begun && !isFile) return;
    const name = cleanPath(pathAt(table, row));
    if (!this.#begun && name !== undefined && startsRootfs(name)) throw BARE;
    this.#begun ||= name !== "";
    if (!isFile || name === undefined || !OF_THE_ARCHIVE.test(name)) return;
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
      passing.scanner = new LayerScanner({
        newHasher: this.#options.newHasher,
        maxSize: this.#options.limits.content,
      });
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
