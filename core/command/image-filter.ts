import { type Glob, matchGlob, parseGlob } from "../build/mod.ts";
import { carriesLabel, type ListedImage, parseMoment, resolveImage } from "../image/mod.ts";
import { familiarName, parseReference } from "../oci/mod.ts";
import type { TableSnapshot } from "../store/mod.ts";
import { refused } from "./failure.ts";
import type { FilterValue } from "./filter.ts";

const NAMES = new Set(["dangling", "label", "before", "since", "until", "reference"]);

/** What images are picked from a list with. */
export interface ImagePick {
  readonly images: readonly ListedImage[];
  readonly table: TableSnapshot;
  readonly filters: readonly FilterValue[];
  /** `--all`: images that others were built on are shown, too. */
  readonly all: boolean;
  /** Seconds since the epoch. */
  readonly now: number;
}

/**
 * The images that filters leave, in their order; with `reference=`, each with the names that match.
 * @throws CoreError `command/failed` with Docker's words, `image/missing`, `image/filter`; `build/failed` when a pattern is none.
 */
export function pickImages(pick: ImagePick): ListedImage[] {
  const { images, filters, table } = pick;
  const of = (wanted: string): string[] =>
    filters.filter(({ name }) => name === wanted).map(({ value }) => value);
  const unknown = filters.find(({ name }) => !NAMES.has(name));
  if (unknown !== undefined) throw refused(`invalid filter '${unknown.name}'`);
  const dangling = boolFilter("dangling", of("dangling"));
  const created = (text: string): number => createdOf(images, resolveImage(table, text).image.id);
  const before = Math.min(
    ...of("before").map(created),
    ...of("until").map((text) => parseMoment(text, pick.now)),
  );
  const since = Math.max(...of("since").map(created));
  const labels = of("label");
  const patterns = of("reference").map(shellPattern);
  return images
    .filter((image) => {
      const age = image.created ?? 0;
      if (image.tags.length + image.digests.length === 0 && image.children > 0 && !pick.all) return false;
      if (age >= before || age <= since) return false;
      if (dangling === true && !image.dangling) return false;
      if (dangling === false && image.tags.length + image.digests.length === 0) return false;
      return labels.every((label) => carriesLabel(image.config?.container?.labels, label));
    })
    .flatMap((image) => (patterns.length === 0 ? [image] : matching(image, patterns)));
}

/**
 * A filter that is yes or no; `undefined` when it is not given.
 * @throws CoreError `command/failed` with Docker's words.
 */
export function boolFilter(name: string, values: readonly string[]): boolean | undefined {
  const distinct = [...new Set(values)].sort();
  if (distinct.length === 0) return undefined;
  const yes = distinct.some((value) => value === "true" || value === "1");
  const no = distinct.some((value) => value === "false" || value === "0");
  if (yes === no) throw refused(`invalid filter '${name}=[${distinct.join(" ")}]'`);
  return yes;
}

function createdOf(images: readonly ListedImage[], id: string): number {
  return images.find(({ record }) => record.id === id)?.created ?? 0;
}

/** The image with those of its names that a pattern matches: whole, or by its repository alone. */
function matching(image: ListedImage, patterns: readonly Glob[]): ListedImage[] {
  const fits = (text: string): boolean =>
    patterns.some(
      (pattern) => matchGlob(pattern, text) || matchGlob(pattern, familiarName(parseReference(text))),
    );
  const tags = image.tags.filter(fits);
  const digests = image.digests.filter(fits);
  return tags.length + digests.length === 0 ? [] : [{ ...image, tags, digests }];
}

/** @throws CoreError `build/failed` with Docker's words when one of them is no pattern. */
export function checkPatterns(filters: readonly FilterValue[]): void {
  for (const { name, value } of filters) if (name === "reference") shellPattern(value);
}

/** A shell pattern: `*` and `?` do not match `/`. @see Go's path.Match */
const shellPattern = (text: string): Glob => parseGlob(text, false);
