import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type Digest, newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { type Descriptor, MEDIA_TYPES, parseReference } from "../../../core/oci/mod.ts";
import {
  openRegistry,
  PULL_STATES,
  type PullEvent,
  type PulledImage,
  type PullOptions,
  pullFailure,
  pullImage,
} from "../../../core/registry/mod.ts";
import { check, createMemoryStore, type LocalStore, sweep } from "../../../core/store/mod.ts";
import type { LayerScan } from "../../../core/tree/mod.ts";
import { tarOf } from "../../support/archives.ts";
import { type FakeQuirks, FakeRegistry, fakeClock } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";
import { randomBytes, seeded } from "../../support/random.ts";

/** An image whose layers are gzip tars with one file of these sizes. */
async function imageIn(
  set: BlobSet,
  sizes: readonly number[],
  platform: { os?: string; architecture?: string; variant?: string } = {},
): Promise<{ manifest: Descriptor; config: Descriptor; layers: Descriptor[] }> {
  const layers: Descriptor[] = [];
  const diffIDs: Digest[] = [];
  for (const [at, size] of sizes.entries()) {
    const tar = await tarOf([[`file${at}`, randomBytes(size, at + size)]]);
    diffIDs.push(sha256Digest(tar));
    layers.push(
      set.put(new Uint8Array(gzipSync(tar, { mtime: 0, level: 1 })), `${MEDIA_TYPES.ociLayer}+gzip`),
    );
  }
  const config = set.json(
    { os: "linux", architecture: "amd64", ...platform, rootfs: { type: "layers", diff_ids: diffIDs } },
    MEDIA_TYPES.ociConfig,
  );
  const manifest = set.json(
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers },
    MEDIA_TYPES.ociManifest,
  );
  return { manifest, config, layers };
}

const SIZES = [3000, 60_000, 400, 90_000];

async function setUp(quirks: FakeQuirks = {}) {
  const fake = new FakeRegistry(quirks, "r.example");
  const set = new BlobSet();
  const image = await imageIn(set, SIZES);
  fake.add("yard/crane", set, image.manifest, "1");
  const clock = fakeClock(fake);
  const store = createMemoryStore({ now: () => 1 });
  const pull = (
    name: string,
    options: Partial<PullOptions> = {},
    into: LocalStore = store,
  ): Promise<readonly PulledImage[]> =>
    pullImage(openRegistry({ fetch: fake.fetch, clock }), into, {
      reference: parseReference(name),
      newHasher: newSha256,
      ...options,
    });
  return { fake, set, store, image, pull, clock };
}

const total = (blobs: readonly Descriptor[]): number => blobs.reduce((sum, { size }) => sum + size, 0);

async function whole(store: LocalStore): Promise<string[]> {
  expect(await check(store)).toEqual([]);
  return [...(await store.table.snapshot()).names.keys()];
}

function linesOf(events: readonly PullEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === "image") return [`${event.reference.tag}: Pulling from ${event.reference.path}`];
    if (event.kind === "done") return [`Digest: ${event.digest}`];
    if (["downloading", "extracting", "retrying"].includes(event.state)) return [];
    return [`${event.layer}: ${PULL_STATES[event.state]}`];
  });
}

