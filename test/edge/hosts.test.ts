import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEdge, type EdgeBuilds, type RunningEdge } from "../support/edge-hosts.ts";
import { digestOf, type FakeRegistry, startFakeRegistry } from "../support/loopback-registry.ts";

let builds: EdgeBuilds;
let registry: FakeRegistry;
beforeAll(async () => {
  [builds, registry] = await Promise.all([buildEdge(), startFakeRegistry()]);
});
afterAll(async () => {
  await registry.close();
  await builds.remove();
});

const settings = (): Record<string, string> => ({
  EDGE_POLICY: JSON.stringify({
    registries: [{ key: "reg.example.org", base: registry.base, insecure: true, write: true }],
    default: "reg.example.org",
    write: true,
    public: true,
    sealingSecrets: ["s".repeat(32)],
  }),
});

const runtimes = ["node", "deno", "workerd"] as const;
describe.each(runtimes)("T3 the proxy on %s", (runtime) => {
  let edge: RunningEdge;
  beforeAll(async () => {
    edge = await builds.start(runtime, settings());
  });
  afterAll(() => edge?.stop());
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${edge.url}${path}`, init);
  const blobPath = (): string => `/v2/reg.example.org/public/blobs/${registry.blobDigest}`;

  it.skipIf(runtime === "deno" && !existsSync("node_modules/deno/deno"))(
    "serves the page and says what it can do",
    async () => {
      const page = await get("/");
      expect(await page.text()).toContain("<title>page</title>");
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(await (await get("/.well-known/breakbulk.json")).json()).toMatchObject({
        kind: "breakbulk-edge",
        write: true,
        cache: runtime === "node" ? "memory" : "platform",
      });
    },
  );

  it("challenges a ping with its own realm", async () => {
    const response = await get("/v2/");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer realm="${edge.url}/token",service="breakbulk"`,
    );
  });

  it("gives manifests and their HEADs with digest and length", async () => {
    for (const method of ["GET", "HEAD"]) {
      const response = await get("/v2/reg.example.org/public/manifests/latest", { method });
      expect(response.status).toBe(200);
      expect(response.headers.get("content-length")).toBe(String(registry.manifest.length));
      expect(response.headers.get("docker-content-digest")).toBe(registry.manifestDigest);
      expect(response.headers.get("content-type")).toBe("application/vnd.oci.image.manifest.v1+json");
      expect(await response.text()).toBe(method === "GET" ? registry.manifest : "");
    }
  });

  it("B6 B7 gives blobs, parts of them and their HEADs with exact lengths, from the registry and from its cache", async () => {
    for (const round of ["MISS", "HIT"]) {
      const whole = await get(blobPath(), { headers: { "sec-fetch-mode": "cors" } });
      expect(whole.headers.get("content-length")).toBe("3000000");
      expect(whole.headers.get("x-cache")).toBe(round);
      expect(digestOf(new Uint8Array(await whole.arrayBuffer()))).toBe(registry.blobDigest);
      // What is put into the cache of a platform is there a moment after the answer's end.
      await expect
        .poll(async () => (await get(blobPath(), { method: "HEAD" })).headers.get("x-cache"))
        .toBe("HIT");
    }
    for (const [range, from, to] of [
      ["bytes=0-0", 0, 1],
      ["bytes=1000-299999", 1000, 300_000],
      ["bytes=2999990-", 2_999_990, 3_000_000],
      ["bytes=-7", 2_999_993, 3_000_000],
    ] as const) {
      const part = await get(blobPath(), { headers: { range } });
      expect(part.status, range).toBe(206);
      expect(part.headers.get("content-range")).toBe(`bytes ${from}-${to - 1}/3000000`);
      expect(part.headers.get("content-length")).toBe(String(to - from));
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(registry.blob.slice(from, to));
    }
    const head = await get(blobPath(), { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "3000000"]);
    expect((await get(blobPath(), { headers: { range: "bytes=3000000-" } })).status).toBe(416);
  });

  it("passes parts through where nothing is kept", async () => {
    const login = Buffer.from("alice:pw").toString("base64");
    const { token } = await (
      await get("/token?scope=repository:reg.example.org/private:pull", {
        headers: { authorization: `Basic ${login}` },
      })
    ).json();
    const headers = { authorization: `Bearer ${token}`, "sec-fetch-mode": "cors" };
    const path = `/v2/reg.example.org/private/blobs/${registry.blobDigest}`;
    const part = await get(path, { headers: { ...headers, range: "bytes=5-9" } });
    expect([part.status, part.headers.get("content-length"), part.headers.get("content-range")]).toEqual([
      206,
      "5",
      "bytes 5-9/3000000",
    ]);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(registry.blob.slice(5, 10));
    const head = await get(path, { method: "HEAD", headers });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "3000000"]);
    const whole = await get(path, { headers });
    expect(whole.headers.get("content-length")).toBe("3000000");
    expect(digestOf(new Uint8Array(await whole.arrayBuffer()))).toBe(registry.blobDigest);
    // C1: what a password opened is in no shared cache.
    expect(whole.headers.get("x-cache")).toBe("BYPASS");
  });

  it("gives tokens for logins that fit, and challenges who has none", async () => {
    const path = "/v2/reg.example.org/private/manifests/latest";
    const refused = await get(path);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain(
      'scope="repository:reg.example.org/private:pull"',
    );
    const wrong = Buffer.from("alice:no").toString("base64");
    expect((await get("/token", { headers: { authorization: `Basic ${wrong}` } })).status).toBe(401);
    const form = await get("/token", {
      method: "POST",
      body: new URLSearchParams({ grant_type: "authorization_code" }),
    });
    expect(form.status).toBe(400);
  });

  it("passes uploads through with length, state and digest", async () => {
    const login = Buffer.from("alice:pw").toString("base64");
    const { token } = await (
      await get("/token?scope=repository:reg.example.org/public:pull,push", {
        headers: { authorization: `Basic ${login}` },
      })
    ).json();
    const authorization = `Bearer ${token}`;
    const began = await get("/v2/reg.example.org/public/blobs/uploads/", {
      method: "POST",
      headers: { authorization },
    });
    expect(began.status).toBe(202);
    const first = new URL(began.headers.get("location") ?? "", edge.url);
    expect(first.origin).toBe(edge.url);
    const bytes = registry.blob.slice(0, 1_500_000);
    const patched = await fetch(first, {
      method: "PATCH",
      headers: { authorization, "content-type": "application/octet-stream" },
      body: bytes,
    });
    expect(patched.status).toBe(202);
    expect(registry.heard.at(-1)).toBe("query ?_state=a+b%2Fc length 1500000");
    expect(digestOf(registry.uploaded())).toBe(digestOf(bytes));
    const last = patched.headers.get("location") ?? "";
    const put = await fetch(
      new URL(`${last}${last.includes("?") ? "&" : "?"}digest=${digestOf(bytes)}`, edge.url),
      { method: "PUT", headers: { authorization } },
    );
    expect(put.status).toBe(201);
    expect(put.headers.get("docker-content-digest")).toBe(digestOf(bytes));
  });

  it("turns a page of the registry into a refusal in the form of the specification", async () => {
    const response = await get("/v2/reg.example.org/public/tags/list");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ detail: { source: "upstream" } }] });
  });
});

describe("SEC-20 a host that is told nonsense", () => {
  it("says what and does not start", async () => {
    await expect(builds.start("node", { EDGE_DENNY: "x" })).rejects.toThrow(
      "EDGE_DENNY: found a variable that nobody reads",
    );
    await expect(builds.start("node", { HOST: "0.0.0.0" })).rejects.toThrow("EDGE_ACCESS_KEYS");
  });
});
