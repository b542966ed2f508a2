import { describe, expect, it } from "vitest";
import { type Digest, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { MEDIA_TYPES } from "../../../core/oci/mod.ts";
import {
  cosignTags,
  directEndpoint,
  openRegistry,
  proxyEndpoint,
  type Repository,
} from "../../../core/registry/mod.ts";
import { type FakeQuirks, FakeRegistry, fakeClock } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";
import { randomBytes, seeded } from "../../support/random.ts";

const BYTES = randomBytes(300_000, 9);
const BLOB = { digest: sha256Digest(BYTES), size: BYTES.length };

function setUp(quirks: FakeQuirks = {}): {
  fake: FakeRegistry;
  repository: Repository;
  root: Digest;
  set: BlobSet;
  slept: number[];
} {
  const fake = new FakeRegistry(quirks);
  const set = new BlobSet();
  const { manifest } = set.image([set.layer(5000, 1)]);
  set.put(BYTES);
  const root = fake.add("yard/crane", set, manifest, "1", "2", "3", "4", "5");
  const clock = fakeClock(fake);
  const repository = openRegistry({ fetch: fake.fetch, clock }).repository({
    domain: "registry.example",
    path: "yard/crane",
  });
  return { fake, repository, root, set, slept: clock.slept };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isCoreError(error)) return error.code;
    throw error;
  }
  return "none";
}

describe("endpoints", () => {
  it.each([
    ["docker.io", "https://registry-1.docker.io/v2/"],
    ["ghcr.io", "https://ghcr.io/v2/"],
    ["registry.example:5000", "https://registry.example:5000/v2/"],
    ["localhost:5000", "http://localhost:5000/v2/"],
    ["127.0.0.1:5000", "http://127.0.0.1:5000/v2/"],
    ["[::1]:5000", "http://[::1]:5000/v2/"],
  ])("of %s itself is %s", (registry, base) => {
    expect(directEndpoint(registry)).toEqual({ registry, base, prefix: "" });
  });

  it("of a registry that is said to be insecure is plain http", () => {
    expect(directEndpoint("nas.lan:5000", { insecure: true }).base).toBe("http://nas.lan:5000/v2/");
  });

  it.each(["https://p.example", "https://p.example/", "https://p.example/v2", "https://p.example/v2/"])(
    "of a proxy at %s names the registry in the path",
    (proxy) => {
      const headers = { "x-key": "k" };
      expect(proxyEndpoint("docker.io", proxy, { headers })).toEqual({
        registry: "docker.io",
        base: "https://p.example/v2/",
        prefix: "docker.io/",
        headers,
      });
    },
  );

  it.each(["https://a:b@p.example", "https://p.example/?x", "ftp://p.example", "p.example"])(
    "of a proxy is not %s",
    (proxy) => {
      expect(() => proxyEndpoint("docker.io", proxy)).toThrow(TypeError);
    },
  );

  it("puts a proxy's prefix into paths and scopes, and its key into no other request", async () => {
    const fake = new FakeRegistry({ auth: "bearer", storage: "elsewhere" }, "p.example");
    const set = new BlobSet();
    const { manifest, config } = set.image([]);
    fake.add("docker.io/library/alpine", set, manifest, "3");
    const keys: [string, string | null][] = [];
    const registry = openRegistry({
      fetch: (request) => {
        keys.push([new URL(request.url).host, request.headers.get("x-key")]);
        return fake.fetch(request);
      },
      endpoint: (name) => proxyEndpoint(name, "https://p.example", { headers: { "x-key": "k" } }),
      clock: fakeClock(fake),
    });
    const repository = registry.repository({ domain: "docker.io", path: "library/alpine" });
    await repository.manifest("3");
    await (await repository.blob(config))?.arrayBuffer();
    expect(fake.asked).toContain("GET /docker.io/library/alpine/manifests/3");
    const token = fake.seen.find(({ url }) => url.includes("/token"));
    expect(new URL(token!.url).searchParams.get("scope")).toBe("repository:docker.io/library/alpine:pull");
    expect(keys.filter(([host]) => host !== "p.example").map(([, key]) => key)).toEqual([null, null]);
    expect(keys.some(([, key]) => key === "k")).toBe(true);
  });
});

describe("resolving", () => {
  it("moves no bytes where HEAD says enough", async () => {
    const { fake, repository, root } = setUp();
    expect(await repository.resolve("1")).toMatchObject({ digest: root, mediaType: MEDIA_TYPES.ociManifest });
    expect(fake.asked).toEqual(["HEAD /yard/crane/manifests/1"]);
  });

  it.each<[string, FakeQuirks]>([
    ["no HEAD", { noHead: true }],
    ["no digest", { noDigestHeader: true }],
    ["no length", { noContentLength: true }],
  ])("asks by GET a registry that gives %s", async (_, quirks) => {
    const { fake, repository, root } = setUp(quirks);
    expect((await repository.resolve("1")).digest).toBe(root);
    expect(fake.asked).toEqual(["HEAD /yard/crane/manifests/1", "GET /yard/crane/manifests/1"]);
  });

  it("tells a tag that is not there from a repository that is not", async () => {
    const { repository } = setUp();
    const error = await repository.resolve("nosuch").catch((caught: unknown) => caught);
    expect(isCoreError(error, "registry/missing") && error.detail["reason"]).toBe(
      "manifest unknown: manifest unknown",
    );
  });
});