describe("pullImage", () => {
  it("brings an image and its names, and is up to date the next time", async () => {
    const { pull, store, image, fake } = await setUp();
    const [first] = await pull("r.example/yard/crane:1");
    expect(first).toMatchObject({
      id: image.config.digest,
      digest: image.manifest.digest,
      newer: true,
      present: 0,
    });
    expect(first?.moved).toBe(total([image.manifest, image.config, ...image.layers]));
    expect(await whole(store)).toEqual([
      "r.example/yard/crane:1",
      `r.example/yard/crane@${image.manifest.digest}`,
    ]);
    expect(fake.sent).toBe(total([image.config, ...image.layers]));
    const before = fake.sent;
    const [again] = await pull("r.example/yard/crane:1");
    expect(again).toMatchObject({ newer: false, moved: 0 });
    // The config alone is read: by it Docker knows an image.
    expect(fake.sent - before).toBe(image.config.size);
    // Docker counts what people tag.
    expect((await store.table.snapshot()).images.get(image.config.digest)?.lastTaggedAt).toBeUndefined();
    expect(await sweep(store)).toMatchObject({ freed: 0 });
  });

  it("tells Docker's states in Docker's order", async () => {
    const { pull, image } = await setUp();
    const events: PullEvent[] = [];
    await pull("r.example/yard/crane:1", { onEvent: (event) => events.push(event), concurrency: 1 });
    expect(linesOf(events)).toEqual([
      "1: Pulling from yard/crane",
      "0: Pulling fs layer",
      "1: Pulling fs layer",
      "2: Pulling fs layer",
      "3: Pulling fs layer",
      "1: Waiting",
      "2: Waiting",
      "3: Waiting",
      ...[0, 1, 2, 3].flatMap((n) => [
        `${n}: Verifying Checksum`,
        `${n}: Download complete`,
        `${n}: Pull complete`,
      ]),
      `Digest: ${image.manifest.digest}`,
    ]);
    for (const event of events)
      if (event.kind === "layer") expect(event.total).toBe(image.layers[event.layer]?.size);
    events.length = 0;
    await pull("r.example/yard/crane:1", { onEvent: (event) => events.push(event) });
    expect(linesOf(events)).toEqual(["1: Pulling from yard/crane", `Digest: ${image.manifest.digest}`]);
  });

  it("completes layers from the base up, however they arrive", async () => {
    const { pull } = await setUp({ chunk: 500 });
    const events: PullEvent[] = [];
    await pull("r.example/yard/crane:1", { onEvent: (event) => events.push(event), concurrency: 4 });
    const completed = events.flatMap((event) =>
      event.kind === "layer" && event.state === "complete" ? [event.layer] : [],
    );
    expect(completed).toEqual([0, 1, 2, 3]);
  });

  it("does not fetch the layers at the base that another image has", async () => {
    const { fake, set, pull, image, store } = await setUp();
    await pull("r.example/yard/crane:1");
    const other = await imageIn(set, [...SIZES.slice(0, 2), 700]);
    fake.add("yard/crane", set, other.manifest, "2");
    const events: PullEvent[] = [];
    fake.sent = 0;
    await pull("r.example/yard/crane:2", { onEvent: (event) => events.push(event) });
    expect(linesOf(events).slice(1, 4)).toEqual([
      "0: Already exists",
      "1: Already exists",
      "2: Pulling fs layer",
    ]);
    expect(fake.sent).toBe(total([other.config, other.layers[2]]));
    expect(await whole(store)).toHaveLength(4);
    expect(image.layers[0]).toEqual(other.layers[0]);
  });

  it("by digest gives no tag, with or without a tag beside it", async () => {
    for (const name of ["r.example/yard/crane@", "r.example/yard/crane:1@"]) {
      const { pull, store, image } = await setUp();
      expect((await pull(name + image.manifest.digest))[0]?.newer).toBe(true);
      expect(await whole(store)).toEqual([`r.example/yard/crane@${image.manifest.digest}`]);
      expect((await pull(name + image.manifest.digest))[0]?.newer).toBe(false);
    }
  });

  it("leaves the image that had the tag, by its digest", async () => {
    const { fake, set, pull, store, image } = await setUp();
    await pull("r.example/yard/crane:1");
    const other = await imageIn(set, [10]);
    fake.add("yard/crane", set, other.manifest, "1");
    expect((await pull("r.example/yard/crane:1"))[0]).toMatchObject({ newer: true, id: other.config.digest });
    const { names, images } = await store.table.snapshot();
    expect([...names.values()].map(({ name, image: id }) => [name.split(/[:@]/)[1], id])).toEqual([
      ["1", other.config.digest],
      ...[image, other]
        .sort((a, b) => (a.manifest.digest < b.manifest.digest ? -1 : 1))
        .map(({ config }) => ["sha256", config.digest]),
    ]);
    expect(images.size).toBe(2);
  });

  it("brings every tag in the registry's order", async () => {
    const { fake, set, pull, image } = await setUp({ page: 1 });
    fake.add("yard/crane", set, (await imageIn(set, [10])).manifest, "0.9");
    fake.add("yard/crane", set, image.manifest, "latest");
    const pulled = await pull("r.example/yard/crane", { allTags: true });
    expect(pulled.map(({ reference, newer }) => [reference.tag, newer])).toEqual([
      ["1", true],
      ["0.9", true],
      ["latest", true],
    ]);
  });

  it("knows an image by its config, under whatever compression it is kept", async () => {
    const { fake, set, pull, store, image } = await setUp();
    await pull("r.example/yard/crane:1");
    // The same files in other blobs: what Docker's save and push make of an image.
    const plain = set.json(
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.dockerManifest,
        config: image.config,
        layers: [1, 2, 3, 4].map((n) => set.layer(n, n)),
      },
      MEDIA_TYPES.dockerManifest,
    );
    fake.add("yard/other", set, plain, "1");
    fake.sent = 0;
    expect((await pull("r.example/yard/other:1"))[0]).toMatchObject({
      newer: true,
      id: image.config.digest,
      root: image.manifest,
      moved: 0,
    });
    expect(fake.sent).toBe(image.config.size);
    expect(await whole(store)).toHaveLength(4);
  });
});

