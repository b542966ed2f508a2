import { bothCases, inverted, SLASH, type Syntax } from "./syntax.ts";
import { utf8Ranges } from "./utf8.ts";

/** Most states of an automaton: what `(x{1000}){20}` would take is refused. */
const MOST_STATES = 20_000;

/** What a state waits for; `next` and `other` are states. */
const KIND = { bytes: 0, fork: 1, start: 2, end: 3, match: 4 } as const;

/** A pattern as a nondeterministic automaton over bytes, in columns by state. */
export interface Automaton {
  readonly kind: readonly number[];
  readonly next: readonly number[];
  /** Second way of a fork. */
  readonly other: readonly number[];
  /** Range of bytes that a state of kind `bytes` takes. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly first: number;
}

/** Whether a state is of a kind. */
export const isKind = (automaton: Automaton, state: number, kind: keyof typeof KIND): boolean =>
  automaton.kind[state] === KIND[kind];

/**
 * The automaton of a pattern; `anyCase` makes upper and lower case one. `undefined` when it takes too many states.
 * Made from the end to the beginning, so that every part knows what comes after it.
 */
export function compile(syntax: Syntax, options: { readonly anyCase: boolean }): Automaton | undefined {
  const kind: number[] = [];
  const next: number[] = [];
  const other: number[] = [];
  const from: number[] = [];
  const to: number[] = [];

  const add = (what: number, then: number, second = -1, low = 0, high = 0): number => {
    if (kind.length >= MOST_STATES) throw TOO_MANY;
    kind.push(what);
    next.push(then);
    other.push(second);
    from.push(low);
    to.push(high);
    return kind.length - 1;
  };

  const bytes = (low: number, high: number, then: number): number => add(KIND.bytes, then, -1, low, high);

  const oneOf = (states: readonly number[]): number => {
    let whole = states.at(-1)!;
    for (let at = states.length - 2; at >= 0; at--) whole = add(KIND.fork, states[at]!, whole);
    return whole;
  };

  /** A loop over `make`, left to `then`. */
  const loop = (then: number, make: (back: number) => number): number => {
    const fork = add(KIND.fork, then, then);
    other[fork] = make(fork);
    return fork;
  };

  const points = (ranges: readonly number[], negated: boolean, then: number): number => {
    const folded = options.anyCase ? bothCases(ranges) : ranges;
    const runs = utf8Ranges(negated ? inverted(folded) : folded);
    const states = runs.map((run) => {
      let state = then;
      for (let at = run.length - 2; at >= 0; at -= 2) state = bytes(run[at]!, run[at + 1]!, state);
      return state;
    });
    // A class of nothing: a range that no byte is in.
    return states.length === 0 ? bytes(1, 0, then) : oneOf(states);
  };

  const build = (part: Syntax, then: number): number => {
    switch (part.is) {
      case "ranges":
        return points(part.ranges, part.negated === true, then);
      case "run":
        return loop(then, (back) =>
          part.slashes
            ? bytes(0, 255, back)
            : oneOf([bytes(0, SLASH - 1, back), bytes(SLASH + 1, 255, back)]),
        );
      case "sequence":
        return part.parts.reduceRight((after, one) => build(one, after), then);
      case "choice":
        return oneOf(part.parts.map((one) => build(one, then)));
      case "start":
        return add(KIND.start, then);
      case "end":
        return add(KIND.end, then);
    }
    return repeat(part, then);
  };

  const repeat = ({ part, least, most }: Extract<Syntax, { is: "repeat" }>, then: number): number => {
    let state = then;
    if (most === Number.POSITIVE_INFINITY) state = loop(then, (back) => build(part, back));
    else for (let times = least; times < most; times++) state = add(KIND.fork, then, build(part, state));
    for (let times = 0; times < least; times++) state = build(part, state);
    return state;
  };

  try {
    const first = build(syntax, add(KIND.match, -1));
    return { kind, next, other, from, to, first };
  } catch (error) {
    if (error === TOO_MANY) return undefined;
    throw error;
  }
}

const TOO_MANY = new RangeError("too many states");
