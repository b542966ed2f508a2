import type { ReadOptions } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { BlobReader } from "./blob.ts";
import type { TableSnapshot } from "./table.ts";
import { walk } from "./walk.ts";

/** The digests under a root, itself among them, whether they are there or not. */
export type Reach = (root: Descriptor) => Promise<ReadonlySet<Digest>>;

/** What is under the roots that were walked before, by store. It never changes, so it is known as long as the store is. */
const KNOWN = new WeakMap<BlobReader, Map<Digest, ReadonlySet<Digest>>>();

/**
 * A {@link Reach} that walks every root of a store once and remembers: what is under a digest never changes, only whether it is there.
 * It rejects with CoreError `store/damaged` when a document cannot be read, because then nobody knows what is under it.
 */
export function rememberedReach(store: BlobReader, options: ReadOptions = {}): Reach {
  const known = KNOWN.get(store) ?? new Map<Digest, ReadonlySet<Digest>>();
  KNOWN.set(store, known);
  return async (root) => {
    const before = known.get(root.digest);
    if (before !== undefined) return before;
    const digests = new Set<Digest>();
    let complete = true;
    for await (const node of walk(store, root, { signal: options.signal, leaves: false })) {
      if (node.state === "damaged") throw damaged(root, node.descriptor, node.problem);
      if (node.state === "missing") complete = false;
      digests.add(node.descriptor.digest);
    }
    // A manifest that is missing today may be there tomorrow, with layers under it.
    if (complete) known.set(root.digest, digests);
    return digests;
  };
}

/** Walks under way at once: a database answers many small questions faster than one after the other. */
const WALKS = 16;

/** What `reach` gives for each of `roots`, in their order. */
export async function reachAll(
  reach: Reach,
  roots: readonly Descriptor[],
): Promise<readonly ReadonlySet<Digest>[]> {
  const found: ReadonlySet<Digest>[] = [];
  for (let at = 0; at < roots.length; at += WALKS)
    found.push(...(await Promise.all(roots.slice(at, at + WALKS).map((root) => reach(root)))));
  return found;
}

function damaged(root: Descriptor, found: Descriptor, cause: CoreError | undefined): CoreError {
  return new CoreError(
    "store/damaged",
    `Cannot tell what image ${root.digest} needs: its document ${found.digest} is damaged; check the store first`,
    { root: root.digest, digest: found.digest },
    { cause },
  );
}

/** What of a table holds on to blobs. */
export type TableContent = Omit<TableSnapshot, "version">;

/** The roots of all names, images and containers, each digest once. */
export function tableRoots({ names, images, containers }: TableContent): Descriptor[] {
  const roots = new Map<Digest, Descriptor>();
  for (const { target } of [...names.values(), ...images.values(), ...containers.values()])
    roots.set(target.digest, target);
  return [...roots.values()];
}

/** The layers of all drafts, those taken back too: blobs with nothing under them. */
export function draftLayers({ containers }: Pick<TableSnapshot, "containers">): Descriptor[] {
  const layers = new Map<Digest, Descriptor>();
  for (const { drafts, undone } of containers.values())
    for (const { layer } of [...drafts, ...undone]) layers.set(layer.digest, layer);
  return [...layers.values()];
}

/** The digests that a table, and further roots, need: all that `reach` finds under the roots, and the drafts. */
export async function tableReach(
  reach: Reach,
  table: TableContent,
  more: readonly Descriptor[] = [],
): Promise<Set<Digest>> {
  const used = new Set(draftLayers(table).map(({ digest }) => digest));
  for (const digests of await reachAll(reach, [...tableRoots(table), ...more]))
    for (const digest of digests) used.add(digest);
  return used;
}
