import { listContainers } from "../../core/container/mod.ts";
import type { Digest } from "../../core/digest/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { type ImageConfigs, type ListedImage, listImages, readConfigs } from "../../core/image/mod.ts";
import { documentKind, formatPlatform, parseImageConfig } from "../../core/oci/mod.ts";
import { type ImageRecord, type LocalStore, readDocument, walk } from "../../core/store/mod.ts";
import type { Room, StoredImage, StoredImages } from "../model/images.ts";
import type { StoredDraft } from "../model/stored-draft.ts";
import { isPersistent, storageRoom } from "../store/mod.ts";
import { draftView } from "./draft-table.ts";
import type { LayerSizes } from "./layer-sizes.ts";

/** Configs that are read at a time. */
const PARTS = 16;

/** Lists the images of a store again and again, reading only what is new. */
export class Listing {
  readonly #store: LocalStore;
  readonly #sizes: LayerSizes;
  #configs: ImageConfigs = new Map();
  readonly #platforms = new Map<Digest, readonly string[]>();

  constructor(store: LocalStore, sizes: LayerSizes) {
    this.#store = store;
    this.#sizes = sizes;
  }

  /** Forgets what may not hold any more now that blobs have come or gone. */
  blobsChanged(): void {
    this.#platforms.clear();
  }

  /** Everything that is kept, now. */
  async list(): Promise<StoredImages> {
    await Promise.all([this.#sizes.refresh(), this.#readConfigs()]);
    const listed = await listImages(this.#store, {
      known: this.#configs,
      layerSize: async (diffID) => this.#sizes.of(diffID),
    });
    this.#configs = new Map(
      listed.flatMap(({ record, config }) => (config === undefined ? [] : [[record.id, config]])),
    );
    const images: StoredImage[] = [];
    for (const image of listed) images.push(viewOf(image, await this.#platformsOf(image)));
    return { images, drafts: await this.#drafts(), ...(await this.#filled()) };
  }

  /** The newest first. */
  async #drafts(): Promise<readonly StoredDraft[]> {
    return listContainers(await this.#store.table.snapshot()).map(draftView);
  }

  /** Many at a time: one after the other, 500 take most of a second. */
  async #readConfigs(): Promise<void> {
    const table = await this.#store.table.snapshot();
    const wanted = [...table.images].filter(([id]) => !this.#configs.has(id));
    const parts = Array.from({ length: PARTS }, (_, part) =>
      wanted.filter((_entry, at) => at % PARTS === part),
    );
    const read = await Promise.all(
      parts.map((images) => readConfigs(this.#store, { ...table, images: new Map(images) })),
    );
    this.#configs = new Map([...this.#configs, ...read.flatMap((configs) => [...configs])]);
  }

  async #filled(): Promise<{ readonly room: Room; readonly total: number }> {
    const [blobs, partials, leases, room, persistent] = await Promise.all([
      this.#store.list(),
      this.#store.partials(),
      this.#store.leases(),
      storageRoom(),
      isPersistent(),
    ]);
    // What somebody is loading right now did not break off.
    const loading = new Set(leases.flatMap(({ live, pins }) => (live ? pins : [])));
    const broken = partials.filter(({ digest }) => !loading.has(digest));
    return {
      total: blobs.reduce((sum, { size }) => sum + size, 0),
      room: {
        used: room?.usage,
        quota: room?.quota,
        persistent,
        unfinished: broken.reduce((sum, { offset }) => sum + offset, 0),
      },
    };
  }

  async #platformsOf({ record, config }: ListedImage): Promise<readonly string[]> {
    const own = config === undefined ? [] : [formatPlatform(config.platform)];
    if (documentKind(record.target.mediaType) !== "index") return own;
    const known = this.#platforms.get(record.target.digest);
    if (known !== undefined) return known;
    const found = await this.#platformsUnder(record);
    this.#platforms.set(record.target.digest, found);
    return found;
  }

  async #platformsUnder({ target }: ImageRecord): Promise<readonly string[]> {
    const platforms = new Set<string>();
    for await (const { document, descriptor } of walk(this.#store, target, { leaves: false })) {
      if (document?.kind !== "manifest" || descriptor.annotations?.has("vnd.docker.reference.type")) continue;
      try {
        const bytes = await readDocument(this.#store, document.config);
        if (bytes === undefined) continue;
        const { platform } = parseImageConfig(bytes, { document: document.config.digest });
        platforms.add(formatPlatform(descriptor.platform ?? platform));
      } catch (error) {
        // An artifact's config, or a damaged one: no platform to speak of.
        if (!isCoreError(error)) throw error;
      }
    }
    return [...platforms];
  }
}

function viewOf(image: ListedImage, platforms: readonly string[]): StoredImage {
  const { record, config, tags, digests, created, size, stored, users, dangling, children } = image;
  return {
    id: record.id,
    tags,
    repoDigests: digests,
    root: record.target.digest,
    platforms,
    created,
    size,
    storedSize: stored?.size,
    sharedSize: stored?.shared,
    uniqueSize: stored && stored.size - stored.shared,
    dangling,
    parent: record.parent,
    children,
    users,
    lastTaggedAt: record.lastTaggedAt,
    damaged: config === undefined,
  };
}