describe("platforms", () => {
  async function fleet() {
    const made = await setUp();
    const { set, fake } = made;
    const amd64 = await imageIn(set, [100, 200]);
    const arm64 = await imageIn(set, [100, 300], { architecture: "arm64" });
    const statement = await imageIn(set, [], { os: "unknown", architecture: "unknown" });
    const platform = (architecture: string) => ({ os: "linux", architecture });
    const index = set.index([
      { ...arm64.manifest, platform: platform("arm64") },
      { ...amd64.manifest, platform: platform("amd64") },
      { ...statement.manifest, platform: { os: "unknown", architecture: "unknown" } },
    ]);
    fake.add("fleet", set, index, "1");
    return { ...made, amd64, arm64, statement, index };
  }

  it("are chosen as Docker chooses, and the index is kept as the root", async () => {
    const { pull, store, arm64, amd64, index } = await fleet();
    expect((await pull("r.example/fleet:1"))[0]).toMatchObject({
      id: amd64.config.digest,
      root: { digest: index.digest },
    });
    expect(await store.stat(arm64.manifest)).toBeUndefined();
    const [other] = await pull("r.example/fleet:1", { platform: { os: "linux", architecture: "arm64" } });
    expect(other).toMatchObject({
      id: arm64.config.digest,
      newer: true,
      platform: { architecture: "arm64" },
    });
  });

  it("come all at once on request, with what the index has beside them", async () => {
    const { pull, store, arm64, amd64, statement } = await fleet();
    expect((await pull("r.example/fleet:1", { allPlatforms: true }))[0]?.id).toBe(amd64.config.digest);
    for (const { manifest, config, layers } of [arm64, amd64, statement])
      for (const blob of [manifest, config, ...layers]) expect(await store.stat(blob)).toBe(blob.size);
    await whole(store);
  });

  it("that are not there are told in Docker's words", async () => {
    const { pull } = await fleet();
    const error = await pull("r.example/fleet:1", { platform: { os: "linux", architecture: "s390x" } }).catch(
      (caught: unknown) => caught,
    );
    expect(isCoreError(error, "image/platform")).toBe(true);
    expect(pullFailure(error, parseReference("r.example/fleet:1"))).toBe(
      "no matching manifest for linux/s390x in the manifest list entries",
    );
  });

  it("of a single image are as they are, except for another operating system", async () => {
    const { pull, set, fake } = await setUp();
    expect(
      (await pull("r.example/yard/crane:1", { platform: { os: "linux", architecture: "s390x" } }))[0]
        ?.platform.architecture,
    ).toBe("amd64");
    fake.add("win", set, (await imageIn(set, [], { os: "windows" })).manifest, "1");
    const error = await pull("r.example/win:1").catch((caught: unknown) => caught);
    expect(pullFailure(error, parseReference("r.example/win:1"))).toBe(
      'cannot download image with operating system "windows" when requesting "linux"',
    );
  });
});

