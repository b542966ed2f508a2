import { sourceOf } from "../bytes/mod.ts";
import {
  type OpenLayer,
  type OpenTree,
  openLayer,
  openPlainLayer,
  orderedLayer,
  parseRunConfig,
  type RunConfig,
  readStoredImage,
  type StoredImage,
} from "../image/mod.ts";
import type { ContainerRecord } from "../store/mod.ts";
import { composeTar, compositionSource, readTable } from "../tar/mod.ts";
import { addLayer, createTree, type Tree, type TreeLimits } from "../tree/mod.ts";
import type { ContainerContext } from "./context.ts";
import { findContainer } from "./find.ts";
import { runtimeMembers } from "./runtime-layer.ts";

/** A container as it was when it was opened: its file system, of the image's layers, the engine's own and the drafts, in one tree. */
export interface OpenContainer extends OpenTree {
  readonly record: ContainerRecord;
  readonly image: StoredImage;
  /** How it would be started. */
  readonly config: RunConfig;
  /** Layer of the tree that changes are told against: the engine's own, above the image's. */
  readonly base: number;
  /** What it was asked for by, for messages. */
  readonly shown: string;
}

/** What {@link openContainer} takes. */
export interface OpenContainerOptions {
  /** Whether to show what an engine makes in every container (`.dockerenv`, `/dev`, `/etc/hosts` …), as `docker export` does. Default: yes. */
  readonly runtime?: boolean | undefined;
  readonly limits?: Partial<TreeLimits> | undefined;
}

/**
 * Opens the container that `text` means. Of layers whose scans are kept nothing is read; drafts are read by their headers. Memory: the tree
 * and the tables of the layers.
 * @throws CoreError `container/missing`, `store/missing`, `store/damaged`; what is wrong with a layer.
 */
export async function openContainer(
  context: ContainerContext,
  text: string,
  options: OpenContainerOptions = {},
): Promise<OpenContainer> {
  const record = findContainer(await context.store.table.snapshot(), text);
  return openRecord(context, record, { ...options, shown: text });
}

/** Opens a container by its record. */
export async function openRecord(
  context: ContainerContext,
  record: ContainerRecord,
  options: OpenContainerOptions & { readonly shown?: string | undefined } = {},
): Promise<OpenContainer> {
  const { store, signal, newHasher } = context;
  const { image: id, target } = record;
  const image = await readStoredImage(store, { id, target }, { signal, newHasher });
  const tree = createTree(options.limits);
  const layers: OpenLayer[] = [];
  const add = (layer: OpenLayer): void => {
    addLayer(tree, layer.table);
    layers.push(layer);
  };
  for (const descriptor of image.manifest.layers) add(await openLayer(store, descriptor, context));
  add(await runtimeLayer(options.runtime === false ? undefined : tree, layers.length - 1, record));
  const base = layers.length - 1;
  for (const { layer } of record.drafts) add(await openPlainLayer(store, layer, { signal }));
  const config = parseRunConfig(record.config);
  return {
    record,
    image,
    config,
    tree,
    layers,
    base,
    upTo: layers.length - 1,
    shown: options.shown ?? record.name,
  };
}

/** The engine's own layer, in memory; without a tree, one with nothing in it. */
async function runtimeLayer(
  tree: Tree | undefined,
  upTo: number,
  { created, target }: ContainerRecord,
): Promise<OpenLayer> {
  const members = tree === undefined ? [] : runtimeMembers(upTo < 0 ? undefined : tree, upTo, created);
  const composed = compositionSource(composeTar(orderedLayer({ members })));
  const tar = sourceOf(new Uint8Array(await composed.arrayBuffer()));
  return { descriptor: target, table: await readTable(tar), tar };
}

/** The container with one more draft, which is in the store already; the one it was made from stays usable. */
export async function withDraft(
  context: ContainerContext,
  container: OpenContainer,
  record: ContainerRecord,
): Promise<OpenContainer> {
  const { tree, layers, upTo } = container;
  const added = record.drafts.at(-1);
  // Another draft was laid over this one since it was taken back: the tree goes on from that.
  if (added === undefined || tree.tables.length !== upTo + 1)
    return openRecord(context, record, { runtime: hasRuntime(container), shown: container.shown });
  const layer = await openPlainLayer(context.store, added.layer, context);
  addLayer(tree, layer.table);
  return { ...container, record, layers: [...layers, layer], upTo: upTo + 1 };
}

/** Whether a container was opened with the engine's own layer. */
export const hasRuntime = ({ layers, base }: OpenContainer): boolean => layers[base]!.table.count > 0;
