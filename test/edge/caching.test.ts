import { describe, expect, it } from "vitest";
import type { ResponseCache } from "../../edge/cache.ts";
import { createMemoryCache } from "../../edge/memory-cache.ts";
import { DEFAULT_POLICY } from "../../edge/policy.ts";
import { digestOf, fakeEdge, fakeRow, piecesOf, type Server } from "../support/fake-upstream.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { randomBytes } from "../support/random.ts";

const TYPE = "application/vnd.oci.image.manifest.v1+json";
const encode = (text: string) => new TextEncoder().encode(text);
const TAG = "/v2/reg.fake.dev/a/b/manifests/1.0";
const LATEST = "/v2/reg.fake.dev/a/b/manifests/latest";
const BLOB = randomBytes(50_000, 3);
const BLOB_PATH = `/v2/reg.fake.dev/a/b/blobs/${digestOf(BLOB)}`;

/** A registry whose one manifest, and whose state, the test changes as it goes. */
function world(policy: Record<string, unknown> = {}, row = {}) {
  const state = { text: '{"a":1}', status: 200, getStatus: 200, now: 1_700_000_000_000, cut: false };
  const server: Server = (request) => {
    const { pathname } = new URL(request.url);
    if (state.status !== 200) return new Response("", { status: state.status });
    if (pathname.endsWith("/tags/list")) return Response.json({ name: "a/b", tags: [state.text] });
    if (request.headers.get("range") === "bytes=0-9")
      return new Response(BLOB.slice(0, 10), {
        status: 206,
        headers: { "content-range": "bytes 0-9/50000" },
      });
    if (pathname.includes("/blobs/"))
      return new Response(state.cut ? piecesOf(BLOB, 1000, 20_000) : BLOB, {
        headers: { "content-length": String(BLOB.length), etag: '"b"' },
      });
    if (request.method === "GET" && state.getStatus !== 200)
      return new Response("", { status: state.getStatus });
    const bytes = encode(state.text);
    const asked = pathname.split("/").at(-1)!;
    if (asked.startsWith("sha256:") && asked !== digestOf(bytes)) return new Response("", { status: 404 });
    if (request.method === "PUT") return new Response(null, { status: 201 });
    return new Response(bytes, {
      headers: {
        "content-type": TYPE,
        "docker-content-digest": digestOf(bytes),
        "content-length": String(bytes.length),
      },
    });
  };
  const cache = createMemoryCache({
    bytes: 10_000_000,
    objectBytes: DEFAULT_POLICY.cache.objectBytes,
    newHasher: nativeHasher,
    nowMs: () => state.now,
  });
  const edge = fakeEdge({
    servers: { "reg.fake.dev": server, "mirror.fake.dev": server },
    registries: [fakeRow("reg.fake.dev", row), fakeRow("mirror.fake.dev")],
    policy,
    cache,
    nowMs: () => state.now,
  });
  /** Asks, reads, and says what went upstream meanwhile. */
  const ask = async (path: string, init?: RequestInit) => {
    const before = edge.seen.length;
    const response = await edge.ask(path, init);
    const body = new Uint8Array(await response.arrayBuffer());
    const upstream = edge.seen.slice(before).map(({ method, url }) => `${method} ${url.split("/").at(-1)}`);
    return {
      response,
      body,
      text: new TextDecoder().decode(body),
      upstream,
      cache: response.headers.get("x-cache"),
    };
  };
  return { state, ask, edge, cache };
}

