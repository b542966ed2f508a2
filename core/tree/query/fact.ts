import { ENTRY_TYPES } from "../../tar/mod.ts";
import { attributeEvent, IMPLICIT_MODE, typeOfEvent } from "../compare.ts";
import { INSIDE, type Measure } from "../measure.ts";
import { CHANGE, IMPLICIT, type Tree, TYPE } from "../tree.ts";
import { queryError } from "./error.ts";

/** A condition on what a path is, not on what it is called. */
export type Fact = (tree: Tree, facts: Measure, node: number) => boolean;

/** What `size>1M` may end in. Decimal, as Docker writes sizes. */
const UNITS: { readonly [unit: string]: number } = { "": 1, b: 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

const MARKS: { readonly [word: string]: number } = {
  a: CHANGE.added,
  added: CHANGE.added,
  c: CHANGE.changed,
  changed: CHANGE.changed,
  d: CHANGE.removed,
  removed: CHANGE.removed,
  m: CHANGE.metadata,
  metadata: CHANGE.metadata,
  same: CHANGE.same,
};

/** Types by what people call them. */
const TYPES: { readonly [word: string]: readonly number[] } = {
  ...Object.fromEntries(ENTRY_TYPES.map((type, index) => [type, [index]])),
  file: [TYPE.file, TYPE.sparse],
  directory: [TYPE.dir],
  hardlink: [TYPE.link],
  device: [TYPE.char, TYPE.block],
};

type Comparison = (a: number, b: number) => boolean;

const COMPARISONS: { readonly [sign: string]: Comparison } = {
  ":": (a, b) => a === b,
  "=": (a, b) => a === b,
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
};

/**
 * The condition that `word` states: `size>1M` `uid:0` `gid:0` `layer:3` (numbers, with `:` `=` `<` `>` `<=` `>=`), `type:symlink`, `mode:4000` (all of
 * these bits), `is:added` (what the last layer of the view did). `undefined` when it states none.
 * @throws CoreError `tree/query` when its value cannot be read.
 */
export function factOf(word: string): Fact | undefined {
  const [, key, sign, value] = /^([a-z]+)(:|[<>]=?|=)(.+)$/u.exec(word.toLowerCase()) ?? [];
  if (key === undefined || sign === undefined || value === undefined) return undefined;
  const compare = COMPARISONS[sign]!;
  switch (key) {
    case "size": {
      const bytes = sizeOf(word, value);
      return (_tree, facts, node) => compare(facts.bytes[node]!, bytes);
    }
    case "uid":
    case "gid": {
      const id = numberOf(word, value);
      return (tree, facts, node) => compare(ownerOf(tree, versionOf(tree, facts, node))[key], id);
    }
    case "layer": {
      const layer = numberOf(word, value);
      return (tree, facts, node) => compare(tree.eventLayer[facts.event[node]!]!, layer);
    }
    case "mode": {
      if (!/^0?o?[0-7]{1,4}$/.test(value)) throw queryError(word, "a mode has up to four digits from 0 to 7");
      const bits = Number.parseInt(value.replace("o", ""), 8);
      return (tree, facts, node) => (modeOf(tree, versionOf(tree, facts, node)) & bits) === bits;
    }
    case "type": {
      const types = Object.hasOwn(TYPES, value) ? TYPES[value]! : undefined;
      if (types === undefined) throw queryError(word, `types are ${Object.keys(TYPES).join(", ")}`);
      return (tree, facts, node) => types.includes(writtenType(tree, versionOf(tree, facts, node)));
    }
    case "is": {
      const kind = Object.hasOwn(MARKS, value) ? MARKS[value]! : undefined;
      if (kind === undefined) throw queryError(word, "marks are added, changed, removed, metadata, same");
      return (_tree, facts, node) => (facts.mark[node]! & ~INSIDE) === kind;
    }
    default:
      return undefined;
  }
}

function sizeOf(word: string, value: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([bkmgt]?)b?$/.exec(value) ?? [];
  if (digits === undefined || unit === undefined)
    throw queryError(word, "a size is a number and k, M, G or T");
  return Number(digits) * UNITS[unit]!;
}

function numberOf(word: string, value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw queryError(word, "it needs a number");
  return Number(value);
}

/** The event that tells what a path is, or was before it was removed. */
function versionOf(tree: Tree, facts: Measure, node: number): number {
  const event = facts.event[node]!;
  return tree.eventKind[event] === CHANGE.removed ? tree.eventPrevious[event]! : event;
}

function modeOf(tree: Tree, event: number): number {
  const from = attributeEvent(tree, event);
  const row = tree.eventRow[from]!;
  return row === IMPLICIT ? IMPLICIT_MODE : tree.tables[tree.eventLayer[from]!]!.mode[row]!;
}

const ROOT = { uid: 0, gid: 0 };

function ownerOf(tree: Tree, event: number): { readonly uid: number; readonly gid: number } {
  const from = attributeEvent(tree, event);
  const row = tree.eventRow[from]!;
  if (row === IMPLICIT) return ROOT;
  const table = tree.tables[tree.eventLayer[from]!]!;
  return table.owners[table.owner[row]!]!;
}

/** As the entry says: a hard link is one. */
function writtenType(tree: Tree, event: number): number {
  return tree.eventSource[event]! >= 0 ? TYPE.link : typeOfEvent(tree, event);
}