describe("manifests", () => {
  it("are not taken when they are not what their digest says", async () => {
    const { fake, repository, root } = setUp();
    fake.repository("yard/crane").blobs.set(root, new TextEncoder().encode("{}"));
    expect(await codeOf(repository.manifest(root))).toBe("digest/mismatch");
    expect(await codeOf(repository.manifest("1"))).toBe("digest/mismatch");
  });

  it("are not read beyond the limit", async () => {
    const { repository } = setUp({ before: () => new Response(new Uint8Array(5 * 1024 * 1024)) });
    expect(await codeOf(repository.manifest("1"))).toBe("bytes/limit");
  });

  it("are put under tags and read again, and deleted", async () => {
    const { repository, set, root } = setUp();
    const put = await repository.putManifest("new", {
      bytes: set.get(root)!,
      mediaType: MEDIA_TYPES.ociManifest,
    });
    expect(put).toEqual({ digest: root });
    expect((await repository.resolve("new")).digest).toBe(root);
    await repository.deleteManifest("new");
    expect(await codeOf(repository.resolve("new"))).toBe("registry/missing");
  });
});

describe("lists", () => {
  it.each(["relative", "absolute", "bare", "circle"] as const)(
    "are read to their end by %s links",
    async (link) => {
      const { repository } = setUp({ page: link === "circle" ? 5 : 2, link });
      const tags: string[] = [];
      for await (const page of repository.tags()) tags.push(...page);
      expect(tags).toEqual(["1", "2", "3", "4", "5"]);
    },
  );

  it("do not go on at another host", async () => {
    const { fake, repository } = setUp({ page: 2, link: "other-host" });
    const tags: string[] = [];
    for await (const page of repository.tags()) tags.push(...page);
    expect(tags).toEqual(["1", "2"]);
    expect(fake.seen).toHaveLength(1);
  });

  it("of repositories come with what they cost, or say that there are none", async () => {
    const { fake } = setUp({ auth: "bearer", page: 1 });
    fake.repository("a/b");
    const registry = openRegistry({ fetch: fake.fetch, clock: fakeClock(fake) });
    const names: string[] = [];
    for await (const page of registry.catalog("registry.example")) names.push(...page);
    expect(names).toEqual(["a/b", "yard/crane"]);
    fake.quirks.noCatalog = true;
    expect(await codeOf(registry.catalog("registry.example").next())).toBe("registry/missing");
  });

  it("of referrers come from the registry, or from a tag where it has no such list", async () => {
    const { fake, repository, root, set } = setUp();
    const subject = { mediaType: MEDIA_TYPES.ociManifest, digest: root, size: set.get(root)!.length };
    const signature = set.json(
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociManifest,
        artifactType: "text/x",
        config: set.put(new Uint8Array([1])),
        layers: [],
        subject,
      },
      MEDIA_TYPES.ociManifest,
    );
    fake.add("yard/crane", set, signature);
    expect(await repository.referrers(root)).toMatchObject([
      { digest: signature.digest, artifactType: "text/x" },
    ]);
    expect(await repository.referrers(root, { artifactType: "text/y" })).toEqual([]);
    fake.quirks.noReferrers = true;
    expect(await repository.referrers(root)).toEqual([]);
    const index = set.json(
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociIndex,
        manifests: [{ ...signature, artifactType: "text/x" }],
      },
      MEDIA_TYPES.ociIndex,
    );
    fake.add("yard/crane", set, index, root.replace(":", "-"));
    expect(await repository.referrers(root)).toMatchObject([{ digest: signature.digest }]);
    expect(cosignTags(root).signature).toBe(`${root.replace(":", "-")}.sig`);
  });
});

