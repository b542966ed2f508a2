import type { ReadOptions } from "../bytes/mod.ts";
import type { NewHasher } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { contentAt, type OpenLayer, openLayer, type ScanShelf } from "../image/mod.ts";
import {
  choosePlatform,
  type Descriptor,
  formatCanonical,
  formatFamiliar,
  type ImageConfig,
  type Platform,
  parseImageConfig,
  parseManifest,
  type Reference,
  withDefaultTag,
} from "../oci/mod.ts";
import { type LocalStore, readDocument } from "../store/mod.ts";
import { foldLayers, mergedEntries, type NodeEntry } from "../tree/mod.ts";
import { type DirNode, EMPTY_ROOT, type FileNode, type LeafNode } from "./files.ts";

/** An image that a build begins with or copies from. */
export interface BaseImage {
  readonly reference: string;
  readonly config: ImageConfig;
  /** From the base up. */
  readonly layers: readonly Descriptor[];
  /** Its file system, read when it is first asked for. */
  readonly files: () => Promise<DirNode>;
}

/** What finding images takes. */
export interface BaseOptions extends ReadOptions {
  readonly store: LocalStore;
  readonly newHasher: NewHasher;
  readonly shelf?: ScanShelf | undefined;
  /** Brings an image that is not in the store there; default: it is missing. */
  readonly pull?: ((reference: Reference, platform: Platform) => Promise<void>) | undefined;
}

/**
 * The image that `reference` means, for `platform`.
 * @throws CoreError `image/missing`, `image/platform`, `store/missing`; what pulling throws
 */
export async function openBase(
  reference: Reference,
  platform: Platform,
  options: BaseOptions,
): Promise<BaseImage> {
  const named = withDefaultTag(reference);
  const { domain, path, digest } = named;
  // Of a name with a tag and a digest the digest counts.
  const key = formatCanonical(digest === undefined ? named : { domain, path, digest });
  const find = async () => (await options.store.table.snapshot()).names.get(key);
  let record = await find();
  if (record === undefined && options.pull !== undefined) {
    await options.pull(named, platform);
    record = await find();
  }
  const [shown, full] = [formatFamiliar(reference), formatCanonical(named)];
  if (record === undefined) {
    throw new CoreError(
      "image/missing",
      `${shown}: failed to resolve source metadata for ${full}: ${full}: not found`,
      { name: full },
    );
  }
  const manifest = await manifestFor(record.target, { platform, shown: full, options });
  const bytes = await documentOf(manifest.config, options);
  const config = parseImageConfig(bytes, { document: manifest.config.digest });
  let files: Promise<DirNode> | undefined;
  return {
    reference: shown,
    config,
    layers: manifest.layers,
    files: () => {
      files ??= filesOf(manifest.layers, options);
      return files;
    },
  };
}

async function documentOf(descriptor: Descriptor, { store, signal, newHasher }: BaseOptions) {
  const bytes = await readDocument(store, descriptor, { signal, newHasher });
  if (bytes !== undefined) return bytes;
  const { digest } = descriptor;
  throw new CoreError("store/missing", `Cannot build: the store does not have ${digest}`, { digest });
}

/** An index may stand in an index; no deeper than this. */
const INDEX_DEPTH = 4;

async function manifestFor(
  target: Descriptor,
  {
    platform,
    shown,
    options,
  }: { readonly platform: Platform; readonly shown: string; readonly options: BaseOptions },
) {
  let descriptor = target;
  for (let depth = 0; depth < INDEX_DEPTH; depth++) {
    const document = parseManifest(await documentOf(descriptor, options), {
      document: descriptor.digest,
      mediaType: descriptor.mediaType,
    });
    if (document.kind === "manifest") return document;
    const chosen = choosePlatform(
      platform,
      document.manifests.map((one) => one.platform),
    );
    if (chosen === undefined) break;
    descriptor = document.manifests[chosen]!;
  }
  throw new CoreError("image/platform", `${shown}: no match for platform in manifest: not found`, {
    name: shown,
  });
}

/** The file system of layers in a store. */
async function filesOf(descriptors: readonly Descriptor[], options: BaseOptions): Promise<DirNode> {
  const { store, newHasher, shelf, signal } = options;
  const layers: OpenLayer[] = [];
  for (const descriptor of descriptors) {
    layers.push(await openLayer(store, descriptor, { newHasher, shelf, signal }));
  }
  if (layers.length === 0) return EMPTY_ROOT;
  const tree = foldLayers(layers.map(({ table }) => table));
  let root: DirNode & { readonly children: Map<string, FileNode> } = { ...EMPTY_ROOT, children: new Map() };
  const dirs = new Map<string, Map<string, FileNode>>([["", root.children]]);
  const leaves = new Map<string, LeafNode>();
  for (const { path, entry, firstLink } of mergedEntries(tree, layers.length - 1)) {
    signal?.throwIfAborted();
    const first = firstLink === undefined ? undefined : leaves.get(firstLink);
    if (entry.contentType === "dir") {
      const children = dirs.get(path) ?? new Map<string, FileNode>();
      const dir = { ...attributesOf(entry), type: "dir" as const, children };
      dirs.set(path, children);
      if (path === "") root = dir;
      else place(dirs, path, dir);
      continue;
    }
    const leaf = first ?? leafOf(entry, layers);
    if (leaf === undefined) continue;
    leaves.set(path, leaf);
    place(dirs, path, leaf);
  }
  return root;
}

function place(dirs: ReadonlyMap<string, Map<string, FileNode>>, path: string, node: FileNode): void {
  const slash = path.lastIndexOf("/");
  dirs.get(slash < 0 ? "" : path.slice(0, slash))?.set(path.slice(slash + 1), node);
}

const attributesOf = ({ mode, uid, gid, mtime, entry }: NodeEntry) => ({
  mode,
  uid,
  gid,
  // Engines unpack nothing older than the epoch.
  mtime: Math.max(Math.floor(mtime), 0),
  xattrs: entry?.xattrs,
});

function leafOf(node: NodeEntry, layers: readonly OpenLayer[]): LeafNode | undefined {
  const { contentType: type, link, entry, content } = node;
  const common = { ...attributesOf(node), inode: {} };
  switch (type) {
    case "file":
    case "sparse":
    case "other":
      return { ...common, type: "file", content: contentAt(layers, content) };
    case "symlink":
      return { ...common, type, mode: 0o777, link };
    case "char":
    case "block":
    case "fifo":
      return { ...common, type, major: entry?.major, minor: entry?.minor };
    default:
      return undefined;
  }
}
