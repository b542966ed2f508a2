import type { Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import type { ImageConfigs } from "../image/mod.ts";
import { formatJson } from "../oci/mod.ts";
import { type DraftStep, type ImageDraft } from "./draft.ts";

/** The images of a rebase. */
export interface Bases {
  /** What the image was built on. */
  readonly from: ImageDraft;
  /** What it is to stand on. */
  readonly to: ImageDraft;
  /** Name and digest of the new base, to be noted on the manifest. */
  readonly name?: string | undefined;
  readonly digest?: Digest | undefined;
}

/**
 * `draft` with its own layers on another base: those of the old base are exchanged for those of the new one, layers and history alike. How
 * it is run stays as it says. Reads no layer: whether the own layers fit the new base is for the person to know.
 * @throws CoreError `edit/base` when the layers of the old base are not those that the image begins with.
 */
export function rebased(draft: ImageDraft, { from, to, name, digest }: Bases): ImageDraft {
  const count = from.layers.length;
  const differs = from.layers.findIndex(({ diffID }, at) => draft.layers[at]?.diffID !== diffID);
  if (count === 0 || differs >= 0) {
    const at = Math.max(differs, 0);
    const found = draft.layers[at]?.diffID ?? "no layer";
    const expected = from.layers[at]?.diffID ?? "a base with layers";
    throw new CoreError(
      "edit/base",
      `Cannot rebase: layer ${at} of the image is ${found}, expected ${expected} of the old base`,
      { layer: at, found, expected },
    );
  }
  const own = draft.layers.slice(count);
  const annotations = new Map(draft.annotations);
  if (name !== undefined) annotations.set("org.opencontainers.image.base.name", name);
  if (digest !== undefined) annotations.set("org.opencontainers.image.base.digest", digest);
  return {
    ...draft,
    annotations,
    layers: [...to.layers, ...own],
    steps: [...to.steps, ...draft.steps.slice(ownHistory(draft, from))],
  };
}

/** Where the history that is the image's own begins: after the base's, line for line; else after the line of the base's last layer. */
function ownHistory(draft: ImageDraft, base: ImageDraft): number {
  const same = (a: DraftStep, b: DraftStep | undefined): boolean =>
    b !== undefined && formatJson(a.entry) === formatJson(b.entry);
  if (base.steps.length > 0 && base.steps.every((step, at) => same(step, draft.steps[at])))
    return base.steps.length;
  const ours = new Set(draft.layers.slice(0, base.layers.length));
  return draft.steps.findLastIndex(({ layer }) => layer !== undefined && ours.has(layer)) + 1;
}

/** An image that another may have been built on. */
export interface BaseGuess {
  readonly image: Digest;
  /** How many layers of it the image begins with: all of its. */
  readonly layers: number;
}

/** The images of a store that `diffIDs` begins with, the one with most layers first. */
export function possibleBases(diffIDs: readonly Digest[], configs: ImageConfigs): BaseGuess[] {
  const guesses: BaseGuess[] = [];
  for (const [image, config] of configs) {
    const base = config.diffIDs;
    if (base.length === 0 || base.length >= diffIDs.length) continue;
    if (base.every((diffID, at) => diffID === diffIDs[at])) guesses.push({ image, layers: base.length });
  }
  return guesses.sort((a, b) => b.layers - a.layers || (a.image < b.image ? -1 : 1));
}
