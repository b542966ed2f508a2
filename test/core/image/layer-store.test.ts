import { describe, expect, it } from "vitest";
import { type Bytes, type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import {
  blobSpool,
  encodeEngineConfig,
  type LayerCompressor,
  openLayer,
  readStoredImage,
  runConfigJson,
  storeImage,
  storeLayer,
  storeLayerSource,
} from "../../../core/image/mod.ts";
import { formatJson, formatTimestamp } from "../../../core/oci/mod.ts";
import { check, createMemoryStore, sweep } from "../../../core/store/mod.ts";
import { entry } from "../../support/containers.ts";
import { randomBytes } from "../../support/random.ts";
import { utf8 } from "../../support/tar.ts";

const memory = () => createMemoryStore({ now: () => 0 });

/** A host's gzip. */
const gzip: LayerCompressor = {
  format: "gzip",
  compress: (plain) => plain.pipeThrough(new CompressionStream("gzip")),
};

/** A source that tells how its bytes are asked for. */
function watched(bytes: Bytes) {
  const asked = { streams: 0, buffers: 0 };
  const source: Source = {
    ...sourceOf(bytes),
    stream() {
      asked.streams++;
      return sourceOf(bytes).stream();
    },
    arrayBuffer() {
      asked.buffers++;
      return sourceOf(bytes).arrayBuffer();
    },
  };
  return { source, asked };
}

describe("storing a layer", () => {
  it("gives the digest of the tar as its diff ID, under which it then lies", async () => {
    const store = memory();
    const { descriptor, diffID, size } = await storeLayer(store, [entry("a", { content: "1" })]);
    expect(descriptor).toEqual({
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      digest: diffID,
      size,
    });
    expect(await store.stat(descriptor)).toBe(2048);
    expect((await store.list()).map(({ digest }) => digest)).toEqual([diffID]);
    expect(await check(store)).toEqual([]);
  });

  it("writes the same layer for the same entries, and stores it once", async () => {
    const store = memory();
    const one = await storeLayer(store, [entry("a", { content: "1" })]);
    expect(await storeLayer(store, [entry("a", { content: "1" })])).toEqual(one);
    expect(await store.list()).toHaveLength(1);
  });

  it("never holds a large content: it is streamed, once for the digest and once for the store", async () => {
    const { source, asked } = watched(randomBytes(3_000_000, 3));
    const seen: number[] = [];
    await storeLayer(memory(), [entry("big", { content: source })], {
      onProgress: (bytes) => seen.push(bytes),
    });
    expect(asked).toEqual({ streams: 2, buffers: 0 });
    expect(seen.at(-1)).toBe(3_000_000 + 512 + 320 + 1024);
  });

  it("compresses with what the host has, reading contents once, and finds both digests", async () => {
    const store = memory();
    const { source, asked } = watched(randomBytes(2_000_000, 4));
    const plain = await storeLayer(memory(), [entry("big", { content: source })]);
    const { descriptor, diffID } = await storeLayer(store, [entry("big", { content: source })], {
      compressor: gzip,
      family: "docker",
    });
    expect(asked.streams).toBe(3);
    expect(diffID).toBe(plain.diffID);
    expect(descriptor.mediaType).toBe("application/vnd.docker.image.rootfs.diff.tar.gzip");
    const layer = await openLayer(store, descriptor, { newHasher: newSha256 });
    expect(layer.table.count).toBe(1);
    expect(await check(store)).toEqual([]);
  });

  it("pins the blob before it is there, so that a sweep leaves it", async () => {
    const store = memory();
    const lease = await store.lease(sha256Digest(utf8("work")));
    await storeLayer(store, [entry("a")], { lease });
    expect((await sweep(store)).removed).toEqual([]);
    await lease.release();
    expect((await sweep(store)).removed).toHaveLength(1);
  });

  it("ends with the reason when it is aborted, and leaves nothing visible", async () => {
    for (const compressor of [undefined, gzip]) {
      const store = memory();
      const controller = new AbortController();
      const { source } = watched(randomBytes(2_000_000, 5));
      const work = storeLayer(store, [entry("big", { content: source })], {
        signal: controller.signal,
        compressor,
        onProgress: (bytes) => bytes > 500_000 && controller.abort(new Error("enough")),
      });
      await expect(work).rejects.toThrow("enough");
      expect(await store.list()).toEqual([]);
    }
  });

  it("refuses a content that changes while it is read", async () => {
    let read = 0;
    const source: Source = {
      ...sourceOf(new Uint8Array(2_000_000)),
      stream: () => sourceOf(new Uint8Array(2_000_000).fill(read++)).stream(),
    };
    await expect(storeLayer(memory(), [entry("big", { content: source })])).rejects.toMatchObject({
      code: "digest/mismatch",
    });
  });

  it("takes a tar as it is", async () => {
    const bytes = randomBytes(5000, 6);
    const { diffID } = await storeLayerSource(memory(), sourceOf(bytes));
    expect(diffID).toBe(sha256Digest(bytes));
    const empty = await storeLayerSource(memory(), sourceOf(new Uint8Array(0)));
    expect(empty).toMatchObject({ size: 0, diffID: sha256Digest(new Uint8Array(0)) });
  });
});

describe("a spool of Blobs", () => {
  it("gives back what was written, copied", async () => {
    const spool = blobSpool();
    const chunk = utf8("abc");
    await spool.write(chunk);
    chunk.fill(0);
    await spool.write(utf8("def"));
    const source = await spool.end();
    expect(new TextDecoder().decode(await source.arrayBuffer())).toBe("abcdef");
  });
});

describe("making an image", () => {
  const run = { cmd: ["sh"] };
  const configOf = (diffIDs: readonly `sha256:${string}`[]) =>
    encodeEngineConfig({
      platform: { os: "linux", architecture: "amd64" },
      created: "2024-01-02T03:04:05Z",
      config: run,
      history: [],
      diffIDs,
    });

  it("writes config and manifest, names it in full, and takes the name from another", async () => {
    const store = memory();
    const layer = await storeLayer(store, [entry("a")]);
    const make = (names: readonly string[], config = configOf([`sha256:${layer.diffID.slice(7)}`])) =>
      storeImage(store, { config, layers: [layer.descriptor], names }, { now: 9 });
    const one = await make(["app", "other:1"]);
    expect(one.record).toMatchObject({
      id: sha256Digest(configOf([`sha256:${layer.diffID.slice(7)}`])),
      lastTaggedAt: 9,
    });
    const bare = encodeEngineConfig({
      platform: { os: "linux", architecture: "arm64" },
      created: "2024-01-02T03:04:05Z",
      config: run,
      history: [],
      diffIDs: [layer.diffID],
    });
    const two = await make(["app"], bare);
    const { names, images } = await store.table.snapshot();
    expect([...names].map(([name, { image }]) => [name, image])).toEqual([
      ["docker.io/library/app:latest", two.record.id],
      ["docker.io/library/other:1", one.record.id],
    ]);
    expect(images.size).toBe(2);
    expect(await readStoredImage(store, one.record)).toMatchObject({
      id: one.record.id,
      manifest: { layers: [layer.descriptor] },
    });
    expect(await check(store)).toEqual([]);
    expect((await sweep(store)).removed).toEqual([]);
  });

  it("has the media types of one family, OCI's where Docker has no word for one", async () => {
    const store = memory();
    const tar = "application/vnd.oci.image.layer.v1.tar";
    const docker = "application/vnd.docker.image.rootfs";
    const foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
    const layer = await storeLayer(store, [entry("a")]);
    const typesOf = async (types: readonly string[], family: "oci" | "docker") => {
      const layers = types.map((mediaType) => ({ ...layer.descriptor, mediaType }));
      const config = configOf(types.map(() => `sha256:${layer.diffID.slice(7)}` as const));
      const names = [`${family}:${types.length}`];
      await storeImage(store, { config, layers, family, names }, { now: 0 });
      const target = (await store.table.snapshot()).names.get(`docker.io/library/${names[0]}`)!.target;
      const { manifest } = await readStoredImage(store, { id: sha256Digest(config), target });
      const short = manifest.mediaType?.includes("docker") ? "docker" : "oci";
      return [short, ...manifest.layers.map(({ mediaType }) => mediaType)];
    };
    const mixed = [`${docker}.diff.tar.gzip`, tar, `${docker}.foreign.diff.tar.gzip`, "a/b"];
    expect(await typesOf(mixed, "oci")).toEqual(["oci", `${tar}+gzip`, tar, foreign, "a/b"]);
    const back = [`${tar}+gzip`, foreign, `${docker}.diff.tar`];
    expect(await typesOf(back, "docker")).toEqual([
      "docker",
      `${docker}.diff.tar.gzip`,
      `${docker}.foreign.diff.tar.gzip`,
      `${docker}.diff.tar`,
    ]);
    const zstd = [`${docker}.diff.tar`, `${tar}+zstd`];
    expect(await typesOf(zstd, "docker")).toEqual(["oci", tar, `${tar}+zstd`]);
  });

  it("refuses what does not fit together, before anything is named", async () => {
    const store = memory();
    const layer = await storeLayer(store, [entry("a")]);
    const make = (config: Uint8Array, names: readonly string[] = []) =>
      storeImage(store, { config, layers: [layer.descriptor], names }, { now: 0 });
    await expect(make(configOf([]))).rejects.toThrow(RangeError);
    await expect(make(utf8("{"))).rejects.toMatchObject({ code: "oci/json" });
    await expect(make(configOf([`sha256:${layer.diffID.slice(7)}`]), ["Bad"])).rejects.toMatchObject({
      code: "oci/reference",
    });
    expect((await store.table.snapshot()).images.size).toBe(0);
  });

  it("says so when the documents of an image are not there", async () => {
    const store = memory();
    const digest = sha256Digest(utf8("gone"));
    const target = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 4 };
    await expect(readStoredImage(store, { id: digest, target })).rejects.toMatchObject({
      code: "store/missing",
    });
    await expect(openLayer(store, target, { newHasher: newSha256 })).rejects.toMatchObject({
      code: "store/missing",
    });
  });
});

