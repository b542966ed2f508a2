import { CoreError } from "../../core/error.ts";
import type { BlobRef, WriterMedium } from "../../core/store/mod.ts";
import type { Database, Transaction } from "./database.ts";
import type { PartialRecord, StoreName } from "./schema.ts";

/** Bytes of a piece. Blobs of 4 to 16 MiB are what browsers store fastest; it is also what a killed tab loses at most. */
export const PIECE_BYTES = 8 * 1024 * 1024;

/** Up to this a piece lies in the database itself and not in a file of its own. */
const SMALL_BYTES = 32 * 1024;

/** Seconds between two pieces that are not full. */
const OFTEN = 0.05;

/** Keys of all pieces of a run. */
export function runRange(run: string): IDBKeyRange {
  return IDBKeyRange.bound([run, 0], [run, Number.POSITIVE_INFINITY]);
}

/** What {@link pieceMedium} takes. */
export interface PieceWriting {
  readonly database: Database;
  readonly ref: BlobRef;
  /** What is kept of the blob already. */
  readonly partial: PartialRecord | undefined;
  /** A new one, for when nothing is kept. */
  readonly run: string;
  readonly pieceBytes: number;
  /** Bytes from which a piece is stored before it is full, when the last one was stored a while ago. */
  readonly leastPiece: number | undefined;
  readonly now: () => number;
  readonly published: () => void;
  readonly close: () => void;
}

/**
 * Where a writer's bytes go: one piece after the other, each stored as soon as it is full while the next one fills up. Holds one piece that
 * fills, and one on its way to the browser.
 */
export function pieceMedium(writing: PieceWriting): WriterMedium {
  return new PieceMedium(writing);
}

const STORES: readonly StoreName[] = ["blobs", "partials", "pieces"];

