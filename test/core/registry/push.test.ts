import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type Digest, newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { type Descriptor, MEDIA_TYPES, parseReference } from "../../../core/oci/mod.ts";
import {
  gzipLayer,
  openRegistry,
  PUSH_STATES,
  type PushEvent,
  type PushOptions,
  planPush,
  pullImage,
  pushFailure,
  pushImage,
} from "../../../core/registry/mod.ts";
import { dockerManifest } from "../../../core/registry/push-image.ts";
import { createMemoryStore, type LocalStore } from "../../../core/store/mod.ts";
import { tarOf } from "../../support/archives.ts";
import { type FakeQuirks, FakeRegistry, fakeClock } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";
import { randomBytes, seeded } from "../../support/random.ts";

async function imageIn(
  set: BlobSet,
  sizes: readonly number[],
  { gzip = true, architecture = "amd64" } = {},
): Promise<{ manifest: Descriptor; config: Descriptor; layers: Descriptor[]; diffIDs: Digest[] }> {
  const layers: Descriptor[] = [];
  const diffIDs: Digest[] = [];
  for (const [at, size] of sizes.entries()) {
    const tar = await tarOf([[`file${at}`, randomBytes(size, at + size)]]);
    diffIDs.push(sha256Digest(tar));
    layers.push(
      gzip
        ? set.put(new Uint8Array(gzipSync(tar, { mtime: 0, level: 1 })), `${MEDIA_TYPES.ociLayer}+gzip`)
        : set.put(tar, MEDIA_TYPES.ociLayer),
    );
  }
  const config = set.json(
    { os: "linux", architecture, rootfs: { type: "layers", diff_ids: diffIDs } },
    MEDIA_TYPES.ociConfig,
  );
  const manifest = set.json(
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers },
    MEDIA_TYPES.ociManifest,
  );
  return { manifest, config, layers, diffIDs };
}

async function name(
  store: LocalStore,
  text: string,
  image: { manifest: Descriptor; config: Descriptor },
  root = image.manifest,
): Promise<void> {
  const id = image.config.digest;
  await store.table.change([
    { kind: "image", id, record: { id, target: root } },
    { kind: "name", name: text, record: { name: text, target: root, image: id } },
  ]);
}

async function setUp(
  quirks: FakeQuirks = {},
  options: { readonly gzip?: boolean; readonly chunk?: number } = {},
) {
  const fake = new FakeRegistry(quirks, "r.example");
  const set = new BlobSet();
  const image = await imageIn(set, [3000, 60_000, 400, 90_000], options);
  const store = createMemoryStore({ now: () => 1 });
  await set.into(store);
  await name(store, "r.example/yard/crane:1", image);
  const registry = openRegistry({
    fetch: fake.fetch,
    clock: fakeClock(fake),
    credentials: () => ({ username: "alice", password: "s3cret" }),
    chunk: options.chunk,
  });
  const push = (text: string, more: Partial<PushOptions> & { allTags?: boolean } = {}) =>
    pushImage(registry, store, { reference: parseReference(text), ...more });
  return { fake, set, store, image, push, registry };
}

const total = (blobs: readonly Descriptor[]): number => blobs.reduce((sum, { size }) => sum + size, 0);

