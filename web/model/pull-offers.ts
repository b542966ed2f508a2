import { splitName } from "./kept.ts";
import type { SearchHit } from "./registries.ts";

/** One name that is offered for what has been typed. */
export interface PullOffer {
  /** What is put into the field. */
  readonly value: string;
  readonly kind: "recent" | "kept" | "tag" | "found";
  readonly hit?: SearchHit | undefined;
}

/** What offers are made of. */
export interface OfferSources {
  readonly recent: readonly string[];
  readonly kept: readonly string[];
  readonly found: readonly SearchHit[];
  /** Tags of the repository that is typed before a colon. */
  readonly tags: readonly string[];
}

/** Offers of each kind. */
const EACH = 8;

/** Names that begin with what was typed come before those that only contain it. */
function like(names: readonly string[], typed: string): readonly string[] {
  const text = typed.toLowerCase();
  const starts = names.filter((name) => name.toLowerCase().startsWith(text));
  const holds = names.filter((name) => !starts.includes(name) && name.toLowerCase().includes(text));
  return [...starts, ...holds];
}

const VERSIONS = new Intl.Collator("en", { numeric: true });

/** Tags in the order of versions, the highest first: registries list them by letters, or in no order at all. */
export function tagOrder(tags: readonly string[]): readonly string[] {
  return [...tags].sort((a, b) => VERSIONS.compare(b, a));
}

/** What is offered for `typed`, each name once. */
export function pullOffers(typed: string, { recent, kept, found, tags }: OfferSources): readonly PullOffer[] {
  const text = typed.trim();
  const { repository, tag } = splitName(text);
  const offers: PullOffer[] = [];
  const seen = new Set<string>();
  const add = (
    kind: PullOffer["kind"],
    names: readonly string[],
    most: number,
    hits?: readonly SearchHit[],
  ) => {
    let count = 0;
    for (const value of names) {
      if (count >= most) return;
      if (seen.has(value) || value === text) continue;
      seen.add(value);
      count += 1;
      offers.push({ value, kind, hit: hits?.find(({ name }) => name === value) });
    }
  };
  if (tag !== undefined)
    add(
      "tag",
      like(tagOrder(tags), tag).map((one) => `${repository}:${one}`),
      EACH * 3,
    );
  add("recent", like(recent, text), EACH);
  if (text !== "") add("kept", like(kept, text), EACH);
  if (tag === undefined)
    add(
      "found",
      found.map(({ name }) => name),
      EACH * 2,
      found,
    );
  return offers;
}

/** What is asked of a registry for `typed`: a search, the tags of a repository, or nothing yet. */
export function offerQuestion(
  typed: string,
):
  | { readonly kind: "search"; readonly term: string }
  | { readonly kind: "tags"; readonly repository: string }
  | undefined {
  const text = typed.trim();
  if (text.includes("@") || /\s/u.test(text)) return undefined;
  const { repository, tag } = splitName(text);
  if (tag !== undefined) return repository === "" ? undefined : { kind: "tags", repository };
  // A registry alone, or one that is being typed, is no term yet.
  const term = /^[^/]*[.:][^/]*\/?$/u.test(text) ? "" : text;
  return term.length < 2 ? undefined : { kind: "search", term };
}
