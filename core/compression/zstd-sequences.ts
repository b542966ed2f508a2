import {
  type Alphabet,
  type FseTable,
  fillFseTable,
  fillSingleFseTable,
  fseTable,
  readFseTable,
} from "./zstd-fse.ts";
import type { ZstdInput } from "./zstd-input.ts";

/** The meaning of a length code: bits 0-19 the base, from 20 on how many bits to add. */
const EXTRA_SHIFT = 20;

/** RFC 8878 section 3.1.1.3.2.1.1: codes up to `plain` stand for themselves plus `base`; the others' extra bits are listed. */
function lengthMeanings(plain: number, base: number, extraBits: readonly number[]): Int32Array {
  let value = base + plain;
  return Int32Array.from([
    ...Array.from({ length: plain }, (_, code) => code + base),
    ...extraBits.map((extra) => {
      const meaning = (extra << EXTRA_SHIFT) | value;
      value += 1 << extra;
      return meaning;
    }),
  ]);
}

const LITERAL_LENGTHS: Alphabet = {
  log: 9,
  meanings: lengthMeanings(16, 0, [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
};
const MATCH_LENGTHS: Alphabet = {
  log: 9,
  meanings: lengthMeanings(32, 3, [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
};
/** An offset's meaning is its code: as many bits follow. */
const OFFSETS: Alphabet = { log: 8, meanings: Int32Array.from({ length: 32 }, (_, code) => code) };

/** RFC 8878 section 3.1.1.3.2.2; runs are written as value and how often. */
const repeated = (...runs: readonly (readonly [value: number, times: number])[]): Int16Array =>
  Int16Array.from(runs.flatMap(([value, times]) => Array.from({ length: times }, () => value)));
const DEFAULT_LITERAL_LENGTHS = repeated(
  [4, 1],
  [3, 1],
  [2, 11],
  [1, 3],
  [2, 9],
  [3, 1],
  [2, 1],
  [1, 5],
  [-1, 4],
);
const DEFAULT_MATCH_LENGTHS = repeated([1, 1], [4, 1], [3, 1], [2, 6], [1, 37], [-1, 7]);
const DEFAULT_OFFSETS = repeated([1, 6], [2, 3], [1, 15], [-1, 5]);

interface Kind {
  readonly name: string;
  readonly alphabet: Alphabet;
  readonly standard: FseTable;
}

function kind(name: string, alphabet: Alphabet, standard: { log: number; distribution: Int16Array }): Kind {
  const table = fseTable(standard.log);
  fillFseTable(table, standard.distribution, { log: standard.log, meanings: alphabet.meanings });
  return { name, alphabet, standard: table };
}

/** In the order in which a block sends its tables. */
const KINDS = {
  literals: kind("literal length", LITERAL_LENGTHS, { log: 6, distribution: DEFAULT_LITERAL_LENGTHS }),
  offsets: kind("offset", OFFSETS, { log: 5, distribution: DEFAULT_OFFSETS }),
  matches: kind("match length", MATCH_LENGTHS, { log: 6, distribution: DEFAULT_MATCH_LENGTHS }),
};

/** One of the three tables of a frame: its own memory, and the table in force. */
interface Slot {
  readonly kind: Kind;
  readonly own: FseTable;
  current: FseTable | undefined;
}

/** The three tables that sequences are decoded by; a block may go on with those of the block before. */
export class SequenceTables {
  readonly #literals: Slot = slot(KINDS.literals);
  readonly #offsets: Slot = slot(KINDS.offsets);
  readonly #matches: Slot = slot(KINDS.matches);

  /** Forgets the tables: a frame begins. */
  reset(): void {
    this.#literals.current = undefined;
    this.#offsets.current = undefined;
    this.#matches.current = undefined;
  }

  /**
   * Reads the modes byte at `from` and the tables behind it; returns the tables in force and where they end.
   * @throws CoreError `compression/corrupt`.
   * @see RFC 8878 section 3.1.1.3.2.1
   */
  read(
    input: ZstdInput,
    range: { readonly from: number; readonly to: number },
  ): {
    readonly literals: FseTable;
    readonly offsets: FseTable;
    readonly matches: FseTable;
    readonly end: number;
  } {
    const modes = input.bytes[range.from]!;
    if (modes & 3) throw input.corrupt("reserved bits of the sequence modes are set", range.from);
    let at = range.from + 1;
    const one = (slot: Slot, mode: number): FseTable => {
      if (at > range.to) throw input.corrupt("sequence tables end outside their block", range.to);
      if (mode === 0) {
        slot.current = slot.kind.standard;
      } else if (mode === 1) {
        const symbol = input.bytes[at]!;
        const meaning = slot.kind.alphabet.meanings[symbol];
        if (meaning === undefined || at >= range.to)
          throw input.corrupt(`${slot.kind.name} code is ${symbol}`, at);
        fillSingleFseTable(slot.own, meaning);
        slot.current = slot.own;
        at++;
      } else if (mode === 2) {
        at = readFseTable(
          input,
          { from: at, to: range.to },
          { alphabet: slot.kind.alphabet, into: slot.own },
        );
        slot.current = slot.own;
      } else if (slot.current === undefined) {
        throw input.corrupt(`${slot.kind.name} table is repeated, but there was none before`, range.from);
      }
      return slot.current;
    };
    const literals = one(this.#literals, modes >> 6);
    const offsets = one(this.#offsets, (modes >> 4) & 3);
    const matches = one(this.#matches, (modes >> 2) & 3);
    return { literals, offsets, matches, end: at };
  }
}

function slot(kind: Kind): Slot {
  return { kind, own: fseTable(kind.alphabet.log), current: undefined };
}
