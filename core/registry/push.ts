import type { Digest } from "../digest/mod.ts";
import { isCoreError } from "../error.ts";
import {
  type Descriptor,
  formatCanonical,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../oci/mod.ts";
import {
  type BlobMove,
  type BlobReader,
  type BlobSink,
  copy,
  type LocalStore,
  moveBlob,
} from "../store/mod.ts";
import { nameRemoteImage } from "./pull-name.ts";
import type { PushState } from "./push-event.ts";
import { PUSH_CONCURRENCY, type PushOptions, type PushPlan, planPush } from "./push-plan.ts";
import type { Registry } from "./registry.ts";
import type { Repository } from "./repository.ts";

/** An image that was pushed. */
export interface PushedImage {
  readonly reference: Reference;
  /** What the tag leads to now. */
  readonly digest: Digest;
  /** Bytes of that manifest or index. */
  readonly size: number;
  /** Bytes that went over, that were mounted, and that were there. */
  readonly uploaded: number;
  readonly mounted: number;
  readonly skipped: number;
}

/**
 * Pushes as `docker push` does; with `allTags` every tag of the repository that is here, in their order. What the registry has is not sent, what
 * another of its repositories has is mounted, an index goes with all its platforms. The tag is set last. A connection that breaks off is gone on from
 * where the registry says; an abort takes back what is half there. Holds a chunk per upload under way (8 MiB).
 * @throws CoreError `image/missing`, `image/platform`, `registry/*`, `digest/mismatch`. {@link pushFailure} has Docker's words.
 */
export async function pushImage(
  registry: Registry,
  store: LocalStore,
  request: {
    readonly reference: Reference;
    readonly allTags?: boolean | undefined;
    readonly plan?: PushPlan | undefined;
  } & PushOptions,
): Promise<readonly PushedImage[]> {
  const { reference, allTags, plan: made, ...options } = request;
  options.onEvent?.({ kind: "repository", reference });
  const pushed: PushedImage[] = [];
  for (const one of allTags === true ? await tagsHere(store, reference) : [withDefaultTag(reference)]) {
    const plan = made ?? (await planPush(registry, store, { ...options, reference: one }));
    pushed.push(await pushOne(registry, store, { plan, options }));
  }
  return pushed;
}

/** All names of a repository with a tag, by tag. One without a tag of its own stands for the error. */
async function tagsHere(store: LocalStore, { domain, path }: Reference): Promise<readonly Reference[]> {
  const { names } = await store.table.snapshot();
  const start = `${formatCanonical({ domain, path })}:`;
  const here = [...names.keys()].filter((name) => name.startsWith(start)).map(parseReference);
  const tagged = here.filter((one) => one.path === path && one.digest === undefined);
  return tagged.length > 0 ? tagged : [withDefaultTag({ domain, path })];
}

async function pushOne(
  registry: Registry,
  store: LocalStore,
  { plan, options }: { readonly plan: PushPlan; readonly options: PushOptions },
): Promise<PushedImage> {
  const { reference, root, image, parts } = plan;
  const repository = registry.repository(reference);
  const followed = new Map(image.layers.map((layer) => [layer.descriptor.digest, layer]));
  const tell = (digest: Digest, state: PushState, bytes: number, from?: string): void => {
    const layer = followed.get(digest);
    if (layer === undefined) return;
    const total = layer.descriptor.size;
    const event = {
      kind: "layer",
      diffID: layer.diffID,
      digest,
      layer: layer.layer,
      state,
      bytes,
      total,
    } as const;
    options.onEvent?.(from === undefined ? event : { ...event, from });
  };
  const totals = { uploaded: 0, mounted: 0, skipped: 0 };
  for (const { descriptor, action } of parts) {
    if (action !== "skip") continue;
    totals.skipped += descriptor.size;
    tell(descriptor.digest, "exists", descriptor.size);
  }
  const has = new Set(
    parts.filter(({ action }) => action === "skip").map(({ descriptor }) => descriptor.digest),
  );
  const places = new Map(parts.map(({ descriptor, from }) => [descriptor.digest, from]));
  try {
    await copy({ from: image.from, to: target(repository, { plan, has }) }, root, {
      signal: options.signal,
      concurrency: options.concurrency ?? PUSH_CONCURRENCY,
      move: async (move) => {
        const { digest, size } = move.descriptor;
        const from = await mounted(repository, move, places.get(digest) ?? []);
        if (from === undefined) {
          tell(digest, "pushing", 0);
          const outcome = await moveBlob({
            ...move,
            to: watched(repository, (bytes) => tell(digest, "pushing", bytes)),
          });
          tell(digest, "pushed", size);
          totals.uploaded += size;
          return outcome;
        }
        totals.mounted += size;
        tell(digest, "mounted", size, from);
        return "present";
      },
    });
  } catch (error) {
    if (options.signal?.aborted === true) await repository.cancelUploads();
    throw error;
  }
  const { domain, path } = reference;
  const { digest } = root;
  const named = { domain, path, digest };
  await nameRemoteImage(store.table, { id: plan.id, root: plan.local, digest, reference: named });
  options.onEvent?.({ kind: "done", reference, digest, size: root.size });
  return { reference, digest, size: root.size, ...totals };
}

/** The repository that the registry took a blob from. A mount that is refused is no failure: the blob is uploaded then. */
async function mounted(
  repository: Repository,
  { descriptor, signal }: BlobMove,
  from: readonly string[],
): Promise<string | undefined> {
  for (const path of from) {
    try {
      if (await repository.mount(descriptor.digest, path, { signal })) return path;
    } catch (error) {
      // A token for both repositories may be refused where one for the target is not.
      if (
        !isCoreError(error, "registry/denied") &&
        !isCoreError(error, "registry/unauthorized") &&
        !isCoreError(error, "registry/missing")
      )
        throw error;
    }
  }
  return undefined;
}

function watched(repository: Repository, onSent: (bytes: number) => void): BlobSink {
  return {
    lease: (root) => repository.lease(root),
    openWriter: (ref, options) => repository.openWriter(ref, { ...options, onSent }),
  };
}

/** The repository as a copy writes to it: it knows what is there already, and its root is put under the tag, always. */
function target(
  repository: Repository,
  { plan, has }: { readonly plan: PushPlan; readonly has: ReadonlySet<Digest> },
): BlobReader & BlobSink {
  const { root, reference, image } = plan;
  const isRoot = ({ digest }: Pick<Descriptor, "digest">): boolean => digest === root.digest;
  return {
    async stat(ref, options) {
      if (isRoot(ref)) return undefined;
      if (has.has(ref.digest)) return ref.size ?? 0;
      return ref.mediaType?.includes("manifest") === true || ref.mediaType?.includes("index") === true
        ? repository.stat(ref, options)
        : undefined;
    },
    blob: async () => undefined,
    lease: (digest) => repository.lease(digest),
    async openWriter(ref, options = {}) {
      if (!isRoot(ref)) return repository.openWriter(ref, options);
      let offset = 0;
      return {
        get offset() {
          return offset;
        },
        async write(chunk) {
          offset += chunk.length;
        },
        async commit() {
          const { mediaType } = root;
          await repository.putManifest(reference.tag ?? root.digest, {
            bytes: image.rootBytes,
            mediaType,
            signal: options.signal,
          });
        },
        abort: async () => {},
      };
    },
  };
}
