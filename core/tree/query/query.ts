import { type Measure, measure } from "../measure.ts";
import type { Tree } from "../tree.ts";
import type { View } from "../view.ts";
import { compile } from "./automaton.ts";
import { queryError } from "./error.ts";
import { type Fact, factOf } from "./fact.ts";
import { isGlob, parseGlob } from "./glob.ts";
import { MATCHED, Matcher, START } from "./matcher.ts";
import { parseRegex } from "./regex.ts";
import { literal, SLASH, type Syntax } from "./syntax.ts";
import { type Word, wordsOf } from "./words.ts";

/** Nodes of a tree: one byte a node, 1 for those in the set. */
export interface NodeSet {
  readonly count: number;
  readonly has: Uint8Array<ArrayBuffer>;
}

/** A pattern held against names or paths. */
interface Search {
  readonly matcher: Matcher;
  readonly paths: boolean;
  /** Whether only the path itself counts where the pattern was found, and not everything below it. */
  readonly once: boolean;
}

/** A filter, ready to be run, on any tree and any number of times. */
export interface Query {
  readonly text: string;
  readonly conditions: readonly { readonly negated: boolean; readonly test: Search | Fact }[];
}

/**
 * The filter that `text` means: conditions parted by spaces, all of which must hold, `!` in front negates. `/regex/` or `/regex/i`; a wildcard
 * pattern (`*.so`, `etc/**`); a fact (`size>1M`, `type:symlink`, `mode:4000`, `uid:0`, `layer:2`, `is:added`); anything else, or in quotes, is text
 * to be found. With a slash in it (for a regular expression: an escaped one) it is held against absolute paths, else against names.
 * Capital letters make it heed case; regular expressions do so without `i`. Empty text matches everything. No pattern takes more than a
 * step a byte.
 * @throws CoreError `tree/query` when it means nothing: its message is for the one who typed it.
 */
export function parseQuery(text: string): Query {
  const conditions = wordsOf(text).map((word) => {
    const fact = word.form === "plain" ? factOf(word.text) : undefined;
    return { negated: word.negated, test: fact ?? searchOf(word) };
  });
  return { text, conditions };
}

/**
 * The nodes of `view` that match, the root left out. Linear in the nodes and the bytes of their names.
 * @throws CoreError `tree/query` when a pattern turns out too large for these names.
 * @throws RangeError when the tree has no layer `view.upTo`.
 */
export function matchNodes(tree: Tree, query: Query, view: View): NodeSet {
  const facts = measure(tree, view);
  const has = new Uint8Array(tree.nodeCount);
  for (let node = 1; node < has.length; node++) has[node] = facts.event[node]! >= 0 ? 1 : 0;
  try {
    for (const { negated, test } of query.conditions) {
      const wanted = negated ? 0 : 1;
      if (typeof test === "function")
        keepFacts(tree, facts, has, (node) => (test(tree, facts, node) ? 1 : 0) === wanted);
      else if (test.paths) keepPaths(tree, has, test, wanted);
      else keepNames(tree, has, test.matcher, wanted);
    }
  } catch (error) {
    if (error instanceof RangeError) throw queryError(query.text, error.message);
    throw error;
  }
  let count = 0;
  for (const one of has) count += one;
  return { count, has };
}

function searchOf(word: Word): Search {
  const { text, form } = word;
  if (form === "regex") {
    const paths = text.includes("\\/");
    return searching(word, { syntax: parseRegex(text), paths, once: false, anyCase: word.anyCase });
  }
  const anyCase = text === text.toLowerCase();
  if (form === "plain" && isGlob(text)) return searching(word, { ...parseGlob(text), once: false, anyCase });
  const paths = text.includes("/");
  const found = literal(text);
  const syntax: Syntax = text.startsWith("/") ? { is: "sequence", parts: [{ is: "start" }, found] } : found;
  return searching(word, { syntax, paths, once: true, anyCase });
}

function searching(
  { text }: Word,
  what: Omit<Search, "matcher"> & { readonly syntax: Syntax; readonly anyCase: boolean },
): Search {
  const automaton = compile(what.syntax, what);
  if (automaton === undefined) throw queryError(text, "the pattern takes too many states");
  return { matcher: new Matcher(automaton), paths: what.paths, once: what.once };
}

function keepFacts(tree: Tree, facts: Measure, has: Uint8Array, test: (node: number) => boolean): void {
  for (let node = 1; node < tree.nodeCount; node++) {
    if (has[node] === 1 && facts.event[node]! >= 0 && !test(node)) has[node] = 0;
  }
}

function keepNames(tree: Tree, has: Uint8Array, matcher: Matcher, wanted: number): void {
  const { names, nameStart } = tree;
  for (let node = 1; node < tree.nodeCount; node++) {
    if (has[node] === 0) continue;
    const state = matcher.run(START, names, nameStart[node]!, nameStart[node + 1]!);
    if ((matcher.accepts(state) ? 1 : 0) !== wanted) has[node] = 0;
  }
}

const SEPARATOR = Uint8Array.of(SLASH);

/** A path is taken up where the one of its directory left off: a state a node, and no path is ever put together. */
function keepPaths(tree: Tree, has: Uint8Array, search: Search, wanted: number): void {
  const { matcher, once } = search;
  const { names, nameStart, parent } = tree;
  const states = new Int32Array(tree.nodeCount).fill(START);
  for (let node = 1; node < tree.nodeCount; node++) {
    const above = states[parent[node]!]!;
    const state = matcher.run(
      matcher.run(above, SEPARATOR, 0, 1),
      names,
      nameStart[node]!,
      nameStart[node + 1]!,
    );
    states[node] = state;
    if (has[node] === 0) continue;
    const found = matcher.accepts(state) && !(once && above === MATCHED);
    if ((found ? 1 : 0) !== wanted) has[node] = 0;
  }
}
