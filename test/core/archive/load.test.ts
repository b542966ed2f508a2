import { describe, expect, it } from "vitest";
import { type LoadOptions, type LoadProgress, loadArchive, openArchive } from "../../../core/archive/mod.ts";
import { type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { type Digest, newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { check, createMemoryStore, type LocalStore, moveLayer, sweep } from "../../../core/store/mod.ts";
import type { LayerScan } from "../../../core/tree/mod.ts";
import { blobOf, tarOf } from "../../support/archives.ts";
import { platformCompressed } from "../../support/decompressed.ts";
import {
  configOf,
  dockerArchive,
  idOf,
  layerOf,
  type TestImage,
  type TestLayer,
} from "../../support/docker-archives.ts";
import { mutated } from "../../support/mutate.ts";
import { content, squeezed, XZ } from "../../support/squeezed.ts";
import { utf8 } from "../../support/tar.ts";

const newStore = (): LocalStore => createMemoryStore({ now: () => 1000 });

const load = (bytes: Uint8Array, store: LocalStore, options: Partial<LoadOptions> = {}) =>
  loadArchive(sourceOf(bytes), store, { newHasher: newSha256, ...options });

const gzipped = async (layer: TestLayer): Promise<TestLayer> => ({
  ...layer,
  stored: await platformCompressed(layer.plain),
});

/** A shelf for scans, as the page has one. */
function shelf(): {
  put(scan: LayerScan): Promise<void>;
  byBlob(digest: Digest): Promise<LayerScan | undefined>;
  readonly all: Map<Digest, LayerScan>;
} {
  const all = new Map<Digest, LayerScan>();
  return {
    all,
    async put(scan) {
      all.set(scan.blobDigest, scan);
    },
    byBlob: async (digest) => all.get(digest),
  };
}

/** `source` that counts the bytes that are read of it as a stream. */
function counted(source: Source, count: { read: number }): Source {
  return {
    size: source.size,
    slice: (from, to) => counted(source.slice(from, to), count),
    arrayBuffer: () => source.arrayBuffer(),
    stream: () =>
      source.stream().pipeThrough(
        new TransformStream({
          transform(chunk: Uint8Array<ArrayBuffer>, controller) {
            count.read += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      ),
  };
}

describe("loadArchive", () => {
  it("stores layers as they came, once, under the manifest that Docker would write, names last", async () => {
    const base = await layerOf("base", "shared\n");
    const top = await gzipped(await layerOf("top", "compressed\n".repeat(500)));
    const images: TestImage[] = [
      { layers: [base], tags: ["base"] },
      { layers: [base, top], tags: ["app:1", "registry.test:5000/a/b:2"] },
    ];
    const store = newStore();
    const scans = shelf();
    const result = await load(await dockerArchive(images), store, { scans });
    expect(result.lines).toEqual([
      "Loaded image: base:latest",
      "Loaded image: app:1",
      "Loaded image: registry.test:5000/a/b:2",
    ]);
    const stored = sha256Digest(top.stored!);
    expect([...scans.all.keys()].sort()).toEqual([base.diffID, stored].sort());
    expect(scans.all.get(stored)).toMatchObject({ diffID: top.diffID, compression: "gzip" });
    expect(scans.all.get(stored)?.index).toBeDefined();
    const { names, images: records } = await store.table.snapshot();
    expect([...names.keys()]).toEqual([
      "docker.io/library/app:1",
      "docker.io/library/base:latest",
      "registry.test:5000/a/b:2",
    ]);
    expect([...records.keys()].sort()).toEqual(images.map(idOf).sort());
    const root = names.get("docker.io/library/app:1")!.target;
    expect(JSON.parse(await text((await store.blob(root))!))).toEqual({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      config: {
        mediaType: MEDIA_TYPES.ociConfig,
        digest: idOf(images[1]),
        size: configOf(images[1]).length,
      },
      layers: [
        { mediaType: MEDIA_TYPES.ociLayer, digest: base.diffID, size: base.plain.length },
        { mediaType: `${MEDIA_TYPES.ociLayer}+gzip`, digest: stored, size: top.stored!.length },
      ],
    });
    expect(await store.list()).toHaveLength(6);
    expect(await check(store)).toEqual([]);
    expect((await sweep(store)).removed).toEqual([]);
    expect(await store.leases()).toEqual([]);
  });

  it("reads a plain layer once, and one that is there and known not at all", async () => {
    const layer = await layerOf("a", "b".repeat(100_000));
    const bytes = await dockerArchive([{ layers: [layer], tags: ["a:1"] }]);
    const store = newStore();
    const scans = shelf();
    const count = { read: 0 };
    const archive = await openArchive(counted(sourceOf(bytes), count), { newHasher: newSha256 });
    count.read = 0;
    await loadArchive(archive, store, { newHasher: newSha256, scans });
    expect(count.read).toBe(layer.plain.length);
    count.read = 0;
    const again = await loadArchive(archive, store, { newHasher: newSha256, scans });
    expect(count.read).toBe(0);
    expect(again).toMatchObject({ lines: ["Loaded image: a:1"], moved: 0 });
    expect(again.present).toBeGreaterThan(layer.plain.length);
  });

  it("stores xz and bzip2, which no manifest can announce, decompressed", async () => {
    const fixture = XZ.find((one) => content(one).length > 0)!;
    const plain = Uint8Array.from(content(fixture));
    const layer = { diffID: sha256Digest(plain), plain, stored: squeezed(fixture) };
    const store = newStore();
    const scans = shelf();
    await load(await dockerArchive([{ layers: [layer], tags: ["xz:1"] }]), store, { scans });
    expect(await store.stat({ digest: layer.diffID })).toBe(plain.length);
    expect(scans.all.get(layer.diffID)).toMatchObject({ compression: "none", blobSize: plain.length });
    expect(await check(store)).toEqual([]);
  });

  it("refuses a layer that is not what the config says in Docker's words, and leaves nothing of it", async () => {
    const good = await layerOf("good", "1");
    for (const other of [await layerOf("bad", "2"), await gzipped(await layerOf("bad", "2"))]) {
      const wrong = { ...other, diffID: good.diffID };
      const bytes = await dockerArchive([{ layers: [await layerOf("x", "y"), wrong], tags: ["a:1"] }]);
      const store = newStore();
      await expect(load(bytes, store)).rejects.toMatchObject({
        code: "digest/mismatch",
        message: `invalid diffID for layer 1: expected "${good.diffID}", got "${other.diffID}"`,
      });
      expect((await store.table.snapshot()).images.size).toBe(0);
      await sweep(store);
      expect(await store.list()).toEqual([]);
      expect(await store.partials()).toEqual([]);
    }
  });

  it("takes a layer that the archive lacks from the store that has it", async () => {
    const layer = await layerOf("a", "b");
    const image: TestImage = { layers: [layer], tags: ["whole:1"] };
    const item = (tag: string, path: string): object => ({
      Config: "w.json",
      RepoTags: [tag],
      Layers: [path],
    });
    const bytes = await tarOf([
      ["w.json", configOf(image)],
      ["l/layer.tar", layer.plain],
      ["manifest.json", { json: [item("whole:1", "l/layer.tar"), item("lacking:1", "gone/layer.tar")] }],
    ]);
    const { lines } = await load(bytes, newStore());
    expect(lines).toEqual(["Loaded image: whole:1", "Loaded image: lacking:1"]);
  });

  it("refuses what is missing or does not count up, and keeps the images before it", async () => {
    const layer = await layerOf("a", "b");
    const image: TestImage = { layers: [layer], tags: ["whole:1"] };
    const other: TestImage = { layers: [await layerOf("another", "b")] };
    const config = utf8('{"os":"linux","rootfs":{"type":"layers","diff_ids":[]}}');
    const cases = [
      [
        { Config: "none.json", RepoTags: null, Layers: [] },
        "archive/missing",
        "the archive has no none.json",
      ],
      [
        { Config: "c.json", RepoTags: null, Layers: ["l/layer.tar"] },
        "archive/layout",
        "invalid manifest, layers length mismatch: expected 1, got 0",
      ],
      [
        { Config: "o.json", RepoTags: null, Layers: ["gone/layer.tar"] },
        "archive/missing",
        "the archive has no gone/layer.tar",
      ],
      [
        { Config: "w.json", RepoTags: ["Bad:1"], Layers: ["l/layer.tar"] },
        "oci/reference",
        "must be lowercase",
      ],
      [
        { Config: "w.json", RepoTags: [`x@${layer.diffID}`], Layers: ["l/layer.tar"] },
        "oci/reference",
        `invalid tag "x@${layer.diffID}"`,
      ],
    ] as const;
    for (const [item, code, message] of cases) {
      const whole = { Config: "w.json", RepoTags: ["whole:1"], Layers: ["l/layer.tar"] };
      const bytes = await tarOf([
        ["c.json", config],
        ["w.json", configOf(image)],
        ["o.json", configOf(other)],
        ["l/layer.tar", layer.plain],
        ["manifest.json", { json: [whole, item] }],
      ]);
      const store = newStore();
      await expect(load(bytes, store), message).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
      expect([...(await store.table.snapshot()).names.keys()]).toEqual(["docker.io/library/whole:1"]);
      expect(await check(store)).toEqual([]);
    }
  });

  it("says that a name was taken from another image, and keeps that one", async () => {
    const [one, two] = [await layerOf("a", "1"), await layerOf("a", "2")];
    const images: TestImage[] = [
      { layers: [one], tags: ["a:1"] },
      { layers: [two], tags: ["a:1"] },
    ];
    const store = newStore();
    expect((await load(await dockerArchive(images), store)).lines).toEqual([
      "Loaded image: a:1",
      `The image a:1 already exists, renaming the old one with ID ${idOf(images[0])} to empty string`,
      "Loaded image: a:1",
    ]);
    expect((await store.table.snapshot()).images.size).toBe(2);
  });

  it("names IDs only where the last image has no name, and then all", async () => {
    const named: TestImage = { layers: [await layerOf("a", "1")], tags: ["a:1"] };
    const bare: TestImage = { layers: [await layerOf("a", "2")] };
    const lines = async (images: TestImage[]): Promise<readonly string[]> =>
      (await load(await dockerArchive(images), newStore())).lines;
    expect(await lines([named, bare])).toEqual([
      "Loaded image: a:1",
      `Loaded image ID: ${idOf(named)}`,
      `Loaded image ID: ${idOf(bare)}`,
    ]);
    expect(await lines([bare, named])).toEqual(["Loaded image: a:1"]);
  });

  it("links an image to the one it was built on when both are in the archive", async () => {
    const [below, above] = [await layerOf("a", "1"), await layerOf("a", "2")];
    const parent: TestImage = { layers: [below] };
    const child: TestImage = { layers: [below, above], tags: ["child:1"], parent: idOf(parent) };
    const stray: TestImage = { layers: [above], tags: ["stray:1"], parent: idOf(parent) };
    const store = newStore();
    await load(await dockerArchive([parent, child, stray]), store);
    const { images } = await store.table.snapshot();
    expect(images.get(idOf(child))?.parent).toBe(idOf(parent));
    expect(images.get(idOf(stray))?.parent).toBeUndefined();
  });

  it("goes on where an aborted load stopped, and does not write again what has arrived", async () => {
    const layer = await layerOf("a", "0123456789".repeat(40_000));
    const bytes = await dockerArchive([{ layers: [layer], tags: ["a:1"] }]);
    const store = newStore();
    const stop = new AbortController();
    const onProgress = ({ kind, bytes: at }: LoadProgress): void => {
      if (kind === "layer" && at > 100_000) stop.abort(new Error("enough"));
    };
    await expect(load(bytes, store, { signal: stop.signal, onProgress })).rejects.toThrow("enough");
    const kept = await store.partial(layer.diffID);
    expect(kept).toBeGreaterThan(100_000);
    await sweep(store);
    expect(await store.partial(layer.diffID)).toBe(kept);
    const seen: LoadProgress[] = [];
    const result = await load(bytes, store, { onProgress: (progress) => seen.push(progress) });
    const first = seen.find(({ kind, state }) => kind === "layer" && state === "copying");
    expect(first).toMatchObject({
      bytes: kept,
      resumedFrom: kept,
      total: layer.plain.length,
      diffID: layer.diffID,
    });
    expect(result.present).toBeGreaterThanOrEqual(kept);
    expect(result.moved).toBeLessThan(layer.plain.length);
    expect(result.lines).toEqual(["Loaded image: a:1"]);
    expect(await check(store)).toEqual([]);
  });

  it("hands layers to the caller's mover, and verifies what comes back", async () => {
    const layer = await gzipped(await layerOf("a", "b"));
    const bytes = await dockerArchive([{ layers: [layer, await layerOf("c", "d")], tags: ["a:1"] }]);
    const moved: Digest[] = [];
    await load(bytes, newStore(), {
      moveLayer(move) {
        moved.push(move.descriptor.digest);
        return moveLayer(move);
      },
    });
    // The compressed layer had to be read before, for its digest.
    expect(moved).toHaveLength(1);
    const liar = load(bytes, newStore(), {
      moveLayer: async (move) => ({ ...(await moveLayer(move)), diffID: layer.diffID }),
    });
    await expect(liar).rejects.toMatchObject({
      message: expect.stringContaining("invalid diffID for layer 1"),
    });
  });

  it("refuses a file system that is no image, and an empty list loads nothing", async () => {
    const rootfs = await tarOf([
      ["etc/", { dir: true }],
      ["etc/passwd", "root"],
      ["bin/", { dir: true }],
    ]);
    await expect(load(rootfs, newStore())).rejects.toMatchObject({ code: "archive/unrecognized" });
    const empty = await load(await tarOf([["manifest.json", { json: [] }]]), newStore());
    expect(empty).toMatchObject({ lines: [], images: [] });
  });
});

/** A layout with an index over two platforms and a statement about the first, and an arm64 child that is not there. */
async function layout(
  name: string | undefined,
): Promise<{ readonly bytes: Uint8Array; readonly root: Digest; readonly ids: readonly Digest[] }> {
  const members = [];
  const children = [];
  const ids: Digest[] = [];
  for (const [architecture, whole] of [
    ["arm64", true],
    ["amd64", true],
    ["s390x", false],
  ] as const) {
    const layer = await layerOf("arch", architecture);
    const config = blobOf(configOf({ layers: [layer], config: { architecture } }), MEDIA_TYPES.ociConfig);
    const tar = blobOf(layer.plain, MEDIA_TYPES.ociLayer);
    const manifest = blobOf(
      {
        json: {
          schemaVersion: 2,
          mediaType: MEDIA_TYPES.ociManifest,
          config: config.descriptor,
          layers: [tar.descriptor],
        },
      },
      MEDIA_TYPES.ociManifest,
    );
    members.push(config.member, manifest.member, ...(whole ? [tar.member] : []));
    children.push({ ...manifest.descriptor, platform: { os: "linux", architecture } });
    ids.push(config.descriptor.digest);
  }
  const index = blobOf(
    { json: { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: children } },
    MEDIA_TYPES.ociIndex,
  );
  const annotations = name === undefined ? {} : { "org.opencontainers.image.ref.name": name };
  const bytes = await tarOf([
    ...members,
    index.member,
    ["oci-layout", '{"imageLayoutVersion":"1.0.0"}'],
    ["index.json", { json: { schemaVersion: 2, manifests: [{ ...index.descriptor, annotations }] } }],
  ]);
  return { bytes, root: index.descriptor.digest, ids };
}

describe("loadArchive of damaged archives", () => {
  it.each(Array.from({ length: 12 }, (_, at) => at * 100))(
    "names only what is whole, seeds %i and on",
    async (first) => {
      const images: TestImage[] = [
        { layers: [await layerOf("a", "1"), await gzipped(await layerOf("b", "2"))], tags: ["a:1"] },
        { layers: [await layerOf("a", "1")] },
      ];
      const archives = [await dockerArchive(images), (await layout("team/app:1")).bytes];
      for (let seed = first; seed < first + 25; seed++) {
        for (const bytes of archives) {
          const store = newStore();
          const error: unknown = await load(mutated(bytes, seed), store).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (error !== undefined) expect(error).toBeInstanceOf(CoreError);
          expect(await check(store)).toEqual([]);
          for (const { id } of (await store.table.snapshot()).images.values())
            expect(await store.stat({ digest: id })).toBeDefined();
        }
      }
    },
  );
});

describe("loadArchive of a layout", () => {
  it("keeps the index with every platform that is whole, and means the one asked for", async () => {
    const { bytes, root, ids } = await layout("team/app:1");
    const store = newStore();
    const { lines } = await load(bytes, store);
    expect(lines).toEqual(["Loaded image: team/app:1"]);
    const record = (await store.table.snapshot()).names.get("docker.io/team/app:1");
    expect(record).toMatchObject({ image: ids[1], target: { digest: root } });
    expect(await store.stat({ digest: ids[0] })).toBeDefined();
    expect(await store.stat({ digest: ids[2] })).toBeUndefined();
    expect(await check(store)).toEqual([]);
    const arm = newStore();
    await load(bytes, arm, { platform: { os: "linux", architecture: "arm64" } });
    expect((await arm.table.snapshot()).names.get("docker.io/team/app:1")?.image).toBe(ids[0]);
  });

  it("refuses a name that leads to no image that is whole", async () => {
    const { bytes } = await layout("team/app:1");
    const store = newStore();
    const s390x = { os: "linux", architecture: "s390x" };
    await expect(load(bytes, store, { only: s390x })).rejects.toMatchObject({
      code: "archive/missing",
      message: expect.stringContaining("Cannot find layer 0"),
    });
    expect(await store.table.snapshot()).toMatchObject({ names: new Map(), images: new Map() });
    await sweep(store);
    expect(await store.list()).toEqual([]);
  });

  it("loads one platform only when told to, and nothing of an archive without it", async () => {
    const { bytes, ids } = await layout("team/app:1");
    const store = newStore();
    await load(bytes, store, { only: { os: "linux", architecture: "arm64" } });
    expect(await store.stat({ digest: ids[0] })).toBeDefined();
    expect(await store.stat({ digest: ids[1] })).toBeUndefined();
    const none = await load(bytes, newStore(), { only: { os: "windows", architecture: "amd64" } });
    expect(none).toMatchObject({ lines: [], images: [] });
  });

  it.each(["latest", "1.0", "v2", undefined, "a/UPPER", "a@sha256:00"])(
    "takes %s for no name",
    async (name) => {
      const { bytes, ids } = await layout(name);
      const store = newStore();
      expect((await load(bytes, store)).lines).toEqual([`Loaded image ID: ${ids[1]}`]);
      expect((await store.table.snapshot()).names.size).toBe(0);
    },
  );
});

const text = async (source: Source): Promise<string> => new TextDecoder().decode(await source.arrayBuffer());