describe("layers on their way", () => {
  it("are scanned as they pass, each once", async () => {
    const { pull, image, fake } = await setUp();
    const scans = new Map<Digest, LayerScan>();
    const keep = {
      put: async (scan: LayerScan) => void scans.set(scan.blobDigest, scan),
      byBlob: async (digest: Digest) => scans.get(digest),
    };
    await pull("r.example/yard/crane:1", { scans: keep });
    expect(image.layers.map(({ digest }) => scans.get(digest)?.table.count)).toEqual([1, 1, 1, 1]);
    expect(fake.sent).toBe(total([image.config, ...image.layers]));
  });

  it("survive connections that break off, without a byte fetched twice", async () => {
    const random = seeded(3);
    const { pull, image, store, fake } = await setUp({
      cut: () => (random() < 0.7 ? 1 + Math.floor(random() * 20_000) : undefined),
      chunk: 1000,
    });
    await pull("r.example/yard/crane:1");
    await whole(store);
    expect(fake.sent).toBe(total([image.config, ...image.layers]));
  });

  it("go on from what is kept after a pull that was broken off, at any place", async () => {
    const { pull, image, store, fake } = await setUp({ chunk: 700 });
    const random = seeded(8);
    let interrupted = 0;
    for (let run = 0; run < 200; run++) {
      const stop = new AbortController();
      const until = fake.sent + Math.floor(random() * 20_000);
      fake.quirks.before = () => {
        if (fake.sent > until) stop.abort(new Error("closed"));
        return undefined;
      };
      const onEvent = (): void => {
        if (fake.sent > until) stop.abort(new Error("closed"));
      };
      try {
        await pull("r.example/yard/crane:1", { signal: stop.signal, onEvent });
        break;
      } catch (error) {
        expect(error).toEqual(new Error("closed"));
        expect((await store.table.snapshot()).names.size).toBe(0);
        interrupted++;
      }
    }
    expect(interrupted).toBeGreaterThan(5);
    await whole(store);
    // Every try reads the config anew, and loses at most a chunk of each layer that is under way.
    expect(fake.sent).toBeLessThan(
      total(image.layers) + interrupted * (image.config.size + 4 * 700) + image.config.size,
    );
  });

  it("that are not what their digest says leave nothing", async () => {
    const { pull, image, store, fake } = await setUp();
    const wrong = new Uint8Array(fake.repository("yard/crane").blobs.get(image.layers[1].digest) ?? []);
    wrong[500] ^= 1;
    fake.repository("yard/crane").blobs.set(image.layers[1].digest, wrong);
    const error = await pull("r.example/yard/crane:1").catch((caught: unknown) => caught);
    expect(isCoreError(error, "digest/mismatch")).toBe(true);
    expect((await store.table.snapshot()).names.size).toBe(0);
    expect(await store.stat(image.layers[1])).toBeUndefined();
    expect(pullFailure(error, parseReference("a"))).toBe(
      `filesystem layer verification failed for digest ${image.layers[1].digest}`,
    );
  });

  it("that are not what the config says are refused", async () => {
    const { pull, set, fake, image } = await setUp();
    const manifest = set.json(
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociManifest,
        config: image.config,
        layers: [...image.layers].reverse(),
      },
      MEDIA_TYPES.ociManifest,
    );
    fake.add("yard/crane", set, manifest, "wrong");
    const error = await pull("r.example/yard/crane:wrong").catch((caught: unknown) => caught);
    expect(pullFailure(error, parseReference("a"))).toBe(
      "layers from manifest don't match image configuration",
    );
  });

  it("that were there already are what the config says, and are scanned as well", async () => {
    const { pull, set, fake, image } = await setUp();
    await pull("r.example/yard/crane:1");
    const scans = new Map<Digest, LayerScan>();
    const keep = {
      put: async (scan: LayerScan) => void scans.set(scan.blobDigest, scan),
      byBlob: async (digest: Digest) => scans.get(digest),
    };
    const other = await imageIn(set, SIZES.slice(0, 2));
    fake.add("yard/crane", set, other.manifest, "2");
    await pull("r.example/yard/crane:2", { scans: keep });
    expect([...scans.keys()].sort()).toEqual(other.layers.map(({ digest }) => digest).sort());
    const claim = set.json(
      { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [image.config.digest] } },
      MEDIA_TYPES.ociConfig,
    );
    const manifest = set.json(
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociManifest,
        config: claim,
        layers: image.layers.slice(0, 1),
      },
      MEDIA_TYPES.ociManifest,
    );
    fake.add("yard/crane", set, manifest, "wrong");
    const error = await pull("r.example/yard/crane:wrong").catch((caught: unknown) => caught);
    expect(isCoreError(error, "digest/mismatch")).toBe(true);
  });

  it("of large blobs come by several ranges at once, in order", async () => {
    const { pull, image, store, fake } = await setUp();
    await pull("r.example/yard/crane:1", { ranges: 3, window: 10_000 });
    await whole(store);
    expect(fake.sent).toBe(total([image.config, ...image.layers]));
    expect(fake.seen.filter(({ range }) => range !== undefined).length).toBeGreaterThan(10);
  });
});