describe("what is kept", () => {
  it("C1 is nothing that was got with a credential", async () => {
    const credential = { username: "op", password: "pw" };
    const { ask, cache } = world({ mode: "gateway", public: true }, { token: "basic", credential });
    await ask(TAG);
    const second = await ask(TAG);
    expect(second.upstream).toEqual(["GET 1.0"]);
    expect(second.cache).toBe("BYPASS");
    expect(second.response.headers.get("cache-control")).toBe("no-cache");
    expect((await ask(BLOB_PATH)).response.headers.get("cache-control")).toMatch(/^private/);
    expect(cache.held()).toBe(0);
  });

  it("C1 is kept for its repository only", async () => {
    const { ask } = world();
    await ask(BLOB_PATH);
    expect((await ask(BLOB_PATH)).upstream).toEqual([]);
    expect((await ask(BLOB_PATH.replace("/a/b/", "/a/c/"))).upstream).toHaveLength(1);
    expect((await ask(BLOB_PATH.replace("reg", "mirror"))).upstream).toHaveLength(1);
  });

  it("C2 says for how long: a digest for ever, a tag never without asking, the rest not at all", async () => {
    const { ask, state } = world();
    const control = async (path: string) => (await ask(path)).response.headers.get("cache-control");
    const digest = TAG.replace("1.0", digestOf(encode(state.text)));
    for (const path of [digest, digest, BLOB_PATH, BLOB_PATH])
      expect(await control(path)).toBe("public, max-age=31536000, immutable, no-transform");
    for (const path of [TAG, TAG, "/v2/reg.fake.dev/a/b/tags/list"])
      expect(await control(path)).toBe("no-cache");
    expect(await control("/v2/")).toBe("no-store");
    for (const status of [401, 403, 404, 429, 500]) {
      state.status = status;
      expect(await control("/v2/reg.fake.dev/x/manifests/1"), String(status)).toBe("no-store");
    }
  });

  it("C2 may lie in no shared cache where a key opens the proxy", async () => {
    const { edge } = world({ accessKeys: ["0123456789abcdef"] });
    const response = await edge.ask(BLOB_PATH, { headers: { "x-breakbulk-key": "0123456789abcdef" } });
    expect(response.headers.get("cache-control")).toMatch(/^private, /);
  });

  it("C2 of a tag is believed for a while, of one without a number for a shorter one", async () => {
    const { ask, state } = world();
    await ask(TAG);
    await ask(LATEST);
    state.now += 29_000;
    expect((await ask(TAG)).upstream).toEqual([]);
    expect((await ask(LATEST)).upstream).toEqual([]);
    state.now += 2_000;
    expect((await ask(TAG)).upstream).toEqual([]);
    expect((await ask(LATEST)).upstream).toEqual(["HEAD latest"]);
    state.now += 40_000;
    expect((await ask(TAG)).upstream).toEqual(["HEAD 1.0"]);
  });

  it("C3 is found by a tag's HEAD, and only what is not there is fetched", async () => {
    const { ask, state } = world();
    const digest = digestOf(encode(state.text));
    const first = await ask(TAG);
    expect(first.upstream).toEqual(["HEAD 1.0", `GET ${digest}`]);
    expect([first.text, first.cache]).toEqual(['{"a":1}', "MISS"]);
    state.now += 61_000;
    const second = await ask(TAG);
    expect(second.upstream).toEqual(["HEAD 1.0"]);
    expect([second.text, second.cache]).toEqual(['{"a":1}', "HIT"]);
    expect(second.response.headers.get("content-type")).toBe(TYPE);
    expect(second.response.headers.get("docker-content-digest")).toBe(digest);
    expect(second.response.headers.get("content-length")).toBe("7");
    state.text = '{"a":2}';
    state.now += 61_000;
    const third = await ask(TAG);
    expect(third.text).toBe('{"a":2}');
    expect(third.upstream).toHaveLength(2);
  });

  it("C3 answers HEAD and If-None-Match from what is known", async () => {
    const { ask, state } = world();
    await ask(TAG);
    const digest = digestOf(encode(state.text));
    const head = await ask(TAG, { method: "HEAD" });
    expect(head.upstream).toEqual([]);
    expect(head.response.headers.get("content-length")).toBe("7");
    expect(head.response.headers.get("docker-content-digest")).toBe(digest);
    const unchanged = await ask(TAG, { headers: { "if-none-match": `W/"x", "${digest}"` } });
    expect(unchanged.response.status).toBe(304);
    expect(unchanged.upstream).toEqual([]);
    expect((await ask(TAG, { headers: { "if-none-match": '"x"' } })).response.status).toBe(200);
  });

  it("C4 of a tag is kept for each kind of Accept, of a digest for all", async () => {
    const { ask, state } = world();
    await ask(TAG, { headers: { accept: "application/a+json, application/b+json;q=0.5" } });
    expect(
      (await ask(TAG, { headers: { accept: "application/b+json,APPLICATION/a+json" } })).upstream,
    ).toEqual([]);
    expect((await ask(TAG, { headers: { accept: "application/a+json" } })).upstream).toEqual(["HEAD 1.0"]);
    const digest = TAG.replace("1.0", digestOf(encode(state.text)));
    expect((await ask(digest, { headers: { accept: "application/c+json" } })).upstream).toEqual([]);
  });

  it.each([429, 500, 503])(
    "C5 E5 stands in for a registry that answers %i, and says how old it is",
    async (status) => {
      const { ask, state } = world();
      const list = "/v2/reg.fake.dev/a/b/tags/list";
      await ask(TAG);
      await ask(list);
      state.now += 300_000;
      state.status = status;
      for (const path of [TAG, list]) {
        const { response, cache, text } = await ask(path);
        expect(response.status).toBe(200);
        expect(cache).toBe("STALE");
        expect(text).toContain('"a');
        expect(response.headers.get("age")).toBe("300");
        expect(response.headers.get("warning")).toMatch(/^299 - "reg\.fake\.dev cannot answer now/);
      }
      expect((await ask(TAG, { method: "HEAD" })).response.status).toBe(200);
      state.now += 3_600_000;
      expect((await ask(TAG)).response.status).toBe(status === 500 ? 502 : status);
    },
  );

  it("C5 does not stand in for a registry that says no", async () => {
    const { ask, state } = world();
    await ask(TAG);
    state.now += 300_000;
    for (const status of [401, 403, 404]) {
      state.status = status;
      expect((await ask(TAG)).response.status).toBe(status === 401 ? 403 : status);
    }
  });

  it("E5 is warned of when little is left of a quota", async () => {
    const quota =
      (left: number): Server =>
      () =>
        new Response("{}", {
          headers: { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": `${left};w=21600` },
        });
    const warning = async (left: number) =>
      (await fakeEdge({ servers: { "reg.fake.dev": quota(left) } }).ask(TAG)).headers.get("warning");
    expect(await warning(11)).toBeNull();
    expect(await warning(10)).toBe('299 - "reg.fake.dev: 10 of 100 pulls are left"');
  });

  it("C6 is only what has its digest and is whole", async () => {
    const { ask, state, cache } = world();
    const wrong = BLOB_PATH.replace(/sha256:.*/, `sha256:${"0".repeat(64)}`);
    await ask(wrong);
    expect((await ask(wrong)).upstream).toHaveLength(1);
    state.cut = true;
    await expect(ask(BLOB_PATH)).rejects.toThrow("broke off");
    state.cut = false;
    expect((await ask(BLOB_PATH)).cache).toBe("MISS");
    expect((await ask(BLOB_PATH)).cache).toBe("HIT");
    expect(cache.held()).toBeGreaterThan(50_000);
  });

  it("C6 is never a part", async () => {
    const { ask } = world();
    await ask(BLOB_PATH, { headers: { range: "bytes=0-9" } });
    const second = await ask(BLOB_PATH);
    expect(second.upstream).toHaveLength(1);
  });

  it("C6 gives parts of what is whole", async () => {
    const { ask } = world();
    await ask(BLOB_PATH);
    const part = async (range: string, more = {}) => {
      const { response, body, upstream } = await ask(BLOB_PATH, { headers: { range, ...more } });
      expect(upstream).toEqual([]);
      return [response.status, response.headers.get("content-range"), body.length] as const;
    };
    expect(await part("bytes=500-1499")).toEqual([206, "bytes 500-1499/50000", 1000]);
    expect(await part("bytes=49000-")).toEqual([206, "bytes 49000-49999/50000", 1000]);
    expect(await part("bytes=-500")).toEqual([206, "bytes 49500-49999/50000", 500]);
    expect(await part("bytes=49999-99999")).toEqual([206, "bytes 49999-49999/50000", 1]);
    expect((await part("bytes=50000-")).slice(0, 2)).toEqual([416, "bytes */50000"]);
    expect(await part("bytes=9-5")).toEqual([200, null, 50_000]);
    expect(await part("bytes=0-1,5-6")).toEqual([200, null, 50_000]);
    expect(await part("bytes=0-1", { "if-range": '"other"' })).toEqual([200, null, 50_000]);
    const { body } = await ask(BLOB_PATH, { headers: { range: "bytes=123-4567" } });
    expect(body).toEqual(BLOB.slice(123, 4568));
  });

  it("C7 is passed by when it is too large, and told so", async () => {
    const small = { ...DEFAULT_POLICY.cache, objectBytes: 49_999 };
    const { ask } = world({ cache: small });
    expect((await ask(BLOB_PATH)).cache).toBe("BYPASS");
    expect((await ask(BLOB_PATH)).upstream).toHaveLength(1);
  });

  it("C8 is the same for all layouts, though each is told in its own way", async () => {
    const { ask } = world();
    await ask(BLOB_PATH);
    for (const path of [
      BLOB_PATH.replace("/v2/reg.fake.dev", "/reg.fake.dev/v2"),
      `${BLOB_PATH.replace("/reg.fake.dev", "")}?ns=reg.fake.dev`,
    ])
      expect((await ask(path)).cache).toBe("HIT");
    const list = "/v2/reg.fake.dev/a/b/tags/list";
    expect(JSON.parse((await ask(list)).text).name).toBe("reg.fake.dev/a/b");
    expect(JSON.parse((await ask("/reg.fake.dev/v2/a/b/tags/list")).text).name).toBe("a/b");
  });

  it("is asked for anew when it was pushed through here", async () => {
    const { ask, state } = world({ write: true });
    await ask(TAG);
    state.now += 1_000;
    state.text = '{"a":2}';
    expect((await ask(TAG)).text).toBe('{"a":1}');
    await ask(TAG, { method: "PUT", body: "x" });
    expect((await ask(TAG)).text).toBe('{"a":2}');
  });

  it("is done without when the cache is out of order", async () => {
    const { edge } = world();
    const broken: ResponseCache = {
      kind: "memory",
      read: () => Promise.reject(new Error("disk")),
      write: () => Promise.reject(new Error("disk")),
      remove: () => Promise.reject(new Error("disk")),
      held: () => undefined,
    };
    const other = fakeEdge({
      servers: { "reg.fake.dev": () => new Response(BLOB, { headers: { "content-length": "50000" } }) },
      cache: broken,
    });
    expect(new Uint8Array(await (await other.ask(BLOB_PATH)).arrayBuffer())).toEqual(BLOB);
    expect(edge.seen).toHaveLength(0);
  });
});

describe("another registry for the same", () => {
  const fallbacks = ["mirror.fake.dev"];
  const outOf = (status: number): { servers: Record<string, Server>; text: Uint8Array<ArrayBuffer> } => {
    const text = encode('{"a":1}');
    return {
      text,
      servers: {
        "reg.fake.dev": (request) =>
          request.method === "HEAD"
            ? new Response(null, {
                headers: { "docker-content-digest": digestOf(text), "content-length": "7" },
              })
            : new Response("", { status }),
        "mirror.fake.dev": (request) =>
          request.url.includes("/blobs/")
            ? new Response(BLOB, { headers: { "content-length": "50000" } })
            : new Response(text, { headers: { "content-type": TYPE } }),
      },
    };
  };

  it.each([429, 503])(
    "answers when the first has answered %i, and only with what that would have given",
    async (status) => {
      const { servers, text } = outOf(status);
      const memory = createMemoryCache({
        bytes: 1e6,
        objectBytes: 1e6,
        newHasher: nativeHasher,
        nowMs: () => 1e12,
      });
      const registries = [fakeRow("reg.fake.dev", { fallbacks }), fakeRow("mirror.fake.dev")];
      const edge = fakeEdge({ servers, registries, cache: memory, nowMs: () => 1e12 });
      const response = await edge.ask(TAG);
      expect(response.status).toBe(200);
      expect(response.headers.get("docker-content-digest")).toBe(digestOf(text));
      expect(response.headers.get("warning")).toMatch(/from mirror\.fake\.dev"$/);
      expect(edge.seen.at(-1)?.url).toBe(`https://mirror.fake.dev/v2/a/b/manifests/${digestOf(text)}`);
      const blob = await edge.ask(BLOB_PATH);
      expect(new Uint8Array(await blob.arrayBuffer())).toEqual(BLOB);
      const lying = fakeEdge({
        servers: { ...servers, "mirror.fake.dev": () => new Response('{"a":666}') },
        registries,
        cache: createMemoryCache({
          bytes: 1e6,
          objectBytes: 1e6,
          newHasher: nativeHasher,
          nowMs: () => 1e12,
        }),
        nowMs: () => 1e12,
      });
      expect((await lying.ask(TAG)).status).toBe(status);
    },
  );

  it("says that its tags may lag behind where nothing better is known", async () => {
    const { servers } = outOf(429);
    const registries = [fakeRow("reg.fake.dev", { fallbacks }), fakeRow("mirror.fake.dev")];
    const response = await fakeEdge({ servers, registries }).ask(TAG);
    expect(response.headers.get("warning")).toMatch(/whose tags may lag behind"$/);
  });

  it("is not asked for what only a credential opens", async () => {
    const { servers } = outOf(429);
    const credential = { username: "op", password: "pw" };
    const registries = [
      fakeRow("reg.fake.dev", { fallbacks, token: "basic", credential }),
      fakeRow("mirror.fake.dev"),
    ];
    const edge = fakeEdge({ servers, registries, policy: { mode: "gateway", public: true } });
    expect((await edge.ask(TAG)).status).toBe(429);
    expect(edge.seen.some(({ url }) => url.includes("mirror"))).toBe(false);
  });
});
