import { chainIDs, type Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { formatCanonical, formatFamiliar, type Reference, withDefaultTag } from "../oci/mod.ts";
import type { ImageRecord, NameRecord, TableChange, TableSnapshot } from "../store/mod.ts";
import type { ImageConfigs } from "./facts.ts";
import { referenceOf, resolveImage } from "./resolve.ts";
import type { ImageUser } from "./users.ts";

/** What images are looked at with when some are to be removed. */
export interface RemovalView {
  readonly table: TableSnapshot;
  readonly configs: ImageConfigs;
  readonly users: readonly ImageUser[];
}

/** One thing that a removal did, as `docker rmi` prints it after `Untagged: ` or `Deleted: `. */
export interface RemovalStep {
  readonly kind: "untagged" | "deleted";
  /** Of a name, the familiar form; of an image its ID; of a layer its chain ID. */
  readonly text: string;
  /** Of a layer that went: what it was. */
  readonly diffID?: Digest | undefined;
}

/** How `docker rmi` was called. */
export interface RemovalManner {
  /** `--force`. */
  readonly force?: boolean | undefined;
  /** `--no-prune`: parents that nothing needs any more are kept. */
  readonly keepParents?: boolean | undefined;
}

/**
 * A table from which images are being removed by Docker's rules: in memory, until {@link ImageRemoval.changes} are made in the store. What one call did
 * is seen by the next.
 */
export class ImageRemoval {
  readonly #view: RemovalView;
  readonly #names: Map<string, NameRecord>;
  readonly #images: Map<Digest, ImageRecord>;

  constructor(view: RemovalView) {
    this.#view = view;
    this.#names = new Map(view.table.names);
    this.#images = new Map(view.table.images);
  }

  /** What is left. */
  get table(): TableSnapshot {
    return { ...this.#view.table, names: this.#names, images: this.#images };
  }

  /** From the table as it was to the one that is left; a parent that is gone is forgotten. */
  changes(): TableChange[] {
    const { names, images } = this.#view.table;
    const changes: TableChange[] = [];
    for (const name of names.keys())
      if (!this.#names.has(name)) changes.push({ kind: "name", name, record: undefined });
    for (const [id, record] of images) {
      const parent = record.parent;
      if (!this.#images.has(id)) changes.push({ kind: "image", id, record: undefined });
      else if (parent !== undefined && images.has(parent) && !this.#images.has(parent))
        changes.push({ kind: "image", id, record: { ...record, parent: undefined } });
    }
    return changes;
  }

  /**
   * Removes what `text` means: a name, and the image with its last one; or an image by the beginning of its ID. Nothing is changed when it
   * throws.
   * @throws CoreError `image/conflict`, `image/missing` with Docker's words, `oci/reference`.
   */
  remove(text: string, manner: RemovalManner = {}): RemovalStep[] {
    const { image, name } = resolveImage(this.table, text);
    const steps: RemovalStep[] = [];
    if (isPrefixOf(image.id, text) || name === undefined) {
      this.#dropSingle(image.id, manner, steps);
      this.#delete(image.id, { manner, quiet: false, steps });
      return steps;
    }
    const references = this.#referencesOf(image.id);
    const user = this.#view.users.find((one) => one.image === image.id);
    if (manner.force !== true && isSingle(references) && user !== undefined) {
      throw new CoreError(
        "image/conflict",
        `conflict: unable to remove repository reference ${JSON.stringify(text)} (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${short(image.id)}`,
        { image: image.id, user: user.id, forceable: true },
      );
    }
    this.#untag(withDefaultTag(referenceOf(name.name)), steps);
    const left = this.#withoutLoneDigests(image.id, referenceOf(name.name), steps);
    if (left.length === 0) this.#delete(image.id, { manner, quiet: true, steps });
    return steps;
  }

  #referencesOf(image: Digest): Reference[] {
    return [...this.#names.values()]
      .filter((record) => record.image === image)
      .map(({ name }) => referenceOf(name));
  }

  #untag(reference: Reference, steps: RemovalStep[]): void {
    this.#names.delete(formatCanonical(reference));
    steps.push({ kind: "untagged", text: formatFamiliar(reference) });
  }

  /** With the last tag of a repository its digests go. Gives the references that are left. */
  #withoutLoneDigests(image: Digest, removed: Reference, steps: RemovalStep[]): Reference[] {
    const left = this.#referencesOf(image);
    const own = left.filter((reference) => isSameRepository(reference, removed));
    if (removed.digest !== undefined || own.some(({ digest }) => digest === undefined)) return left;
    for (const reference of own) this.#untag(reference, steps);
    return left.filter((reference) => !own.includes(reference));
  }

  /** By ID an image goes with its names as long as they are one. */
  #dropSingle(image: Digest, { force }: RemovalManner, steps: RemovalStep[]): void {
    const references = this.#referencesOf(image);
    if (!isSingle(references)) return;
    const conflict = this.#conflict(image, { soft: force !== true, names: false });
    if (conflict !== undefined) throw conflict.error;
    for (const reference of references) this.#untag(reference, steps);
  }

  #delete(
    start: Digest,
    { manner, quiet, steps }: { manner: RemovalManner; quiet: boolean; steps: RemovalStep[] },
  ): void {
    let id: Digest | undefined = start;
    let asked = true;
    while (id !== undefined) {
      const soft: boolean = !asked || manner.force !== true;
      const conflict = this.#conflict(id, { soft, names: true });
      if (conflict !== undefined) {
        const dangling = this.#referencesOf(id).length === 0 && !this.#hasChildren(id);
        if ((quiet || !asked) && (!dangling || conflict.used)) return;
        throw conflict.error;
      }
      const parent: Digest | undefined = this.#images.get(id)?.parent;
      for (const reference of this.#referencesOf(id)) this.#untag(reference, steps);
      this.#images.delete(id);
      steps.push({ kind: "deleted", text: id }, ...this.#freedLayers(id));
      asked = false;
      id =
        manner.keepParents === true || parent === undefined || !this.#images.has(parent) ? undefined : parent;
    }
  }

  #hasChildren(id: Digest): boolean {
    return [...this.#images.values()].some(({ parent }) => parent === id);
  }

  /** The layers of an image that is gone which no other image and no user has, from the top down. */
  #freedLayers(id: Digest): RemovalStep[] {
    const diffIDs = this.#view.configs.get(id)?.diffIDs ?? [];
    const used = new Set<Digest>();
    for (const other of this.#images.keys())
      for (const chain of chainIDs(this.#view.configs.get(other)?.diffIDs ?? [])) used.add(chain);
    for (const user of this.#view.users) for (const chain of chainIDs(user.diffIDs)) used.add(chain);
    return chainIDs(diffIDs)
      .flatMap((chain, at): RemovalStep[] =>
        used.has(chain) ? [] : [{ kind: "deleted", text: chain, diffID: diffIDs[at] }],
      )
      .reverse();
  }

  #conflict(
    id: Digest,
    { soft, names }: { readonly soft: boolean; readonly names: boolean },
  ): { readonly error: CoreError; readonly used: boolean } | undefined {
    const users = this.#view.users.filter(({ image }) => image === id);
    const running = users.find((user) => user.running);
    const stopped = users.find((user) => !user.running);
    if (this.#hasChildren(id)) return conflictOf(id, "image has dependent child images", { hard: true });
    if (running !== undefined) {
      const text = `image is being used by running container ${running.id.slice(0, 12)}`;
      return conflictOf(id, text, { hard: true, used: true });
    }
    if (!soft) return undefined;
    if (names && this.#referencesOf(id).length > 0)
      return conflictOf(id, "image is referenced in multiple repositories", {});
    if (stopped === undefined) return undefined;
    return conflictOf(id, `image is being used by stopped container ${stopped.id.slice(0, 12)}`, {
      used: true,
    });
  }
}

function conflictOf(
  id: Digest,
  why: string,
  { hard = false, used = false }: { readonly hard?: boolean; readonly used?: boolean },
): { readonly error: CoreError; readonly used: boolean } {
  const force = hard ? "cannot be forced" : "must be forced";
  const error = new CoreError(
    "image/conflict",
    `conflict: unable to delete ${short(id)} (${force}) - ${why}`,
    { image: id, forceable: !hard },
  );
  return { error, used };
}

const short = (id: Digest): string => id.slice("sha256:".length, "sha256:".length + 12);

/** Whether `text` is the beginning of the ID, with or without its algorithm: even where it is also a name. */
function isPrefixOf(id: Digest, text: string): boolean {
  return id.startsWith(text) || id.slice(id.indexOf(":") + 1).startsWith(text);
}

const isSameRepository = (a: Reference, b: Reference): boolean => a.domain === b.domain && a.path === b.path;

/** Whether the references are one: at most one tag, and digests of its repository only. */
function isSingle(references: readonly Reference[]): boolean {
  if (references.length <= 1) return true;
  const tagged = references.filter(({ digest }) => digest === undefined);
  if (tagged.length > 1) return false;
  const one = tagged[0] ?? references[0]!;
  return references.every((reference) => isSameRepository(reference, one));
}