class PieceMedium implements WriterMedium {
  readonly #writing: PieceWriting;
  /** As it lies in the database. */
  #stored: PartialRecord | undefined;
  #buffer = new Uint8Array(0);
  #filled = 0;
  #storing: Promise<void> = Promise.resolve();
  #busy = false;
  /** Nothing is stored by itself any more: it failed, or the writer is ending. */
  #halted = false;
  #storedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(writing: PieceWriting) {
    this.#writing = writing;
    this.#stored = writing.partial;
  }

  async keep(chunk: Uint8Array): Promise<void> {
    const { pieceBytes } = this.#writing;
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceBytes - this.#filled);
      this.#reserve(this.#filled + part.length);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === pieceBytes || this.#isDue()) {
        await this.#storing;
        this.#begin(this.#takePiece());
      }
    }
    this.#watch();
  }

  /** Stores what has arrived also when nothing more comes. */
  #watch(): void {
    const { leastPiece = Number.POSITIVE_INFINITY } = this.#writing;
    if (this.#timer !== undefined || this.#filled < leastPiece || this.#halted) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isDue() && !this.#halted) this.#begin(this.#takePiece());
      else this.#watch();
    }, OFTEN * 1000);
  }

  #halt(): void {
    clearTimeout(this.#timer);
    this.#halted = true;
  }

  /** What has arrived is to be stored, full or not: nothing else is on its way, and enough time has gone by. */
  #isDue(): boolean {
    const { leastPiece, now } = this.#writing;
    return (
      leastPiece !== undefined && !this.#busy && this.#filled >= leastPiece && now() - this.#storedAt >= OFTEN
    );
  }

  #begin(piece: Piece): void {
    this.#busy = true;
    const ended = (): void => {
      this.#busy = false;
      this.#storedAt = this.#writing.now();
    };
    this.#storing = this.#store(piece);
    // Its failure is thrown by whoever waits for it next.
    this.#storing.then(ended, () => this.#halt());
  }

  async settle(): Promise<void> {
    this.#halt();
    await this.#storing;
    if (this.#filled > 0) await this.#store(this.#takePiece());
  }

  async publish(size: number): Promise<void> {
    this.#halt();
    await this.#storing;
    const { database, ref, published } = this.#writing;
    const piece = this.#filled > 0 ? this.#takePiece() : undefined;
    await database.run(
      "readwrite",
      STORES,
      { what: `store ${ref.digest}`, needed: piece?.size, strict: true },
      async (transaction) => {
        const partial = await this.#extend(transaction, piece);
        const run = partial?.run ?? this.#writing.run;
        // All requests of a transaction end before it does: none needs to be waited for.
        void transaction.objectStore("partials").delete(ref.digest);
        await transaction.objectStore("blobs").add({ digest: ref.digest, size, run });
      },
    );
    published();
  }

  async drop(): Promise<void> {
    this.#halt();
    await this.#storing.catch(() => {});
    const { database, ref } = this.#writing;
    await database.run(
      "readwrite",
      STORES,
      { what: `drop what is kept of ${ref.digest}` },
      async (transaction) => {
        await this.#fence(transaction);
        if (this.#stored === undefined) return;
        await dropPartial(transaction, this.#stored);
      },
    );
  }

  close(): void {
    this.#halt();
    this.#buffer = new Uint8Array(0);
    this.#writing.close();
  }

  async #store(piece: Piece): Promise<void> {
    const { database, ref } = this.#writing;
    const offset = this.#stored?.offset ?? 0;
    const needed = ref.size === undefined ? piece.size : ref.size - offset;
    this.#stored = await database.run(
      "readwrite",
      STORES,
      // Strict costs nothing that can be measured here, and a power cut must not take a piece that a visible blob is made of.
      { what: `store ${ref.digest}`, needed, strict: true },
      async (transaction) => this.#extend(transaction, piece),
    );
  }

  /** Puts a piece behind those there are; gives the record as it is then. */
  async #extend(
    transaction: Transaction<"readwrite">,
    piece: Piece | undefined,
  ): Promise<PartialRecord | undefined> {
    await this.#fence(transaction);
    if (piece === undefined) return this.#stored;
    const { ref, now, run } = this.#writing;
    const before = this.#stored ?? { digest: ref.digest, run, offset: 0, pieces: 0 };
    const after: PartialRecord = {
      ...before,
      offset: before.offset + piece.size,
      pieces: before.pieces + 1,
      touchedAt: now(),
    };
    void transaction.objectStore("pieces").add(piece.value, [before.run, before.pieces]);
    await transaction.objectStore("partials").put(after);
    return after;
  }

  /** Locks keep writers apart; a tab that was frozen or has no locks is kept apart here. */
  async #fence(transaction: Transaction<"readwrite">): Promise<void> {
    const { digest } = this.#writing.ref;
    const found = await transaction.objectStore("partials").get(digest);
    if (found?.run === this.#stored?.run && found?.pieces === this.#stored?.pieces) return;
    throw new CoreError("store/conflict", `Cannot store ${digest}: another tab has taken over writing it`, {
      digest,
    });
  }

  #takePiece(): Piece {
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#filled = 0;
    if (bytes.length <= SMALL_BYTES) return { size: bytes.length, value: bytes.slice() };
    // The Blob has a copy, yet the buffer is not used again: the browser frees Blobs only when the garbage collector has run, which looks
    // at buffers and not at Blobs. With one buffer for all pieces 1 GB stays in memory, with one for each 120 MB (Chromium 156).
    this.#buffer = new Uint8Array(0);
    return { size: bytes.length, value: new Blob([bytes]) };
  }

  /** Grows by doubling, so that a manifest does not take a piece's memory; after a first piece there is little doubt. */
  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const { pieceBytes } = this.#writing;
    const room = this.#stored === undefined ? Math.max(bytes, this.#buffer.length * 2, 65_536) : pieceBytes;
    const wider = new Uint8Array(Math.min(pieceBytes, room));
    wider.set(this.#buffer.subarray(0, this.#filled));
    this.#buffer = wider;
  }
}

interface Piece {
  readonly size: number;
  readonly value: Blob | Uint8Array<ArrayBuffer>;
}

/** Deletes an unfinished blob with its pieces. */
export async function dropPartial(
  transaction: Transaction<"readwrite">,
  { digest, run }: Pick<PartialRecord, "digest" | "run">,
): Promise<void> {
  void transaction.objectStore("pieces").delete(runRange(run));
  await transaction.objectStore("partials").delete(digest);
}
