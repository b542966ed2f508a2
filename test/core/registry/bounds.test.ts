import { describe, expect, it } from "vitest";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { MEDIA_TYPES, parseReference } from "../../../core/oci/mod.ts";
import { type Clock, openRegistry, pullImage, type RegistryOptions } from "../../../core/registry/mod.ts";
import { createMemoryStore } from "../../../core/store/mod.ts";
import { type FakeQuirks, FakeRegistry, fakeClock } from "../../support/fake-registry.ts";
import { BlobSet } from "../../support/images.ts";

function setUp(quirks: FakeQuirks = {}, options: Partial<RegistryOptions> = {}) {
  const fake = new FakeRegistry(quirks);
  const set = new BlobSet();
  const layer = set.layer(300_000, 1);
  const image = set.image([layer]);
  fake.add("yard/crane", set, image.manifest, "1");
  const registry = openRegistry({ fetch: fake.fetch, clock: fakeClock(fake), ...options });
  return {
    fake,
    set,
    layer,
    image,
    registry,
    repository: registry.repository({ domain: "registry.example", path: "yard/crane" }),
  };
}

async function code(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return error.code;
  }
  return "none";
}

/** A clock whose alarms ring when a test says that time has passed. */
function alarmClock(): Clock & { pass(ms: number): void } {
  let nowMs = 0;
  const alarms = new Set<{ ms: number; at: number; ring: () => void }>();
  return {
    now: () => nowMs / 1000,
    async sleep(ms) {
      this.pass(ms);
    },
    alarm(ms, ring) {
      const one = { ms, at: nowMs + ms, ring };
      alarms.add(one);
      return {
        again() {
          one.at = nowMs + ms;
        },
        off: () => void alarms.delete(one),
      };
    },
    pass(ms) {
      nowMs += ms;
      for (const one of alarms) {
        if (one.at > nowMs) continue;
        alarms.delete(one);
        one.ring();
      }
    },
  };
}

describe("a registry that is slow on purpose", () => {
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

  it.each([
    ["a manifest", "manifests", (setup: ReturnType<typeof setUp>) => setup.repository.manifest("1")],
    ["a list of tags", "tags", (setup: ReturnType<typeof setUp>) => setup.repository.tags().next()],
    [
      "a refusal",
      "blobs",
      async (setup: ReturnType<typeof setUp>) =>
        (await setup.repository.blob(setup.layer))!.slice(0, 9).arrayBuffer(),
    ],
  ])("is not waited for when it stops in the middle of %s", async (_, part, operate) => {
    const clock = alarmClock();
    const setup = setUp(
      {
        before: (request) =>
          request.url.includes(`/${part}/`)
            ? new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array([0x7b])) }), {
                status: part === "blobs" ? 400 : 200,
              })
            : undefined,
      },
      { clock },
    );
    const ended = code(operate(setup));
    for (let round = 0; round < 200; round++) {
      await turn();
      clock.pass(10_000);
    }
    expect(await ended).toBe(part === "blobs" ? "registry/refused" : "registry/unreachable");
  });

  it("is not waited for when its manifest drips", async () => {
    const clock = alarmClock();
    let drops = 0;
    const setup = setUp(
      {
        before: (request) =>
          request.method === "GET"
            ? new Response(
                new ReadableStream({
                  async pull(controller) {
                    await turn();
                    clock.pass(50_000);
                    drops++;
                    controller.enqueue(new Uint8Array([0x20]));
                  },
                }),
              )
            : undefined,
      },
      { clock },
    );
    expect(await code(setup.repository.manifest("1"))).toBe("registry/unreachable");
    expect(drops).toBeLessThan(100);
  });

  it("is not asked for a layer byte by byte for ever", async () => {
    let requests = 0;
    const setup = setUp({
      before(request) {
        if (request.url.includes("/blobs/")) requests++;
        return undefined;
      },
      cut: () => 1,
    });
    const source = await setup.repository.blob(setup.layer);
    expect(await code(source!.arrayBuffer())).toBe("registry/unreachable");
    expect(requests).toBeLessThan(200);
  });
});

