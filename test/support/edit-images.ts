import { sourceOf } from "../../core/bytes/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import type { EditImageOptions } from "../../core/edit/mod.ts";
import {
  contentAt,
  type LayerCompressor,
  type OpenLayer,
  openLayer,
  type ResolvedImage,
  readStoredImage,
  resolveImage,
  storeImage,
  storeLayer,
} from "../../core/image/mod.ts";
import { formatJson, type Writable } from "../../core/oci/mod.ts";
import { createMemoryStore, type LocalStore } from "../../core/store/mod.ts";
import type { HeaderFields, TarMember } from "../../core/tar/mod.ts";
import { foldLayers, mergedEntries, type Tree } from "../../core/tree/mod.ts";

/** An entry of a layer: a file with this text, or what the fields say. */
export type Entry = string | (Partial<HeaderFields> & { readonly text?: string });

/** Layers of an image to be made, base first: paths and what is there. Directories end in a slash. */
export type LayerSketch = { readonly [path: string]: Entry };

/** What the editing tests hand in. */
export const EDITING: EditImageOptions = { newHasher: newSha256, now: 1_700_000_000 };

/** gzip by the host. */
export const GZIP: LayerCompressor = {
  format: "gzip",
  compress: (plain) => plain.pipeThrough(new CompressionStream("gzip")),
};

/** The members of a layer. */
export function membersOf(sketch: LayerSketch): TarMember[] {
  return Object.entries(sketch).map(([path, entry]) => {
    const { text, ...fields } = typeof entry === "string" ? { text: entry } : entry;
    const type = fields.type ?? (path.endsWith("/") ? "dir" : "file");
    const header = { mtime: 1_600_000_000, ...fields, path, type };
    return text === undefined
      ? { entry: header }
      : { entry: header, content: sourceOf(new TextEncoder().encode(text)) };
  });
}

/** An empty store. */
export const emptyStore = (): LocalStore => createMemoryStore({ now: () => 0, newHasher: newSha256 });

/** Puts an image of these layers into a store and gives it a name. */
export async function putImage(
  store: LocalStore,
  name: string,
  image: {
    readonly layers: readonly LayerSketch[];
    readonly compressor?: LayerCompressor;
    readonly config?: ReadonlyMap<string, Writable>;
    readonly architecture?: string;
  },
): Promise<ResolvedImage> {
  const lease = await store.lease("sha256:0");
  const stored = [];
  for (const sketch of image.layers) {
    stored.push(await storeLayer(store, membersOf(sketch), { lease, compressor: image.compressor }));
  }
  const config = new Map<string, Writable>([
    ["architecture", image.architecture ?? "amd64"],
    ["os", "linux"],
    ["config", image.config ?? new Map()],
    [
      "history",
      [
        new Map<string, Writable>([
          ["created_by", "ENV first"],
          ["empty_layer", true],
        ]),
        ...stored.map(
          (_, at) =>
            new Map<string, Writable>([
              ["created", `2024-01-0${at + 1}T00:00:00Z`],
              ["created_by", `layer ${at}`],
            ]),
        ),
      ],
    ],
    [
      "rootfs",
      new Map<string, Writable>([
        ["type", "layers"],
        ["diff_ids", stored.map(({ diffID }) => diffID)],
      ]),
    ],
    ["x.unknown", "stays"],
  ]);
  await storeImage(
    store,
    {
      config: new TextEncoder().encode(formatJson(config)),
      layers: stored.map(({ descriptor }) => descriptor),
      names: [name],
    },
    { now: 0, lease },
  );
  await lease.release();
  return resolved(store, name);
}

/** The image that a name means. */
export async function resolved(store: LocalStore, name: string): Promise<ResolvedImage> {
  return resolveImage(await store.table.snapshot(), name);
}

/** Config text, layers and tree of an image. */
export async function looked(
  store: LocalStore,
  { image, target }: ResolvedImage,
): Promise<{ readonly config: string; readonly layers: OpenLayer[]; readonly tree: Tree }> {
  const found = await readStoredImage(store, { id: image.id, target });
  const layers = [];
  for (const layer of found.manifest.layers)
    layers.push(await openLayer(store, layer, { newHasher: newSha256 }));
  return {
    config: new TextDecoder().decode(found.configBytes),
    layers,
    tree: foldLayers(layers.map(({ table }) => table)),
  };
}

/** The merged file system in lines: path, type, mode, size or target, and what the files hold. */
export async function filesOf(store: LocalStore, image: ResolvedImage): Promise<string[]> {
  const { layers, tree } = await looked(store, image);
  const lines: string[] = [];
  if (layers.length === 0) return lines;
  for (const { node, path, entry, firstLink } of mergedEntries(tree, layers.length - 1)) {
    if (node === 0) continue;
    const content = contentAt(layers, entry.content);
    const text = new TextDecoder().decode(await content.arrayBuffer());
    const link = firstLink === undefined ? "" : ` = ${firstLink}`;
    const target = entry.contentType === "symlink" ? ` -> ${entry.link}` : "";
    lines.push(`${path} ${entry.contentType} ${entry.mode.toString(8)}${target}${link} ${text}`);
  }
  return lines;
}