describe("blobs", () => {
  const bytesOf = async (repository: Repository, from: number, to: number): Promise<Uint8Array> =>
    new Uint8Array(
      (await (await repository.blob(BLOB))?.slice(from, to).arrayBuffer()) ?? new ArrayBuffer(0),
    );

  it.each<[string, FakeQuirks]>([
    ["a registry", {}],
    ["one that gives no ranges", { noRanges: true }],
    ["storage elsewhere", { storage: "elsewhere" }],
    ["storage at a relative address", { storage: "relative" }],
    ["a registry that tells no length", { noContentLength: true }],
  ])("are read in part from %s", async (_, quirks) => {
    const { repository } = setUp(quirks);
    const random = seeded(5);
    for (let run = 0; run < 10; run++) {
      const from = Math.floor(random() * BYTES.length);
      const to = from + Math.floor(random() * (BYTES.length - from));
      expect(await bytesOf(repository, from, to)).toEqual(BYTES.subarray(from, to));
    }
    expect(await bytesOf(repository, 0, BYTES.length)).toEqual(BYTES);
  });

  it("have a size, found without reading them, also where HEAD is refused", async () => {
    for (const quirks of [{}, { storage: "elsewhere", signedForGet: true }] as const) {
      const { fake, repository } = setUp(quirks);
      expect(await repository.stat({ digest: BLOB.digest })).toBe(BLOB.size);
      expect(fake.sent).toBeLessThan(2);
      expect(await repository.stat({ digest: `sha256:${"0".repeat(64)}` })).toBeUndefined();
    }
  });

  it("go on where the connection broke off, and fetch nothing twice", async () => {
    const random = seeded(6);
    const { fake, repository, slept } = setUp({
      cut: () => (random() < 0.9 ? 1 + Math.floor(random() * 20_000) : undefined),
    });
    expect(await bytesOf(repository, 0, BYTES.length)).toEqual(BYTES);
    expect(fake.seen.length).toBeGreaterThan(3);
    expect(fake.sent).toBe(BYTES.length);
    expect(slept).toEqual([]);
  });

  it("go on by another connection when one falls silent", async () => {
    const silent = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(BYTES.slice(0, 1000)),
    });
    let first = true;
    const before = (request: Request): Response | undefined => {
      if (!first || !request.url.includes("/blobs/")) return undefined;
      first = false;
      return new Response(silent);
    };
    const { fake } = setUp({ before });
    const off: boolean[] = [];
    let rings = 2;
    const clock = {
      ...fakeClock(fake),
      // Rings as soon as something has come on the first connection.
      alarm: (_: number, ring: () => void) => ({
        again: () => void (rings-- > 0 && Promise.resolve().then(ring)),
        off: () => void off.push(true),
      }),
    };
    const repository = openRegistry({ fetch: fake.fetch, clock }).repository({
      domain: "registry.example",
      path: "yard/crane",
    });
    const source = await repository.blob({ digest: BLOB.digest, size: BLOB.size });
    const head = new Uint8Array(await source!.slice(0, 2000).arrayBuffer());
    expect(head).toEqual(BYTES.subarray(0, 2000));
    expect(fake.seen.map(({ range }) => range)).toEqual(["bytes=0-1999", "bytes=1000-1999"]);
    expect(off.length).toBeGreaterThanOrEqual(4);
  });

  it("are given up when nothing comes any more, after Docker's waits", async () => {
    const { repository, slept } = setUp({ cut: () => 0 });
    expect(await codeOf(bytesOf(repository, 0, 10))).toBe("registry/unreachable");
    expect(slept).toEqual(Array.from({ length: 5 + 10 + 15 + 20 }, () => 1000));
  });

  it("of another length than announced are told before they are read", async () => {
    const { repository } = setUp();
    const source = await repository.blob({ digest: BLOB.digest, size: 5 });
    expect(await codeOf(source!.arrayBuffer())).toBe("digest/mismatch");
  });

  it.each<[string, FakeQuirks]>([
    ["where there are ranges", {}],
    ["where there are none", { noRanges: true }],
  ])("come in order by several ranges at once %s", async (_, quirks) => {
    const { fake, repository } = setUp(quirks);
    const source = await repository.blob(BLOB, { ranges: 3, window: 20_000 });
    const read = new Uint8Array(await new Response(source!.stream()).arrayBuffer());
    expect(read).toEqual(BYTES);
    expect(fake.sent).toBe(BYTES.length);
    expect(fake.seen.length).toBe(quirks.noRanges === true ? 1 : 15);
  });

  it("come by one connection at a time once one has broken off", async () => {
    let cuts = 0;
    const { fake, repository } = setUp({
      cut: (request) =>
        request.headers.get("range") === "bytes=60000-79999" && cuts++ === 0 ? 7 : undefined,
    });
    const source = await repository.blob(BLOB, { ranges: 3, window: 20_000 });
    expect(new Uint8Array(await new Response(source!.stream()).arrayBuffer())).toEqual(BYTES);
    expect(fake.sent).toBe(BYTES.length);
  });

  it("stop coming when their stream is cancelled", async () => {
    const { fake, repository } = setUp();
    const source = await repository.blob(BLOB, { ranges: 3, window: 20_000 });
    const reader = source!.stream().getReader();
    await reader.read();
    await reader.cancel();
    const { sent } = fake;
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    expect(fake.sent).toBe(sent);
    expect(sent).toBeLessThan(BYTES.length / 2);
  });
});
