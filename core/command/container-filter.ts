import { findContainer, listContainers } from "../container/mod.ts";
import { isCoreError } from "../error.ts";
import { carriesLabel, parseRunConfig, resolveImage } from "../image/mod.ts";
import type { ContainerRecord, TableSnapshot } from "../store/mod.ts";
import { refused, wordsOf } from "./failure.ts";
import type { FilterValue } from "./filter.ts";

const NAMES = new Set(
  "ancestor before exited expose health id is-task isolation label name network publish since status volume".split(
    " ",
  ),
);
const STATES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];

/** What containers are picked from a table with. */
export interface ContainerPick {
  readonly table: TableSnapshot;
  readonly filters: readonly FilterValue[];
  /** Those that do not run as well: that is, any. */
  readonly all: boolean;
  /** Most of them; all when `undefined`. */
  readonly limit?: number | undefined;
}

/**
 * The containers that filters leave, the newest first. None of them runs.
 * @throws CoreError `command/failed` with Docker's words.
 */
export function pickContainers({ table, filters, all, limit }: ContainerPick): ContainerRecord[] {
  const of = (wanted: string): string[] =>
    filters.filter(({ name }) => name === wanted).map(({ value }) => value);
  const unknown = filters.find(({ name }) => !NAMES.has(name));
  if (unknown !== undefined) throw refused(`invalid filter '${unknown.name}'`);
  const states = of("status");
  const odd = states.find((state) => !STATES.includes(state));
  if (odd !== undefined)
    throw refused(
      `invalid filter 'status=${odd}': invalid value for state (${odd}): must be one of ${STATES.join(", ")}`,
    );
  const listed = listContainers(table);
  if (!all && limit === undefined && states.length === 0) return [];
  if (states.length > 0 && !states.includes("created")) return [];
  // What never ran has no exit code, no health, no ports, no volumes and no network.
  if (["exited", "publish", "expose", "volume"].some((name) => of(name).length > 0)) return [];
  const place = (name: string): number => listed.findIndex((one) => one.id === found(table, name).id);
  const before = of("before").map(place);
  const since = of("since").map(place);
  const images = ancestors(table, of("ancestor"));
  const matches = (values: readonly string[], texts: readonly string[]): boolean =>
    values.length === 0 || values.some((value) => texts.some((text) => isMatch(value, text)));
  return listed
    .filter(
      (record, at) =>
        before.every((limitAt) => at > limitAt) &&
        since.every((limitAt) => at < limitAt) &&
        matches(of("name"), [record.name, `/${record.name}`]) &&
        (of("id").length === 0 || of("id").some((id) => record.id.startsWith(id))) &&
        (of("ancestor").length === 0 || images.has(record.image)) &&
        matches(of("network"), ["bridge"]) &&
        hasLabels(record, of("label")),
    )
    .slice(0, limit);
}

function found(table: TableSnapshot, name: string): ContainerRecord {
  try {
    return findContainer(table, name);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    throw refused(wordsOf(error), {}, error);
  }
}

/** An image by itself and those that were built on it; a name that means nothing has none. */
function ancestors(table: TableSnapshot, names: readonly string[]): ReadonlySet<string> {
  const images = new Set<string>();
  for (const name of names) {
    try {
      images.add(resolveImage(table, name).image.id);
    } catch (error) {
      if (!isCoreError(error)) throw error;
    }
  }
  for (let size = 0; size !== images.size; ) {
    size = images.size;
    for (const { id, parent } of table.images.values())
      if (parent !== undefined && images.has(parent)) images.add(id);
  }
  return images;
}

/** Docker takes the names of containers for regular expressions; what is none is taken as it stands. */
function isMatch(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  // A pattern may be made to try for ever; names are short words, and so is what is sensible here.
  if (pattern.length > 100 || /[({].*[*+{].*[)}].*[*+{]/.test(pattern)) return text.includes(pattern);
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

function hasLabels(record: ContainerRecord, labels: readonly string[]): boolean {
  if (labels.length === 0) return true;
  const own = parseRunConfig(record.config).labels;
  return labels.every((label) => carriesLabel(own, label));
}