describe("pushImage", () => {
  it("uploads what is missing, tags it, and what it pushed pulls the same", async () => {
    const { fake, image, push, store } = await setUp();
    const [pushed] = await push("r.example/yard/crane:1");
    expect(pushed).toMatchObject({
      digest: image.manifest.digest,
      size: image.manifest.size,
      skipped: 0,
      uploaded: total([image.config, ...image.layers]),
    });
    expect(fake.repository("yard/crane").tags.get("1")).toBe(image.manifest.digest);
    expect([...(await store.table.snapshot()).names.keys()]).toContain(
      `r.example/yard/crane@${image.manifest.digest}`,
    );
    const other = createMemoryStore({ now: () => 1 });
    const registry = openRegistry({ fetch: fake.fetch, clock: fakeClock(fake) });
    const [pulled] = await pullImage(registry, other, {
      reference: parseReference("r.example/yard/crane:1"),
      newHasher: newSha256,
    });
    expect(pulled).toMatchObject({ id: image.config.digest, digest: image.manifest.digest });
    expect(fake.asked.filter((line) => line.startsWith("PUT") && line.includes("manifests"))).toEqual([
      "PUT /yard/crane/manifests/1",
    ]);
  });

  it("sends nothing that the registry has", async () => {
    const { fake, push, image } = await setUp();
    await push("r.example/yard/crane:1");
    const before = fake.seen.length;
    const events: PushEvent[] = [];
    const [again] = await push("r.example/yard/crane:1", { onEvent: (event) => events.push(event) });
    expect(again).toMatchObject({ uploaded: 0, skipped: total([image.config, ...image.layers]) });
    expect(fake.asked.slice(before).filter((line) => !line.startsWith("HEAD"))).toEqual([
      "PUT /yard/crane/manifests/1",
    ]);
    expect(
      events.map((event) =>
        event.kind === "layer" ? `${event.layer}: ${PUSH_STATES[event.state]}` : event.kind,
      ),
    ).toEqual([
      "repository",
      ...[3, 2, 1, 0].map((n) => `${n}: Preparing`),
      ...[0, 1, 2, 3].map((n) => `${n}: Layer already exists`),
      "done",
    ]);
  });

  it("tells layers by what they decompress to", async () => {
    const { push, image } = await setUp();
    const events: PushEvent[] = [];
    await push("r.example/yard/crane:1", { onEvent: (event) => events.push(event), concurrency: 2 });
    const layers = events.flatMap((event) => (event.kind === "layer" ? [event] : []));
    for (const { diffID, layer } of layers) expect(diffID).toBe(image.diffIDs[layer]);
    expect(layers.filter(({ state }) => state === "waiting").map(({ layer }) => layer)).toEqual([1, 0]);
    expect(
      layers
        .filter(({ state }) => state === "pushed")
        .map(({ layer }) => layer)
        .sort((a, b) => a - b),
    ).toEqual([0, 1, 2, 3]);
    expect(events.at(-1)).toMatchObject({
      kind: "done",
      digest: image.manifest.digest,
      size: image.manifest.size,
    });
  });

  it("mounts what another repository of the registry has", async () => {
    const { fake, push, store, image, registry } = await setUp();
    await push("r.example/yard/crane:1");
    await name(store, "r.example/other/crane:2", image);
    const plan = await planPush(registry, store, { reference: parseReference("r.example/other/crane:2") });
    expect(plan.bytes).toEqual({ upload: 0, skip: 0, mount: total([image.config, ...image.layers]) });
    const events: PushEvent[] = [];
    const [pushed] = await push("r.example/other/crane:2", { onEvent: (event) => events.push(event) });
    expect(pushed).toMatchObject({ uploaded: 0, mounted: total([image.config, ...image.layers]) });
    expect(
      events.flatMap((event) => (event.kind === "layer" && event.state === "mounted" ? [event.from] : [])),
    ).toEqual(Array.from({ length: 4 }, () => "yard/crane"));
    fake.quirks.noMount = true;
    await name(store, "r.example/third:1", image);
    expect((await push("r.example/third:1"))[0]).toMatchObject({
      mounted: 0,
      uploaded: total([image.config, ...image.layers]),
    });
  });

  it.each<[string, FakeQuirks]>([
    ["with relative addresses", {}],
    ["with absolute addresses", { absoluteUploads: true }],
    ["that answers chunks with 201", { chunkStatus: 201 }],
    ["that takes chunks of 70,000 bytes at most", { mostChunk: 70_000 }],
    ["with Bearer tokens", { auth: "bearer", users: { "alice:s3cret": ["pull", "push"] } }],
    ["with Basic", { auth: "basic", users: { "alice:s3cret": [] } }],
  ])("goes to a registry %s", async (_, quirks) => {
    const { fake, push, image } = await setUp(quirks, { chunk: 65_536 });
    await push("r.example/yard/crane:1");
    for (const { digest, size } of [image.config, ...image.layers])
      expect(fake.repository("yard/crane").blobs.get(digest)?.length).toBe(size);
    expect(fake.asked.filter((line) => line.startsWith("PATCH"))).not.toEqual([]);
  });

  it("goes on from where the registry says after chunks that broke off", async () => {
    const random = seeded(2);
    const cut = (request: Request): number | undefined =>
      ["PATCH", "PUT"].includes(request.method) && request.url.includes("/uploads/") && random() < 0.8
        ? Math.floor(random() * 40_000)
        : undefined;
    const { fake, push, image } = await setUp({ cut }, { chunk: 65_536 });
    await push("r.example/yard/crane:1", { concurrency: 1 });
    for (const { digest, size } of image.layers)
      expect(fake.repository("yard/crane").blobs.get(digest)?.length).toBe(size);
    expect(fake.asked.filter((line) => /^GET .*\/uploads\//.test(line)).length).toBeGreaterThan(0);
  });

  it("takes back what is half there when it is aborted", async () => {
    const stop = new AbortController();
    const { fake, push } = await setUp(
      {
        before: (request) =>
          request.method === "PATCH" ? (stop.abort(new Error("enough")), undefined) : undefined,
      },
      { chunk: 65_536 },
    );
    await expect(push("r.example/yard/crane:1", { signal: stop.signal })).rejects.toThrow("enough");
    expect(fake.repository("yard/crane").tags.size).toBe(0);
    expect(fake.asked.some((line) => line.startsWith("DELETE"))).toBe(true);
  });

  it("pushes every tag of a repository in their order", async () => {
    const { push, store, image, set } = await setUp();
    const other = await imageIn(set, [10]);
    await set.into(store);
    await name(store, "r.example/yard/crane:0.9", other);
    await name(store, "r.example/yard/crane:latest", image);
    const pushed = await push("r.example/yard/crane", { allTags: true });
    expect(pushed.map(({ reference, digest }) => [reference.tag, digest])).toEqual([
      ["0.9", other.manifest.digest],
      ["1", image.manifest.digest],
      ["latest", image.manifest.digest],
    ]);
  });
});

describe("plain layers", () => {
  it("are pushed as they are stored", async () => {
    const { fake, push, image } = await setUp({}, { gzip: false });
    expect((await push("r.example/yard/crane:1"))[0]?.digest).toBe(image.manifest.digest);
    expect(fake.repository("yard/crane").blobs.has(image.layers[0].digest)).toBe(true);
  });

  it("are compressed on request, under a manifest in Docker's form, the same every time", async () => {
    const { fake, push, image, store } = await setUp({}, { gzip: false });
    const [first] = await push("r.example/yard/crane:1", { compress: gzipLayer });
    const [second] = await push("r.example/yard/crane:1", { compress: gzipLayer });
    expect(second).toMatchObject({ digest: first?.digest, uploaded: 0 });
    const { blobs, types } = fake.repository("yard/crane");
    expect(types.get(first.digest)).toBe(MEDIA_TYPES.dockerManifest);
    const text = new TextDecoder().decode(blobs.get(first.digest));
    expect(text).toContain(`"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip"`);
    expect(text).toContain(image.config.digest);
    // What was pushed is the same image: pulled elsewhere, and known here.
    const other = createMemoryStore({ now: () => 1 });
    const registry = openRegistry({ fetch: fake.fetch, clock: fakeClock(fake) });
    for (const into of [other, store]) {
      const [pulled] = await pullImage(registry, into, {
        reference: parseReference("r.example/yard/crane:1"),
        newHasher: newSha256,
      });
      expect(pulled).toMatchObject({ id: image.config.digest, newer: into === other });
    }
  });

  it("make Docker's own manifest of Docker's own layers", () => {
    const config: Descriptor = {
      mediaType: "",
      size: 360,
      digest: "sha256:1b8e38701b573039f167416e7fc899df71239e00bf8b468045d84858aec68158",
    };
    const layer: Descriptor = {
      mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip",
      size: 114,
      digest: "sha256:1fccd9623b83d6042f13bdb978f94aeffa31e634672b1f417c148aa2e6bb6a9e",
    };
    const bytes = dockerManifest(config, [layer]);
    expect([bytes.length, sha256Digest(bytes)]).toEqual([
      523,
      "sha256:02affd4bb837790bcfc54e2a93fca7e991753f7d5045715435a5724a1503507a",
    ]);
  });
});

describe("several platforms", () => {
  async function fleet() {
    const made = await setUp();
    const amd64 = await imageIn(made.set, [100, 200]);
    const arm64 = await imageIn(made.set, [100, 300], { architecture: "arm64" });
    const index = made.set.index([
      { ...arm64.manifest, platform: { os: "linux", architecture: "arm64" } },
      { ...amd64.manifest, platform: { os: "linux", architecture: "amd64" } },
    ]);
    return { ...made, amd64, arm64, index };
  }

  it("go whole", async () => {
    const { push, store, set, amd64, index, fake, arm64 } = await fleet();
    await set.into(store);
    await name(store, "r.example/fleet:1", amd64, index);
    expect((await push("r.example/fleet:1"))[0]?.digest).toBe(index.digest);
    expect(fake.repository("fleet").blobs.has(arm64.layers[1].digest)).toBe(true);
  });

  it("go as one with a platform that is asked for, and not with another", async () => {
    const { push, store, set, amd64, index, arm64 } = await fleet();
    await set.into(store);
    await name(store, "r.example/fleet:1", amd64, index);
    expect(
      (await push("r.example/fleet:1", { platform: { os: "linux", architecture: "arm64" } }))[0]?.digest,
    ).toBe(arm64.manifest.digest);
    const error = await push("r.example/fleet:1", { platform: { os: "linux", architecture: "s390x" } }).catch(
      (caught: unknown) => caught,
    );
    expect(isCoreError(error, "image/platform")).toBe(true);
  });

  it("go as one when the others are neither here nor there, and whole when they are there", async () => {
    const { push, store, set, amd64, arm64, index, fake } = await fleet();
    await set.into(
      store,
      [index, amd64.manifest, amd64.config, ...amd64.layers].map(({ digest }) => digest),
    );
    await store.remove([arm64.layers[1].digest], { pinned: true });
    await name(store, "r.example/fleet:1", amd64, index);
    const events: PushEvent[] = [];
    expect((await push("r.example/fleet:1", { onEvent: (event) => events.push(event) }))[0]?.digest).toBe(
      amd64.manifest.digest,
    );
    expect(events).toContainEqual({ kind: "single", platform: "linux/amd64", index: index.digest });
    fake.add("fleet", set, arm64.manifest, "other");
    expect((await push("r.example/fleet:1"))[0]?.digest).toBe(index.digest);
  });
});

describe("pushFailure", () => {
  it.each<[string, FakeQuirks, string, string]>([
    [
      "a name that is not here",
      {},
      "r.example/nosuch",
      "An image does not exist locally with the tag: r.example/nosuch",
    ],
    ["a tag that is not here", {}, "r.example/yard/crane:2", "tag does not exist: r.example/yard/crane:2"],
    ["a digest", {}, `r.example/yard/crane@sha256:${"0".repeat(64)}`, "cannot push a digest reference"],
    [
      "wrong credentials",
      { auth: "bearer", users: { "": ["pull"] } },
      "r.example/yard/crane:1",
      "unauthorized: incorrect username or password",
    ],
    [
      "rights to read alone",
      { auth: "bearer", users: { "alice:s3cret": ["pull"] } },
      "r.example/yard/crane:1",
      "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n",
    ],
    [
      "no rights",
      { auth: "bearer", users: { "alice:s3cret": [] } },
      "r.example/yard/crane:1",
      "denied: requested access to the resource is denied",
    ],
  ])("tells of %s as Docker does", async (_, quirks, text, words) => {
    const { push } = await setUp(quirks);
    expect(pushFailure(await push(text).catch((caught: unknown) => caught))).toBe(words);
  });
});
