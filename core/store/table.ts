import type { Digest } from "../digest/mod.ts";
import type { Descriptor } from "../oci/mod.ts";

/**
 * A name of an image. Repository digests are names as well: `docker.io/library/app@sha256:…`.
 * @see formatCanonical in core/oci for the form of `name`
 */
export interface NameRecord {
  /** Canonical reference, with a tag or a digest. */
  readonly name: string;
  /** Root of what it names: manifest or index. */
  readonly target: Descriptor;
  /** The image it means, a key of {@link TableSnapshot.images}. */
  readonly image: Digest;
}

/** An image, named or dangling. */
export interface ImageRecord {
  /** Digest of the config, which Docker shows as IMAGE ID. */
  readonly id: Digest;
  /** Root it came by, so that it is saved and pushed as it came. Names may point to another root with the same config. */
  readonly target: Descriptor;
  /** The image it was committed or built from on this machine. */
  readonly parent?: Digest | undefined;
  /** Last time it was given a tag, in seconds since the epoch. */
  readonly lastTaggedAt?: number | undefined;
}

/** What one finished change of a container did, for lists of changes and for taking them back. */
export interface DraftRecord {
  /** What it added and removed: a plain tar, whose digest is its diff ID. */
  readonly layer: Descriptor;
  /** What was done. */
  readonly verb: "put" | "copy" | "remove" | "move" | "mode" | "owner" | "squash";
  /** The path it was done to, from the root; the destination of a copy or move. */
  readonly path: string;
  /** Where a move came from. */
  readonly from?: string | undefined;
}

/**
 * A container: an image and what was changed since, layer upon layer. It never runs. Its image's root and its drafts are kept as long as it
 * is there, whether the image still has a record or not.
 */
export interface ContainerRecord {
  /** 64 hex digits. */
  readonly id: string;
  /** Without the slash that engines put before it; no two containers have the same. */
  readonly name: string;
  readonly image: Digest;
  /** Root that the image came by. */
  readonly target: Descriptor;
  /** The image as it was asked for. */
  readonly imageName: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** How it would be started, in the form of an image config's `config`: JSON text. */
  readonly config: string;
  /** Finished changes, the oldest first. */
  readonly drafts: readonly DraftRecord[];
  /** Changes taken back, the last one first: they can be made again until another is made. */
  readonly undone: readonly DraftRecord[];
}

/** Names, images and containers as they were at one moment. */
export interface TableSnapshot {
  /** Grows with every change. */
  readonly version: number;
  /** By name, sorted by name. */
  readonly names: ReadonlyMap<string, NameRecord>;
  /** By ID, sorted by ID. */
  readonly images: ReadonlyMap<Digest, ImageRecord>;
  /** By ID, sorted by ID. */
  readonly containers: ReadonlyMap<string, ContainerRecord>;
}

/** One record put, or deleted where `record` is `undefined`. */
export type TableChange =
  | { readonly kind: "name"; readonly name: string; readonly record: NameRecord | undefined }
  | { readonly kind: "image"; readonly id: Digest; readonly record: ImageRecord | undefined }
  | { readonly kind: "container"; readonly id: string; readonly record: ContainerRecord | undefined };

/** The names, images and containers of a local store. */
export interface ImageTable {
  snapshot(): Promise<TableSnapshot>;
  /**
   * Makes all changes or none. With `version`, only if the table is still as it was in that snapshot; `false` when it is not.
   * @throws TypeError when a name would be left without its image, two containers would have one name, or a record stands under another key
   * than its own.
   */
  change(
    changes: readonly TableChange[],
    conditions?: { readonly version?: number | undefined },
  ): Promise<boolean>;
}

/** The table before anything is in it. */
export const EMPTY_TABLE: TableSnapshot = {
  version: 0,
  names: new Map(),
  images: new Map(),
  containers: new Map(),
};

/**
 * `table` after `changes`, one version on. The pure half of {@link ImageTable.change}, for those who write one.
 * @throws TypeError as that says.
 */
export function changedTable(table: TableSnapshot, changes: readonly TableChange[]): TableSnapshot {
  const names = new Map(table.names);
  const images = new Map(table.images);
  const containers = new Map(table.containers);
  for (const change of changes) {
    if (change.kind === "name") put(names, change.name, change.record?.name, change.record);
    else if (change.kind === "image") put(images, change.id, change.record?.id, change.record);
    else put(containers, change.id, change.record?.id, change.record);
  }
  for (const record of names.values()) {
    if (!images.has(record.image)) throw new TypeError(`Name ${record.name} has no image ${record.image}`);
  }
  const taken = new Set<string>();
  for (const { name } of containers.values()) {
    if (taken.has(name)) throw new TypeError(`Two containers cannot both be named ${name}`);
    taken.add(name);
  }
  return {
    version: table.version + 1,
    names: sorted(names),
    images: sorted(images),
    containers: sorted(containers),
  };
}

function put<K extends string, V>(map: Map<K, V>, key: K, own: K | undefined, record: V | undefined): void {
  if (record === undefined) map.delete(key);
  else if (own !== key) throw new TypeError(`Record of ${own} cannot stand under ${key}`);
  else map.set(key, record);
}

function sorted<K extends string, V>(map: ReadonlyMap<K, V>): Map<K, V> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Changes the table by what `plan` makes of it, however many others change it at the same time: `plan` is called again until nothing has come
 * between. Gives back what the last `plan` did. Without changes nothing is written.
 */
export async function editTable<T extends { readonly changes: readonly TableChange[] }>(
  table: ImageTable,
  plan: (snapshot: TableSnapshot) => T,
): Promise<T> {
  for (;;) {
    const snapshot = await table.snapshot();
    const planned = plan(snapshot);
    if (planned.changes.length === 0) return planned;
    // Whoever comes too late lost to one who came through, so of all who try one always gets on.
    if (await table.change(planned.changes, { version: snapshot.version })) return planned;
  }
}