describe("what is no image", () => {
  it.each([
    [
      "application/vnd.cncf.helm.config.v1+json",
      "unsupported media type application/vnd.cncf.helm.config.v1+json",
    ],
    [
      "application/vnd.docker.plugin.v1+json",
      'Encountered remote "application/vnd.docker.plugin.v1+json"(plugin) when fetching',
    ],
    [
      "application/vnd.docker.ai.model.config.v0.1+json",
      'AI models are not yet supported by the Engine, please use "docker model pull/run" instead',
    ],
  ])("is refused in Docker's words: %s", async (mediaType, words) => {
    const { pull, set, fake } = await setUp();
    const config = set.json({}, mediaType);
    fake.add(
      "thing",
      set,
      set.json(
        { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: [] },
        MEDIA_TYPES.ociManifest,
      ),
      "1",
    );
    const error = await pull("r.example/thing:1").catch((caught: unknown) => caught);
    expect(pullFailure(error, parseReference("r.example/thing:1"))).toBe(words);
  });

  it("in schema 1 is recognised", async () => {
    const { pull, set, fake } = await setUp();
    fake.add(
      "old",
      set,
      set.json({ schemaVersion: 1, fsLayers: [], history: [] }, MEDIA_TYPES.dockerSchema1Signed),
      "1",
    );
    const error = await pull("r.example/old:1").catch((caught: unknown) => caught);
    expect(pullFailure(error, parseReference("r.example/old:1"))).toMatch(
      /^Docker Image Format v1 and .* author of r.example\/old:1 to upgrade/,
    );
  });
});

describe("pullFailure", () => {
  it.each<[string, FakeQuirks, string, string]>([
    [
      "a tag that is not there",
      {},
      "r.example/yard/crane:nosuch",
      "manifest for r.example/yard/crane:nosuch not found: manifest unknown: manifest unknown",
    ],
    [
      "a repository that is not there",
      {},
      "r.example/nosuch:1",
      "repository r.example/nosuch not found: name unknown: repository name not known to registry",
    ],
    [
      "a denial",
      { auth: "bearer", users: { "": [] } },
      "r.example/yard/crane:1",
      "pull access denied for r.example/yard/crane, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ],
    [
      "no credentials",
      { auth: "basic" },
      "r.example/yard/crane:1",
      'Head "https://r.example/v2/yard/crane/manifests/1": no basic auth credentials',
    ],
    ["no such host", {}, "other.example/x:1", 'Get "https://other.example/v2/": no such host: other.example'],
  ])("tells of %s as Docker does", async (_, quirks, name, words) => {
    const { pull } = await setUp(quirks);
    const error = await pull(name).catch((caught: unknown) => caught);
    expect(pullFailure(error, parseReference(name))).toBe(words);
  });
});
