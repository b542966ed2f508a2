import { describe, expect, it } from "vitest";
import {
  compositionSource,
  loadArchive,
  openArchive,
  SAVE_LAYOUTS,
  type SaveItem,
  type SaveLayout,
  saveArchive,
} from "../../../core/archive/mod.ts";
import { type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { type Digest, newSha256 } from "../../../core/digest/mod.ts";
import { selectImages } from "../../../core/image/mod.ts";
import { MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { createMemoryStore, type LocalStore } from "../../../core/store/mod.ts";
import { entryAt, readTable } from "../../../core/tar/mod.ts";
import type { LayerScan } from "../../../core/tree/mod.ts";
import { bytesOf } from "../../support/archives.ts";
import { platformCompressed } from "../../support/decompressed.ts";
import {
  dockerArchive,
  idOf,
  layerOf,
  type TestImage,
  type TestLayer,
} from "../../support/docker-archives.ts";
import { drained } from "../../support/drained.ts";
import { BlobSet } from "../../support/images.ts";

const LAYOUTS: readonly SaveLayout[] = ["docker", "docker-classic", "oci"];
const newStore = (): LocalStore => createMemoryStore({ now: () => 1000 });
const text = async (source: Source): Promise<string> => new TextDecoder().decode(await source.arrayBuffer());

const gzipped = async (layer: TestLayer): Promise<TestLayer> => ({
  ...layer,
  stored: await platformCompressed(layer.plain),
});

/** Two images that share their base; the top of one is compressed, the empty layer stands twice in the other. */
async function fleet(): Promise<{ readonly store: LocalStore; readonly images: readonly TestImage[] }> {
  const base = await layerOf("base", "shared\n");
  const top = await gzipped(await layerOf("top", "compressed\n".repeat(500)));
  const twice = await layerOf("twice", "");
  const images: TestImage[] = [
    {
      layers: [base, top],
      tags: ["app:1", "registry.test:5000/a/b:2"],
      config: { created: "2024-01-02T03:04:05Z" },
    },
    { layers: [base, twice, twice], tags: ["base:1"], config: { created: "1960-01-01T00:00:00Z" } },
    { layers: [top], config: { config: { Cmd: ["x"], Labels: { ü: "<&>" } } } },
  ];
  const store = newStore();
  await loadArchive(sourceOf(await dockerArchive(images)), store, { newHasher: newSha256 });
  return { store, images };
}

async function itemsOf(store: LocalStore, ...texts: readonly string[]): Promise<SaveItem[]> {
  return selectImages(await store.table.snapshot(), texts);
}

/** Names and images of a store, with their roots where those are kept. */
async function shown(store: LocalStore, roots: boolean): Promise<object> {
  const { names, images } = await store.table.snapshot();
  return {
    names: [...names.values()].map(({ name, image, target }) => [name, image, roots && target.digest]),
    images: [...images.values()].map(({ id, target }) => [id, roots && target.digest]),
  };
}

describe("saveArchive", () => {
  it.each(LAYOUTS)("%s loads again as it was, and is the same bytes each time", async (layout) => {
    const { store, images } = await fleet();
    const items = await itemsOf(store, "app", "registry.test:5000/a/b:2", "base:1", idOf(images[2]));
    const { composition } = await saveArchive(store, items, { layout, newHasher: newSha256 });
    const bytes = await bytesOf(composition.parts);
    expect(bytes.length).toBe(composition.size);
    const again = newStore();
    await loadArchive(sourceOf(bytes), again, { newHasher: newSha256 });
    // Plain layers are other blobs than compressed ones, and so the manifest is another.
    const roots = layout !== "docker-classic";
    expect(await shown(again, roots)).toEqual(await shown(store, roots));
    const second = await saveArchive(
      again,
      await itemsOf(again, "app", "registry.test:5000/a/b:2", "base:1", idOf(images[2])),
      {
        layout,
        newHasher: newSha256,
      },
    );
    expect(await bytesOf(second.composition.parts)).toEqual(bytes);
    const table = await readTable(sourceOf(bytes));
    const paths = Array.from({ length: table.count }, (_, row) => entryAt(table, row).path);
    expect(paths).toEqual([...new Set(paths)].sort());
    expect((await openArchive(sourceOf(bytes), { newHasher: newSha256 })).problems).toEqual([]);
  });

  it("has the stored blobs for parts, each once, and copies none", async () => {
    const { store, images } = await fleet();
    const handed = new Set<Source>();
    const watching = {
      stat: (ref: { digest: Digest }) => store.stat(ref),
      async blob(ref: { digest: Digest }) {
        const source = await store.blob(ref);
        if (source !== undefined) handed.add(source);
        return source;
      },
    };
    const items = await itemsOf(store, "app:1", "base:1", idOf(images[2]));
    const { composition } = await saveArchive(watching, items, { newHasher: newSha256 });
    const blobs = (await store.list()).length;
    const whole = composition.parts.filter((part) => !(part instanceof Uint8Array) && handed.has(part));
    expect(whole).toHaveLength(blobs);
    const rest = composition.parts.filter((part) => part instanceof Uint8Array);
    expect(rest.reduce((sum, part) => sum + part.length, 0)).toBeLessThan(20_000);
  });

  it("writes the tables that Docker writes", async () => {
    const { store, images } = await fleet();
    const { composition } = await saveArchive(store, await itemsOf(store, "base:1"), {
      newHasher: newSha256,
    });
    const archive = await openArchive(compositionSource(composition), { newHasher: newSha256 });
    const [base, twice] = images[1].layers.map(({ diffID }) => diffID);
    const path = (digest = ""): string => `blobs/sha256/${digest.slice(7)}`;
    const source = (digest = "", size = 0): object => ({ mediaType: MEDIA_TYPES.ociLayer, size, digest });
    expect(JSON.parse(new TextDecoder().decode(archive.documents.manifest))).toEqual([
      {
        Config: path(idOf(images[1])),
        RepoTags: ["base:1"],
        Layers: [path(base), path(twice), path(twice)],
        LayerSources: { [base]: source(base, 2048), [twice]: source(twice, 1536) },
      },
    ]);
    expect(JSON.parse(new TextDecoder().decode(archive.documents.index)).manifests).toMatchObject([
      {
        mediaType: MEDIA_TYPES.ociManifest,
        annotations: {
          "io.containerd.image.name": "docker.io/library/base:1",
          "org.opencontainers.image.ref.name": "1",
        },
      },
    ]);
    const whole = await text(compositionSource(composition));
    expect(whole).toContain(`{"base":{"1":"${twice.slice(7)}"}}\n`);
    expect(whole).toContain('{"imageLayoutVersion": "1.0.0"}');
  });

  it("docker-classic links layers that are there already, and gives inner layers the IDs that Docker gives", async () => {
    const { store } = await fleet();
    const { composition } = await saveArchive(store, await itemsOf(store, "app:1", "base:1"), {
      layout: "docker-classic",
      newHasher: newSha256,
    });
    const source = compositionSource(composition);
    const table = await readTable(source);
    const entries = Array.from({ length: table.count }, (_, row) => entryAt(table, row));
    const links = entries.filter(({ type }) => type === "symlink");
    expect(links).toHaveLength(1);
    expect(entries.map(({ path }) => path)).toContain(links[0].link.replace("../", ""));
    const layers = entries.filter(({ path, type }) => path.endsWith("/layer.tar") && type === "file");
    expect(layers).toHaveLength(3);
    expect(entries.every(({ mtime }) => mtime === 0 || mtime === 1_704_164_645)).toBe(true);
    expect(await text(source)).not.toContain("blobs/");
  });

  it("docker-classic reads no layer of which a scan is kept before the archive is read", async () => {
    const { store } = await fleet();
    const kept = new Map<Digest, LayerScan>();
    const reads: Digest[] = [];
    const scans = {
      put: async (scan: LayerScan) => void kept.set(scan.blobDigest, scan),
      byBlob: async (digest: Digest) => kept.get(digest),
    };
    const options = {
      layout: "docker-classic",
      newHasher: newSha256,
      scans,
      onRead: (digest: Digest) => void reads.push(digest),
    } as const;
    const items = await itemsOf(store, "app:1");
    const first = await saveArchive(store, items, options);
    expect(new Set(reads).size).toBe(1);
    reads.length = 0;
    const second = await saveArchive(store, items, options);
    expect(reads).toEqual([]);
    expect(await bytesOf(second.composition.parts)).toEqual(await bytesOf(first.composition.parts));
  });

  it("merges what means the same image, takes all tags of a repository, and IDs without a name", async () => {
    const { store, images } = await fleet();
    const named = await itemsOf(store, "app:1", "registry.test:5000/a/b", "app");
    expect(named.map(({ names }) => names)).toEqual([
      ["docker.io/library/app:1", "registry.test:5000/a/b:2"],
    ]);
    expect(await itemsOf(store, idOf(images[0]))).toMatchObject([{ names: [] }]);
    await expect(itemsOf(store, "nosuch")).rejects.toMatchObject({ message: "No such image: nosuch" });
    await expect(itemsOf(store, "nosuch:1")).rejects.toMatchObject({ message: "reference does not exist" });
  });

  it("refuses an image of which something is gone, and names it", async () => {
    const { store, images } = await fleet();
    const items = await itemsOf(store, "base:1");
    const layer = images[1].layers[1].diffID;
    await store.remove([layer]);
    for (const layout of LAYOUTS) {
      await expect(saveArchive(store, items, { layout, newHasher: newSha256 })).rejects.toMatchObject({
        code: "store/missing",
        message: expect.stringContaining(layer),
      });
    }
  });
});

describe("saveArchive of several platforms", () => {
  /** An index over three platforms, of one of which a layer is not there. */
  async function several(): Promise<{
    readonly store: LocalStore;
    readonly item: SaveItem;
    readonly ids: readonly Digest[];
  }> {
    const blobs = new BlobSet();
    const ids: Digest[] = [];
    const children = ["amd64", "arm64", "s390x"].map((architecture, at) => {
      const layer = blobs.layer(3000, at);
      const config = blobs.json(
        { os: "linux", architecture, rootfs: { type: "layers", diff_ids: [layer.digest] } },
        MEDIA_TYPES.ociConfig,
      );
      if (architecture === "s390x") blobs.delete(layer.digest);
      ids.push(config.digest);
      const manifest = blobs.json(
        { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: [layer] },
        MEDIA_TYPES.ociManifest,
      );
      return { ...manifest, platform: { os: "linux", architecture } };
    });
    const target = blobs.index(children);
    const store = newStore();
    await blobs.into(store);
    return { store, item: { image: ids[0], target, names: ["docker.io/library/m:1"] }, ids };
  }

  it.each(["docker", "oci"] as const)("%s keeps the index and what is whole under it", async (layout) => {
    const { store, item, ids } = await several();
    const { composition, left } = await saveArchive(store, [item], { layout, newHasher: newSha256 });
    expect(left).toHaveLength(1);
    const again = newStore();
    await loadArchive(compositionSource(composition), again, { newHasher: newSha256 });
    const { names } = await again.table.snapshot();
    expect(names.get("docker.io/library/m:1")).toMatchObject({
      image: ids[0],
      target: { digest: item.target.digest },
    });
    expect(await again.stat({ digest: ids[1] })).toBeDefined();
    expect(await again.stat({ digest: ids[2] })).toBeUndefined();
  });

  it.each(LAYOUTS)("%s takes one platform when told to, which is another image", async (layout) => {
    const { store, item, ids } = await several();
    const platform = { os: "linux", architecture: "arm64" };
    const { composition, images } = await saveArchive(store, [item], {
      layout,
      platform,
      newHasher: newSha256,
    });
    expect(images).toMatchObject([{ id: ids[1] }]);
    const again = newStore();
    const { lines } = await loadArchive(compositionSource(composition), again, { newHasher: newSha256 });
    expect(lines).toEqual(["Loaded image: m:1"]);
    expect([...(await again.table.snapshot()).images.keys()]).toEqual([ids[1]]);
    const none = saveArchive(store, [item], {
      layout,
      platform: { os: "windows", architecture: "amd64" },
      newHasher: newSha256,
    });
    await expect(none).rejects.toMatchObject({
      code: "image/platform",
      message: expect.stringContaining("windows/amd64"),
    });
  });
});

describe("compositionSource", () => {
  it("is its parts end to end, as a whole, as a stream and in slices", async () => {
    const whole = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
    const parts = [whole.slice(0, 10), sourceOf(whole.subarray(10, 600)), new Blob([whole.slice(600)])];
    const source = compositionSource({ parts, size: whole.length });
    expect(new Uint8Array(await source.arrayBuffer())).toEqual(whole);
    expect(await drained(source.stream())).toEqual(whole);
    for (const [from, to] of [
      [0, 5],
      [5, 15],
      [9, 10],
      [10, 600],
      [599, 601],
      [-3, undefined],
      [700, 100],
    ] as const) {
      const slice = source.slice(from, to);
      expect(await drained(slice.stream())).toEqual(whole.slice(from, to));
      expect(await drained(slice.slice(1).stream())).toEqual(whole.slice(from, to).slice(1));
    }
    await source.stream().cancel();
  });
});

describe("SAVE_LAYOUTS", () => {
  it("has the facts of every layout", () => {
    expect(SAVE_LAYOUTS.map(({ layout }) => layout)).toEqual(LAYOUTS);
  });
});
