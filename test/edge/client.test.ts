import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type Digest, newSha256, sha256Digest } from "../../core/digest/mod.ts";
import { type Descriptor, MEDIA_TYPES, parseReference } from "../../core/oci/mod.ts";
import { openRegistry, proxyEndpoint, pullImage, pushImage } from "../../core/registry/mod.ts";
import { check, createMemoryStore } from "../../core/store/mod.ts";
import { tarOf } from "../support/archives.ts";
import { type FakeQuirks, FakeRegistry, fakeClock } from "../support/fake-registry.ts";
import { fakeEdge, fakeRow } from "../support/fake-upstream.ts";
import { BlobSet } from "../support/images.ts";
import { randomBytes } from "../support/random.ts";

// Our own client through our own proxy, to a registry that has the habits of real ones.

async function imageIn(set: BlobSet): Promise<Descriptor> {
  const layers: Descriptor[] = [];
  const diffIDs: Digest[] = [];
  for (const size of [3000, 60_000, 90_000]) {
    const tar = await tarOf([["file", randomBytes(size, size)]]);
    diffIDs.push(sha256Digest(tar));
    const packed = new Uint8Array(gzipSync(tar, { mtime: 0, level: 1 }));
    layers.push(set.put(packed, `${MEDIA_TYPES.ociLayer}+gzip`));
  }
  const rootfs = { type: "layers", diff_ids: diffIDs };
  const config = set.json({ os: "linux", architecture: "amd64", rootfs }, MEDIA_TYPES.ociConfig);
  return set.json(
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers },
    MEDIA_TYPES.ociManifest,
  );
}

async function setUp(quirks: FakeQuirks, mode: "anonymous" | "passthrough") {
  const fake = new FakeRegistry(quirks, "r.example");
  const set = new BlobSet();
  const manifest = await imageIn(set);
  fake.add("yard/crane", set, manifest, "1");
  const row = fakeRow("r.example", {
    token: "auto",
    insecure: true,
    storage: ["storage.example"],
    realmHosts: ["token.example"],
  });
  const serve = (request: Request) => fake.fetch(request);
  const edge = fakeEdge({
    servers: {
      "r.example": serve,
      "storage.example": serve,
      "token.example": serve,
    },
    registries: [row],
    policy: { mode, write: true },
    nowMs: () => fake.now * 1000,
  });
  const registry = openRegistry({
    // A browser's page, to which no redirect is handed on.
    fetch: (request) => {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.set("origin", "https://page.fake.dev");
      return edge.ask(pathname + search, {
        method: request.method,
        headers,
        ...(request.body === null ? {} : { body: request.body, duplex: "half" as const }),
      });
    },
    endpoint: (name) => proxyEndpoint(name, "http://proxy.fake.dev"),
    clock: fakeClock(fake),
  });
  return { fake, edge, registry, manifest };
}

const HABITS: readonly [string, FakeQuirks][] = [
  ["does everything right", {}],
  ["wants an anonymous token", { auth: "bearer" }],
  ["wants a token and takes no POST for one", { auth: "bearer", noTokenPost: true }],
  [
    "asks by two challenges at once",
    {
      auth: "bearer",
      challenge: `Basic realm="x", Bearer realm="https://token.example/token",service="fake"`,
    },
  ],
  [
    "asks for a placeholder's scope",
    {
      auth: "bearer",
      challenge: `Bearer realm="https://token.example/token",service="fake",scope="repository:user/image:pull"`,
    },
  ],
  ["gives tokens of two seconds", { auth: "bearer", tokenLife: 2, token: { expires_in: 2 } }],
  ["does not say how long its tokens last", { auth: "bearer", token: { expires_in: undefined } }],
  ["takes a piece with 201, and mounts nothing", { chunkStatus: 201, noMount: true }],
  ["knows no HEAD", { noHead: true }],
  ["says no digests", { noDigestHeader: true }],
  ["says no lengths", { noContentLength: true }],
  ["knows no ranges", { noRanges: true }],
  ["sends to storage that refuses credentials", { auth: "bearer", storage: "elsewhere" }],
  ["sends to storage whose addresses are signed for GET", { storage: "elsewhere", signedForGet: true }],
  ["redirects to itself", { auth: "bearer", storage: "relative" }],
  ["lists page by page", { page: 1, link: "relative" }],
  ["says absolute addresses", { page: 1, link: "absolute", absoluteUploads: true }],
  ["says links without brackets", { page: 1, link: "bare" }],
  ["cuts every second blob short", { cut: cutting() }],
  ["knows no referrers and no catalog", { noReferrers: true, noCatalog: true }],
];

/** Cuts off after 20,000 bytes, every other time. */
function cutting(): (request: Request) => number | undefined {
  let count = 0;
  return () => (count++ % 2 === 0 ? 20_000 : undefined);
}

describe.each(["anonymous", "passthrough"] as const)(
  "a pull and a push, %s, through the proxy to a registry",
  (mode) => {
    it.each(HABITS)("T2 that %s", async (_, quirks) => {
      const { fake, registry, manifest } = await setUp({ ...quirks }, mode);
      const store = createMemoryStore({ now: () => 1 });
      const reference = parseReference("r.example/yard/crane:1");
      const [pulled] = await pullImage(registry, store, { reference, newHasher: newSha256 });
      expect(pulled?.digest).toBe(manifest.digest);
      expect(await check(store)).toEqual([]);

      const name = "r.example/yard/pushed:2";
      const record = { name, target: manifest, image: pulled?.id ?? manifest.digest };
      await store.table.change([{ kind: "name", name, record }]);
      await pushImage(registry, store, { reference: parseReference(name), newHasher: newSha256 });
      const there = fake.repositories.get("yard/pushed");
      expect(there?.tags.get("2")).toBe(manifest.digest);
      expect(there?.blobs.get(manifest.digest)).toEqual(
        fake.repositories.get("yard/crane")?.blobs.get(manifest.digest),
      );

      fake.repositories.get("yard/crane")?.tags.set("2", manifest.digest);
      const tags: string[] = [];
      for await (const page of registry.repository(reference).tags()) tags.push(...page);
      expect(tags).toEqual(["1", "2"]);
    });
  },
);

describe("a pull through the proxy", () => {
  it("shows storage and token servers no more than they need", async () => {
    const { edge, registry } = await setUp({ auth: "bearer", storage: "elsewhere" }, "passthrough");
    const store = createMemoryStore({ now: () => 1 });
    await pullImage(registry, store, {
      reference: parseReference("r.example/yard/crane:1"),
      newHasher: newSha256,
    });
    const away = edge.seen.filter(({ url }) => url.startsWith("https://storage.example"));
    expect(away.length).toBeGreaterThan(0);
    for (const { headers } of away) {
      expect(headers.get("authorization")).toBeNull();
      expect(headers.get("origin")).toBeNull();
    }
  });
});
