import type { ReadOptions } from "../bytes/mod.ts";
import { isCoreError } from "../error.ts";
import { formatCanonical, type ImageConfig } from "../oci/mod.ts";
import type { LocalStore, TableSnapshot } from "../store/mod.ts";
import { createdAt } from "./facts.ts";
import { carriesLabel } from "./label.ts";
import type { RemovalStep } from "./removal.ts";
import { type RemovalResult, removeWith } from "./remove.ts";
import { referencesOf } from "./resolve.ts";
import type { ImageUser } from "./users.ts";

/** Which images to prune. */
export interface PruneFilter {
  /** Made at or before this time, in seconds since the epoch. */
  readonly until?: number | undefined;
  /** `key` or `key=value`: all of them. */
  readonly labels?: readonly string[] | undefined;
  /** The same: none of them. */
  readonly withoutLabels?: readonly string[] | undefined;
}

/** What {@link pruneImages} takes. */
export interface PruneOptions extends PruneFilter, ReadOptions {
  /** `--all`: every image that no container uses, and not only those without a tag. */
  readonly all?: boolean | undefined;
  /** Default: the containers of the table. */
  readonly users?: readonly ImageUser[] | undefined;
}

/** Removes images that nobody needs, as `docker image prune` does. Images in use are left without a word; there are no errors. */
export function pruneImages(store: LocalStore, options: PruneOptions = {}): Promise<RemovalResult> {
  return removeWith(store, options, (removal, configs) => {
    const before = removal.table;
    const candidates = [...before.images.keys()].filter((id) => {
      const references = referencesOf(before, id);
      const tagged = references.some(({ tag }) => tag !== undefined);
      if (hasChildren(before, id) && (references.length === 0 || options.all !== true)) return false;
      return (options.all === true || !tagged) && passes(configs.get(id), options);
    });
    const steps: RemovalStep[] = [];
    for (const id of candidates) {
      const references = referencesOf(removal.table, id).map(formatCanonical);
      for (const text of references.length > 0 ? references : [id.slice("sha256:".length)]) {
        try {
          steps.push(...removal.remove(text));
        } catch (error) {
          if (!isCoreError(error)) throw error;
        }
      }
    }
    return { steps, errors: [] };
  });
}

const hasChildren = (table: TableSnapshot, id: string): boolean =>
  [...table.images.values()].some(({ parent }) => parent === id);

function passes(config: ImageConfig | undefined, filter: PruneFilter): boolean {
  const { until, labels = [], withoutLabels = [] } = filter;
  const created = createdAt(config);
  if (until !== undefined && (created === undefined || created > until)) return false;
  const carries = (label: string): boolean => carriesLabel(config?.container?.labels, label);
  return labels.every(carries) && !withoutLabels.some(carries);
}
