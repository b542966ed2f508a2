import { describe, expect, it } from "vitest";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { createMemoryStore, moveLayer } from "../../../core/store/mod.ts";
import { DEFAULT_REGISTRY_SETTINGS } from "../../../web/model/registries.ts";
import type { BrowserStore } from "../../../web/store/mod.ts";
import type { Crew, Job } from "../../../web/worker/crew.ts";
import { pullInto } from "../../../web/worker/pull-work.ts";
import { RegistryAccess } from "../../../web/worker/registry-access.ts";
import { tarOf } from "../../support/archives.ts";
import { type FakeQuirks, FakeRegistry } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";

const NAME = "library/crane";

async function imageIn(set: BlobSet, text: string) {
  const tar = await tarOf([["file", new TextEncoder().encode(text)]]);
  const layer = set.put(new Uint8Array(tar), MEDIA_TYPES.ociLayer);
  const { manifest } = set.image([layer], text);
  return { ...manifest, layer };
}

/** Docker Hub behind the page's proxy, two mirrors, and a pull through them. */
async function setUp(quirks: { hub?: FakeQuirks; first?: FakeQuirks; second?: FakeQuirks } = {}) {
  const hub = new FakeRegistry(quirks.hub, "home.example");
  const first = new FakeRegistry(quirks.first, "m.example");
  const second = new FakeRegistry(quirks.second, "n.example");
  const set = new BlobSet();
  const image = await imageIn(set, "good");
  hub.add(`docker.io/${NAME}`, set, image, "1");
  const memory = createMemoryStore({ now: () => 1 });
  const scans = { byBlob: async () => undefined, put: async () => {} };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a pull uses of it
  const store = { ...ownMembers(memory), scans } as unknown as BrowserStore;
  const access = new RegistryAccess({
    credentials: { list: async () => [], get: async () => undefined },
    home: "https://home.example/",
    async fetch(input, init) {
      const request = new Request(input, init);
      const { host, pathname } = new URL(request.url);
      if (pathname.startsWith("/.well-known/")) return new Response(null, { status: 404 });
      const one = { "home.example": hub, "m.example": first, "n.example": second }[host];
      if (one === undefined) throw new TypeError(`nobody is at ${host}`);
      return one.fetch(request);
    },
  });
  access.configure({ ...DEFAULT_REGISTRY_SETTINGS, mirrors: ["https://m.example", "https://n.example"] });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each job's own answer
  const crew = {
    run: async (job: Job<"move">) => {
      const { source, order, signal } = job;
      return moveLayer({
        descriptor: order!.descriptor,
        diffID: order!.diffID,
        source,
        to: memory,
        newHasher: newSha256,
        signal,
        onBytes: (bytes: number) => job.onProgress?.(bytes),
      });
    },
    hurry() {},
  } as unknown as Crew;
  const pull = async (reference = "crane:1") => {
    try {
      const signal = new AbortController().signal;
      const outcome = await pullInto({ reference }, { store, access, crew, signal, tell: () => {} });
      return outcome.images[0]?.digest;
    } catch (error) {
      if (!isCoreError(error)) throw error;
      return error.code;
    }
  };
  const layersOf = (registry: FakeRegistry): number =>
    registry.asked.filter((one) => one.startsWith("GET") && one.endsWith(image.layer.digest)).length;
  return { hub, first, second, set, image, memory, pull, layersOf };
}

describe("pulling with mirrors", () => {
  it("takes the bytes from the first mirror that has them, and the tag's word from the registry", async () => {
    const { hub, first, second, set, image, pull, layersOf } = await setUp();
    first.add(NAME, set, image, "1");
    second.add(NAME, set, image, "1");
    expect(await pull()).toBe(image.digest);
    expect([layersOf(first), layersOf(second), layersOf(hub)]).toEqual([1, 0, 0]);
    expect(hub.asked).toEqual([`HEAD /docker.io/${NAME}/manifests/1`]);
  });

  it("goes on to the next mirror and then to the registry where one has nothing", async () => {
    const { second, set, image, pull, layersOf, hub } = await setUp();
    second.add(NAME, set, image, "1");
    expect(await pull()).toBe(image.digest);
    expect([layersOf(second), layersOf(hub)]).toEqual([1, 0]);
    const alone = await setUp();
    expect(await alone.pull()).toBe(alone.image.digest);
    expect(alone.layersOf(alone.hub)).toBe(1);
  });

  it("does not let a mirror move a tag", async () => {
    const { first, second, image, pull, memory } = await setUp();
    const evil = new BlobSet();
    const other = await imageIn(evil, "evil");
    for (const mirror of [first, second]) mirror.add(NAME, evil, other, "1");
    expect(await pull()).toBe(image.digest);
    const names = [...(await memory.table.snapshot()).names.values()];
    expect(names.map(({ target }) => target.digest)).not.toContain(other.digest);
  });

  it("does not let a mirror invent one", async () => {
    const { first, set, image, pull } = await setUp();
    first.add(NAME, set, image, "2");
    expect(await pull("crane:2")).toBe("registry/missing");
  });

  it("believes a mirror where the registry does not answer", async () => {
    const { first, set, image, pull } = await setUp({
      hub: { before: () => Promise.reject(new TypeError("no network")) },
    });
    first.add(NAME, set, image, "1");
    expect(await pull()).toBe(image.digest);
  });

  it.each<[string, FakeQuirks]>([
    ["gives other bytes for a layer", { before: (request) => lie(request) }],
    ["wants a login", { auth: "basic", users: {} }],
    [
      "sends on to somebody's network",
      { before: () => new Response(null, { status: 302, headers: { location: "https://10.0.0.1/" } }) },
    ],
    ["names a realm in plain http", { auth: "bearer", realm: "http://evil.example/token" }],
    [
      "answers with a page",
      { before: () => new Response("<html>", { headers: { "content-type": "text/html" } }) },
    ],
    ["refuses", { before: () => new Response("no", { status: 418 }) }],
  ])("does without a mirror that %s", async (_, quirks) => {
    const { first, set, image, pull } = await setUp({ first: quirks });
    first.add(NAME, set, image, "1");
    expect(await pull()).toBe(image.digest);
  });

  it("tells nobody's login to mirrors, and asks them nothing but to read", async () => {
    const { first, second, set, image, pull } = await setUp();
    first.add(NAME, set, image, "1");
    await pull();
    for (const { method, authorization } of [...first.seen, ...second.seen])
      expect([["GET", "HEAD"].includes(method), authorization]).toEqual([true, undefined]);
  });

  it("asks no mirror for another registry's image", async () => {
    const { first, second, pull } = await setUp();
    expect(await pull("ghcr.io/x/y:1")).toBe("registry/missing");
    expect([...first.seen, ...second.seen]).toEqual([]);
  });
});

/** The members of a store, as those of the browser's stand on the object itself. */
function ownMembers<T extends object>(object: T): T {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(object));
  const bound = names.map((name) => [name, Reflect.get(object, name, object)] as const);
  return {
    ...object,
    ...Object.fromEntries(
      bound.map(([name, value]) => [name, typeof value === "function" ? value.bind(object) : value]),
    ),
  };
}

/** Bytes of the right length that are others. */
function lie(request: Request): Response | undefined {
  if (request.method !== "GET" || !request.url.includes("/blobs/")) return undefined;
  const bytes = new Uint8Array(2048).fill(7);
  expect(request.url).not.toContain(sha256Digest(bytes));
  return new Response(bytes);
}
