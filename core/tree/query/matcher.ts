import { type Automaton, isKind } from "./automaton.ts";

/** Most deterministic states that are made for one pattern: beyond, it is refused. At most 256 transitions of four bytes each. */
const MOST_STATES = 4096;

/** The state in which a match has been found: nothing leads out of it. */
export const MATCHED = 0;
/** The state before any byte. */
export const START = 1;

/** The end of the text, beside the 256 bytes. */
const END = 256;

/**
 * Looks for a pattern anywhere in texts given as bytes, one table look-up a byte: the automaton's states are put together into deterministic
 * ones when a text first leads there. Nothing a pattern or a text can say makes it slower. A state is a number, so a text can be
 * taken up where another one left off.
 */
export class Matcher {
  readonly #automaton: Automaton;
  /** Bytes that no pattern tells apart share a class: most patterns have fewer than ten. */
  readonly #classOf = new Uint16Array(257);
  readonly #classes: number;
  readonly #sample: number[] = [];
  readonly #table: number[] = [];
  readonly #sets: Int32Array[] = [];
  readonly #known = new Map<string, number>();
  readonly #mark: Uint8Array;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
    this.#mark = new Uint8Array(automaton.kind.length);
    const borders = new Uint8Array(258);
    for (const [state] of automaton.kind.entries()) {
      if (!isKind(automaton, state, "bytes")) continue;
      borders[automaton.from[state]!] = 1;
      borders[automaton.to[state]! + 1] = 1;
    }
    let last = -1;
    for (let byte = 0; byte <= END; byte++) {
      if (byte === 0 || byte === END || borders[byte] === 1) {
        last++;
        this.#sample.push(byte);
      }
      this.#classOf[byte] = last;
    }
    this.#classes = last + 1;
    this.#sets.push(new Int32Array(0), this.#closure([automaton.first], true) ?? new Int32Array(0));
    for (let at = 0; at < 2 * this.#classes; at++) this.#table.push(at < this.#classes ? MATCHED : -1);
    if (this.#closure([automaton.first], true) === undefined) {
      this.#table.fill(MATCHED);
    }
  }

  /**
   * The state after `bytes[from … to]`, starting in `state`.
   * @throws RangeError when the pattern takes too many states.
   */
  run(state: number, bytes: Uint8Array, from: number, to: number): number {
    const classes = this.#classes;
    const classOf = this.#classOf;
    const table = this.#table;
    let at = state;
    for (let position = from; position < to && at !== MATCHED; position++) {
      const byteClass = classOf[bytes[position]!]!;
      const next = table[at * classes + byteClass]!;
      at = next >= 0 ? next : this.#step(at, byteClass);
    }
    return at;
  }

  /** Whether a text that led to `state` and ends there has a match. */
  accepts(state: number): boolean {
    if (state === MATCHED) return true;
    const end = this.#classOf[END]!;
    const next = this.#table[state * this.#classes + end]!;
    return (next >= 0 ? next : this.#step(state, end)) === MATCHED;
  }

  #step(state: number, byteClass: number): number {
    const automaton = this.#automaton;
    const byte = this.#sample[byteClass]!;
    const reached: number[] = [];
    for (const member of this.#sets[state]!) {
      if (byte === END) {
        if (isKind(automaton, member, "end")) reached.push(automaton.next[member]!);
      } else if (
        isKind(automaton, member, "bytes") &&
        automaton.from[member]! <= byte &&
        byte <= automaton.to[member]!
      ) {
        reached.push(automaton.next[member]!);
      }
    }
    // A match may begin at every byte.
    if (byte !== END) reached.push(automaton.first);
    const set = byte === END ? this.#endClosure(reached) : this.#closure(reached, false);
    const next = set === undefined ? MATCHED : this.#stateOf(set);
    this.#table[state * this.#classes + byteClass] = next;
    return next;
  }

  #stateOf(set: Int32Array): number {
    const key = set.join(" ");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#sets.length >= MOST_STATES) throw new RangeError("the pattern takes too many states");
    const state = this.#sets.push(set) - 1;
    for (let at = 0; at < this.#classes; at++) this.#table.push(-1);
    this.#known.set(key, state);
    return state;
  }

  /** At the end of the text any number of `$` hold. */
  #endClosure(states: readonly number[]): Int32Array | undefined {
    let reached = states;
    for (;;) {
      const set = this.#closure(reached, false);
      if (set === undefined) return undefined;
      const more = [...set].filter((state) => isKind(this.#automaton, state, "end"));
      if (more.every((state) => reached.includes(this.#automaton.next[state]!))) {
        return new Int32Array(0);
      }
      reached = [...reached, ...more.map((state) => this.#automaton.next[state]!)];
    }
  }

  /** The states that wait for something, reachable without any byte, in order; `undefined` when a match is among them. */
  #closure(states: readonly number[], atStart: boolean): Int32Array | undefined {
    const automaton = this.#automaton;
    const mark = this.#mark.fill(0);
    const open = [...states];
    const waiting: number[] = [];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (mark[state] === 1) continue;
      mark[state] = 1;
      if (isKind(automaton, state, "match")) return undefined;
      if (isKind(automaton, state, "fork")) open.push(automaton.next[state]!, automaton.other[state]!);
      else if (isKind(automaton, state, "start")) {
        if (atStart) open.push(automaton.next[state]!);
      } else waiting.push(state);
    }
    return Int32Array.from(waiting).sort();
  }
}
