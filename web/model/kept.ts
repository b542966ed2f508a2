import type { WireError } from "../../core/error.ts";
import type { Room, StoredImage, StoreEvent } from "./images.ts";
import type { StoredDraft } from "./stored-draft.ts";

/** All that is known of the kept images. */
export interface KeptState {
  /** `ready` as soon as they were listed once; `blocked`: another tab with an older page has to be closed first. */
  readonly phase: "opening" | "ready" | "blocked" | "failed";
  /** Another tab brought the store to a newer version: this page has to be loaded again. */
  readonly outdated: boolean;
  /** The newest first. */
  readonly images: readonly StoredImage[];
  /** Containers, the newest first. */
  readonly drafts: readonly StoredDraft[];
  readonly room: Room;
  /** Bytes of all that is stored whole, shared parts once. */
  readonly total: number;
  readonly error?: WireError | undefined;
}

/** The state before the first event. */
export const OPENING_KEPT: KeptState = {
  phase: "opening",
  outdated: false,
  images: [],
  drafts: [],
  room: { persistent: false, unfinished: 0 },
  total: 0,
};

/** The state after `event`; what was listed stays in sight whatever comes. */
export function nextKept(state: KeptState, event: StoreEvent): KeptState {
  switch (event.type) {
    case "state": {
      const { images, drafts, room, total } = event;
      return { ...state, phase: "ready", images, drafts, room, total, error: undefined };
    }
    case "failed":
      return { ...state, phase: "failed", error: event.error };
    case "outdated":
      return { ...state, outdated: true };
    default:
      return { ...state, phase: "blocked" };
  }
}

/** A familiar name in its two parts; a name without a tag has none. */
export function splitName(name: string): { readonly repository: string; readonly tag: string | undefined } {
  const at = name.indexOf("@");
  const named = at < 0 ? name : name.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  if (colon < 0) return { repository: named, tag: undefined };
  return { repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}

/** One line of `docker images`: an image under one of its names, or under none. */
export interface KeptRow {
  /** Unique among the rows. */
  readonly key: string;
  readonly image: StoredImage;
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  /** What commands call it: the name, or the ID where there is none. */
  readonly ref: string;
}

/** The lines of `docker images`: one for each tag, one for each repository that has only digests, one for an image without names. */
export function keptRows(images: readonly StoredImage[]): readonly KeptRow[] {
  return images.flatMap((image) => {
    const rows: KeptRow[] = image.tags.map((ref) => ({
      key: `${image.id} ${ref}`,
      image,
      ref,
      ...splitName(ref),
    }));
    const tagged = new Set(rows.map(({ repository }) => repository));
    for (const ref of image.repoDigests) {
      const { repository } = splitName(ref);
      if (tagged.has(repository)) continue;
      tagged.add(repository);
      rows.push({ key: `${image.id} ${ref}`, image, ref, repository, tag: undefined });
    }
    if (rows.length === 0)
      rows.push({ key: image.id, image, ref: image.id, repository: undefined, tag: undefined });
    return rows;
  });
}

/** A repository and what is kept of it. */
export interface Repository {
  readonly name: string;
  readonly rows: readonly KeptRow[];
}

/** The rows by repository, in the order of their names; those without one apart. */
export function repositories(rows: readonly KeptRow[]): {
  readonly named: readonly Repository[];
  readonly nameless: readonly KeptRow[];
} {
  const named = new Map<string, KeptRow[]>();
  const nameless: KeptRow[] = [];
  for (const row of rows) {
    if (row.repository === undefined) nameless.push(row);
    else named.set(row.repository, [...(named.get(row.repository) ?? []), row]);
  }
  const sorted = [...named].sort(([a], [b]) => (a < b ? -1 : 1));
  return { named: sorted.map(([name, of]) => ({ name, rows: of })), nameless };
}

/** The columns by which rows are sorted. */
export const KEPT_COLUMNS = ["repository", "tag", "id", "created", "size", "shared", "unique"] as const;

/** One of {@link KEPT_COLUMNS}. */
export type KeptColumn = (typeof KEPT_COLUMNS)[number];

/** Which rows are listed, and in which order. */
export interface KeptOrder {
  readonly column: KeptColumn;
  readonly descending: boolean;
  /** Parts of names, IDs or platforms, all of which have to be there. */
  readonly filter: string;
}

function valueOf(row: KeptRow, column: KeptColumn): string | number | undefined {
  const { image } = row;
  switch (column) {
    case "repository":
      return row.repository;
    case "tag":
      return row.tag;
    case "id":
      return image.id;
    case "created":
      return image.created;
    case "size":
      return image.size;
    case "shared":
      return image.sharedSize;
    default:
      return image.uniqueSize;
  }
}

/** The rows to list. What is not known comes last either way; equals stay as they were, the newest first. */
export function orderRows(rows: readonly KeptRow[], order: KeptOrder): readonly KeptRow[] {
  const terms = order.filter.toLowerCase().split(/\s+/u).filter(Boolean);
  const listed = rows.filter(({ ref, image }) => {
    const text = `${ref} ${image.id} ${image.platforms.join(" ")}`.toLowerCase();
    return terms.every((term) => text.includes(term));
  });
  const sign = order.descending ? -1 : 1;
  return listed.sort((a, b) => {
    const [one, other] = [valueOf(a, order.column), valueOf(b, order.column)];
    if (one === other) return 0;
    if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
    return one < other ? -sign : sign;
  });
}

/** Whether a key of the library is the ID of a kept image, and not the name of a file. */
export function isKeptKey(key: string): boolean {
  return /^sha256:[0-9a-f]{64}$/u.test(key);
}

const DRAFT_KEY = /^container:([0-9a-f]{64})$/u;

/** The key of a draft in the library and the address. */
export function draftKey(id: string): string {
  return `container:${id}`;
}

/** The ID of the container whose key this is; `undefined` when it is that of something else. */
export function draftOfKey(key: string): string | undefined {
  return DRAFT_KEY.exec(key)?.[1];
}

/** How much of the room is used, 0 to 1; `undefined` where the browser does not say. */
export function roomShare({ used, quota }: Room): number | undefined {
  return used === undefined || quota === undefined || quota <= 0 ? undefined : Math.min(1, used / quota);
}

/** Above this part of the room the page warns: a middling image may no longer fit. */
export const NEARLY_FULL = 0.9;