describe("configs as the engine writes them", () => {
  it("has its members in the order of the engine's, sets sorted by code points", () => {
    const text = formatJson(
      runConfigJson({
        exposedPorts: ["9/tcp", "80/tcp"],
        volumes: ["/\u{1f6a2}", "/\uffee", "/a"],
        labels: new Map([
          ["b", "<"],
          ["a", "1"],
        ]),
        env: ["A=1"],
        healthcheck: {
          test: ["NONE"],
          interval: 5,
          timeout: 0,
          startPeriod: 0,
          startInterval: 0,
          retries: 0,
        },
        stopSignal: "9",
        shell: ["/bin/sh"],
      }),
    );
    expect(text).toBe(
      `{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"ExposedPorts":{"80/tcp":{},"9/tcp":{}},"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["A=1"],"Cmd":null,"Healthcheck":{"Test":["NONE"],"Interval":5},"Image":"","Volumes":{"/a":{},"/\uffee":{},"/\u{1f6a2}":{}},"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{"a":"1","b":"\\u003c"},"StopSignal":"9","Shell":["/bin/sh"]}`,
    );
  });

  it("writes times as Go does", () => {
    expect(formatTimestamp(0)).toBe("1970-01-01T00:00:00Z");
    expect(formatTimestamp(1_577_934_245.5)).toBe("2020-01-02T03:04:05.5Z");
    expect(formatTimestamp(1_577_934_245.000_125)).toBe("2020-01-02T03:04:05.000125Z");
    expect(formatTimestamp(-0.25)).toBe("1969-12-31T23:59:59.75Z");
  });
});
