/** What the parts of the store contract share. */

import type { Source } from "../../core/bytes/mod.ts";
import { type Digest, sha256Digest } from "../../core/digest/mod.ts";
import type { Descriptor } from "../../core/oci/mod.ts";
import type {
  BlobWriter,
  ContainerRecord,
  ImageRecord,
  LocalStore,
  NameRecord,
  TableChange,
} from "../../core/store/mod.ts";
import { randomBytes } from "../support/random.ts";
import { holds, same } from "./expectation.ts";

/** A fresh store as two tabs see it. A store without tabs is both. */
export interface TwoTabs {
  readonly here: LocalStore;
  readonly there: LocalStore;
}

/** One fact about stores; the title begins with the rule. */
export interface StoreCase {
  readonly title: string;
  readonly run: (tabs: TwoTabs) => Promise<void>;
}

/** The blob that most cases are about. */
export const BYTES = randomBytes(5000, 11);
export const DIGEST = sha256Digest(BYTES);
export const REF = { digest: DIGEST, size: BYTES.length };

/** A writer, where there must be one. */
export async function open(
  store: LocalStore,
  ref: { digest: Digest; size?: number } = REF,
): Promise<BlobWriter> {
  const writer = await store.openWriter(ref);
  holds(writer !== undefined, "the blob is not there yet");
  return writer;
}

/** The blob is there, and has these bytes. */
export async function isWhole(store: LocalStore, digest: Digest, bytes: Uint8Array): Promise<void> {
  same(await store.stat({ digest }), bytes.length, "size");
  const source = await store.blob({ digest });
  holds(source !== undefined, "the blob is there");
  same(source.size, bytes.length, "size of the source");
  same(await hashOf(source), digest, "digest of the source");
}

const hashOf = async (source: Source): Promise<Digest> =>
  sha256Digest(new Uint8Array(await source.arrayBuffer()));

/** Nothing shows the blob. */
export async function isAbsent(store: LocalStore, digest: Digest): Promise<void> {
  same(await store.stat({ digest }), undefined, "stat");
  same(await store.blob({ digest }), undefined, "blob");
  same(
    (await store.list()).some((blob) => blob.digest === digest),
    false,
    "listed",
  );
}

/** A name of an image. */
export const name = (text: string, image: ImageRecord): NameRecord => ({
  name: text,
  target: image.target,
  image: image.id,
});
/** The change that puts a name. */
export const setName = (record: NameRecord): TableChange => ({ kind: "name", name: record.name, record });
/** The change that puts an image. */
export const setImage = (record: ImageRecord): TableChange => ({ kind: "image", id: record.id, record });

/** The change that puts a container. */
export const setContainer = (record: ContainerRecord): TableChange => ({
  kind: "container",
  id: record.id,
  record,
});

/** A made-up container of an image, with one draft for each of `layers`. */
export function containerRecord(
  text: string,
  image: ImageRecord,
  layers: readonly Descriptor[] = [],
): ContainerRecord {
  return {
    id: sha256Digest(new TextEncoder().encode(text)).slice("sha256:".length),
    name: text,
    image: image.id,
    target: image.target,
    imageName: "app:1",
    created: 1_700_000_000.25,
    config: '{"Cmd":["sh"]}',
    drafts: layers.map((layer) => ({ layer, verb: "put", path: "/etc/motd" })),
    undone: [],
  };
}

/** A made-up image. */
export function imageRecord(seed: number): ImageRecord {
  const bytes = randomBytes(8, seed);
  const digest = sha256Digest(bytes);
  return { id: digest, target: { mediaType: "application/octet-stream", digest, size: 8 } };
}