describe("a registry that is large on purpose", () => {
  it("may list half a million tags at once", async () => {
    const tags = Array.from({ length: 500_000 }, (_, at) => `v${at}`);
    let asked = 0;
    const { registry } = setUp({
      before(request) {
        if (request.url.endsWith("/tags/list")) return Response.json({ tags });
        if (request.url.includes("/manifests/")) asked++;
        return request.url.includes("/manifests/") ? new Response(null, { status: 404 }) : undefined;
      },
    });
    const store = createMemoryStore({ now: () => 1 });
    const reference = parseReference("registry.example/yard/crane");
    expect(await code(pullImage(registry, store, { reference, allTags: true, newHasher: newSha256 }))).toBe(
      "registry/missing",
    );
    expect(asked).toBeLessThan(4);
  });

  it("may not list for ever", async () => {
    let pages = 0;
    const { repository } = setUp(
      {
        before: (request) =>
          request.url.includes("/tags/list")
            ? Response.json(
                { tags: [`t${"x".repeat(100)}`] },
                { headers: { link: `</v2/yard/crane/tags/list?last=${++pages}>; rel="next"` } },
              )
            : undefined,
      },
      { limits: { list: 10_000 } },
    );
    const all = (async () => {
      for await (const page of repository.tags()) expect(page).toHaveLength(1);
    })();
    expect(await code(all)).toBe("bytes/limit");
    expect(pages).toBeLessThan(100);
  });

  it("may list many referrers at once", async () => {
    const entry = { mediaType: "a/b", digest: sha256Digest(new Uint8Array(1)), size: 1 };
    const { repository } = setUp({
      before: (request) =>
        request.url.includes("/referrers/")
          ? Response.json({ manifests: Array.from({ length: 130_000 }, () => entry) })
          : undefined,
    });
    expect(await repository.referrers(entry.digest)).toHaveLength(130_000);
  });

  it("gets a chunk held for it that is no larger than ours, whatever it asks for", async () => {
    const sizes: number[] = [];
    const size = 40 * 1024 * 1024;
    const { repository } = setUp(
      {
        before(request) {
          if (request.method === "POST")
            return new Response(null, {
              status: 202,
              headers: {
                location: "/v2/yard/crane/blobs/uploads/1",
                "oci-chunk-min-length": "99999999999999",
              },
            });
          if (request.method !== "PATCH") return undefined;
          const length = Number(request.headers.get("content-range")?.split("-")[1] ?? 0);
          sizes.push(length);
          return new Response(null, { status: 403 });
        },
      },
      { chunk: 1e15 },
    );
    const writer = await repository.openWriter({ digest: sha256Digest(new Uint8Array(1)), size: 1e12 });
    const piece = new Uint8Array(1024 * 1024);
    const pour = async (): Promise<void> => {
      for (let at = 0; at < size; at += piece.length) await writer?.write(piece);
    };
    expect(await code(pour())).toBe("registry/denied");
    expect(sizes[0]).toBeLessThan(33 * 1024 * 1024);
  });

  it("gets a large manifest that comes in single bytes read", async () => {
    const bytes = new TextEncoder().encode(`{"x":"${"y".repeat(200_000)}"}`);
    const { repository } = setUp({
      before: (request) => {
        if (request.method !== "GET") return new Response(null, { status: 405 });
        let at = 0;
        const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
          pull(controller) {
            for (let n = 0; n < 1000 && at < bytes.length; n++) controller.enqueue(bytes.slice(at, ++at));
            if (at >= bytes.length) controller.close();
          },
        });
        return new Response(body, { headers: { "content-type": MEDIA_TYPES.ociManifest } });
      },
    });
    expect((await repository.manifest("1")).bytes).toEqual(bytes);
  });

  it("may not fill the memory with the platforms of an index", async () => {
    const { fake, set, registry, image } = setUp();
    const repeated = Array.from({ length: 3000 }, () => ({
      ...image.manifest,
      platform: { os: "linux", architecture: "amd64" },
    }));
    fake.add("yard/crane", set, set.index(repeated), "many");
    const store = createMemoryStore({ now: () => 1 });
    const reference = parseReference("registry.example/yard/crane:many");
    await pullImage(registry, store, { reference, allPlatforms: true, newHasher: newSha256 }).catch(() => {});
    expect(fake.asked.length).toBeLessThan(20);

    const padded = Array.from({ length: 40 }, (_, at) => {
      const config = set.json(
        {
          os: "linux",
          architecture: "amd64",
          comment: "x".repeat(100_000) + at,
          rootfs: { type: "layers", diff_ids: [] },
        },
        MEDIA_TYPES.ociConfig,
      );
      return set.json(
        { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: [] },
        MEDIA_TYPES.ociManifest,
      );
    });
    fake.add("yard/crane", set, set.index(padded), "padded");
    const small = openRegistry({
      fetch: fake.fetch,
      clock: fakeClock(fake),
      limits: { documents: 1_000_000 },
    });
    const work = pullImage(small, store, {
      reference: parseReference("registry.example/yard/crane:padded"),
      allPlatforms: true,
      newHasher: newSha256,
    });
    expect(await code(work)).toBe("bytes/limit");
  });
});
