import { describe, expect, it } from "vitest";
import { createApp } from "../../edge/app.ts";
import { createMemoryCache } from "../../edge/memory-cache.ts";
import { policyOf } from "../../edge/parse-policy.ts";
import { kindOf } from "../../edge/watch.ts";
import { type FakeNet, fakeNet } from "../support/fake-net.ts";
import { nativeHasher } from "../support/native-hash.ts";

const PROXY = "https://proxy.example.org";
const KEY = "key-key-key-key-key";

function serve(
  own: object = {},
  servers: Parameters<typeof fakeNet>[0] = {},
): { net: FakeNet; get: (path: string, init?: RequestInit) => Promise<Response> } {
  const net: FakeNet = fakeNet(servers, {
    cache: createMemoryCache({
      bytes: 1e6,
      objectBytes: 1e6,
      newHasher: nativeHasher,
      nowMs: () => 1_000_000_000,
    }),
  });
  const app = createApp(policyOf({ publicUrl: PROXY, ...own }), net);
  return { net, get: async (path, init) => app.request(`${PROXY}${path}`, init) };
}

const hub = (): Response =>
  Response.json({
    count: 120,
    next: "https://hub.docker.com/…",
    results: [
      {
        repo_name: "alpine",
        short_description: "A\nminimal image",
        star_count: 11,
        pull_count: 5,
        is_official: true,
        is_automated: false,
      },
      { repo_name: "<script>", star_count: 1 },
      { repo_name: "acme/app", star_count: -3 },
    ],
  });

describe("S1 docker search", () => {
  it("is told that this is a registry that can be searched", async () => {
    const response = await serve().get("/v1/_ping");
    expect(response.status).toBe(200);
    expect(response.headers.get("x-docker-registry-standalone")).toBe("true");
  });

  it("gets Docker Hub's first shape", async () => {
    const { get, net } = serve({}, { "hub.docker.com": hub });
    const response = await get("/v1/search?q=alp&n=50&page=2");
    expect(await response.json()).toEqual({
      query: "alp",
      page: 2,
      page_size: 50,
      num_pages: 3,
      num_results: 120,
      results: [
        {
          name: "alpine",
          description: "A minimal image",
          star_count: 11,
          is_official: true,
          is_automated: false,
          is_trusted: false,
        },
        {
          name: "acme/app",
          description: "",
          star_count: 0,
          is_official: false,
          is_automated: false,
          is_trusted: false,
        },
      ],
    });
    expect(net.heard[0]?.url).toBe(
      "https://hub.docker.com/v2/search/repositories/?query=alp&page=2&page_size=50",
    );
  });

  it("may name another registry, and gets names that can be pulled", async () => {
    const quay = () =>
      Response.json({
        results: [{ namespace: { name: "coreos" }, name: "etcd", stars: 3 }],
        has_additional: false,
      });
    const { get } = serve({}, { "quay.io": quay });
    const { results } = await (await get("/v1/search?q=quay.io/etcd")).json();
    expect(results).toMatchObject([{ name: "quay.io/coreos/etcd", star_count: 3 }]);
  });
});

describe("S1 a search of a catalog", () => {
  const row = { key: "reg.example.org", base: "https://reg.example.org", search: "catalog" };
  const other = { key: "other.example.org", base: "https://other.example.org" };
  const settings = { public: true, registries: [row, other], default: row.key };
  const login = (text: string): RequestInit => ({ headers: { authorization: `Basic ${btoa(text)}` } });
  const guarded: Parameters<typeof fakeNet>[0][string] = ({ headers, url }) => {
    const good = headers.get("authorization") === `Basic ${btoa("alice:pw")}`;
    if (!good) return new Response("", { status: 401, headers: { "www-authenticate": "Basic realm=x" } });
    return url.includes("_catalog") ? Response.json({ repositories: ["a/crane", "b"] }) : new Response("{}");
  };

  it("takes the login that docker sends as Basic, for the registry that the login names", async () => {
    const { get, net } = serve(settings, { "reg.example.org": guarded, "other.example.org": guarded });
    const found = await get("/v1/search?q=crane", login("reg.example.org/alice:pw"));
    expect(await found.json()).toMatchObject({ results: [{ name: "a/crane" }] });
    const wrong = await get("/v1/search?q=crane", login("reg.example.org/alice:no"));
    expect(wrong.status).toBe(401);
    const elsewhere = await get("/v1/search?q=crane", login("other.example.org/alice:pw"));
    expect(elsewhere.status).toBe(401);
    const last = net.heard.at(-1);
    expect([last?.url, last?.headers.get("authorization")]).toEqual(["https://reg.example.org/v2/", null]);
  });

  it("is open to someone who is logged in at another registry, whose token stays here", async () => {
    const open = (): Response => Response.json({ repositories: ["a/crane"] });
    const { get, net } = serve(settings, { "reg.example.org": open, "other.example.org": guarded });
    const asked = await get("/token?service=breakbulk", login("other.example.org/alice:pw"));
    const { token } = JSON.parse(await asked.text());
    const found = await get("/v1/search?q=crane", { headers: { authorization: `Bearer ${token}` } });
    expect(await found.json()).toMatchObject({ results: [{ name: "a/crane" }] });
    expect(net.heard.at(-1)?.headers.get("authorization")).toBeNull();
  });

  it("takes the key of a private proxy as the password", async () => {
    const open = (): Response => Response.json({ repositories: ["a/crane"] });
    const closed = { ...settings, public: false, accessKeys: [KEY] };
    const { get } = serve(closed, { "reg.example.org": open });
    expect((await get("/v1/search?q=crane", login(`key:${KEY}`))).status).toBe(200);
    expect((await get("/v1/search?q=crane", login("key:no"))).status).toBe(401);
  });
});

describe("A10 an upstream that takes no token", () => {
  it("is told to the client with our challenge, the first time and every time after", async () => {
    const { get } = serve(
      { public: true, registries: ["ghcr.io"], default: "ghcr.io" },
      {
        "ghcr.io": ({ url }) =>
          url.includes("/token")
            ? Response.json({ token: "t", expires_in: 300 })
            : new Response("", {
                status: 401,
                headers: { "www-authenticate": 'Bearer realm="https://ghcr.io/token",service="ghcr.io"' },
              }),
      },
    );
    for (const method of ["HEAD", "HEAD", "GET"]) {
      const response = await get("/v2/ghcr.io/a/b/manifests/1", { method });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain('scope="repository:ghcr.io/a/b:pull"');
    }
  });
});

describe("S2 the page's search", () => {
  it("has one schema for every registry, each row with where it is from", async () => {
    const { get } = serve(
      {
        registries: [
          "docker.io",
          "public.ecr.aws",
          { key: "own.example.org", search: "catalog", token: "none" },
          "ghcr.io",
        ],
      },
      {
        "hub.docker.com": hub,
        "api.us-east-1.gallery.ecr.aws": () =>
          Response.json({
            repositoryCatalogSearchResultList: [
              { primaryRegistryAliasName: "nginx", repositoryName: "nginx", registryVerified: true },
            ],
            totalResults: 1,
          }),
        "own.example.org": () => Response.json({ repositories: ["team/app", "team/other"] }),
      },
    );
    expect(await (await get("/search?q=alp")).json()).toMatchObject({
      registry: "docker.io",
      total: 120,
      more: true,
      results: [{ registry: "docker.io", name: "alpine", pulls: 5 }, {}],
    });
    expect(await (await get("/search?q=nginx&registry=public.ecr.aws")).json()).toMatchObject({
      results: [{ registry: "public.ecr.aws", name: "nginx/nginx", official: true }],
      more: false,
    });
    expect(await (await get("/search?q=app&registry=own.example.org")).json()).toMatchObject({
      results: [{ registry: "own.example.org", name: "team/app" }],
      more: false,
    });
    const none = await get("/search?q=x&registry=ghcr.io");
    expect(none.status).toBe(404);
    expect(await none.json()).toMatchObject({
      errors: [{ code: "UNSUPPORTED", message: "ghcr.io has no search" }],
    });
  });

  it("takes a refusal past the last page for the end", async () => {
    const { get } = serve({}, { "hub.docker.com": () => new Response("no", { status: 403 }) });
    expect(await (await get("/search?q=alp&page=9")).json()).toMatchObject({ results: [], more: false });
    expect((await get("/search?q=alp")).status).toBe(403);
  });

  it("is asked of the registry once a minute", async () => {
    const { get, net } = serve({}, { "hub.docker.com": hub });
    await get("/search?q=alp");
    expect(await (await get("/search?q=alp")).json()).toMatchObject({ total: 120 });
    await get("/search?q=alq");
    expect(net.heard).toHaveLength(2);
  });
});

describe("S3 a search", () => {
  it.each([
    ["a page", () => new Response("<html><script>1</script>", { headers: { "content-type": "text/html" } })],
    ["too much", () => Response.json({ results: "x".repeat(3_000_000) })],
    [
      "a redirect",
      () => new Response(null, { status: 302, headers: { location: "https://evil.example.net/" } }),
    ],
    [
      "nothing",
      () => {
        throw new TypeError("down");
      },
    ],
  ])("that is answered with %s is a failure, and nothing of it goes on", async (_, answer) => {
    const { get } = serve({}, { "hub.docker.com": answer });
    const response = await get("/search?q=alp");
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).not.toContain("script");
  });

  it("cannot be sent anywhere else", async () => {
    const { get, net } = serve({}, { "hub.docker.com": hub });
    expect((await get("/search?q=x&registry=evil.example.net")).status).toBe(404);
    await get(`/search?q=${encodeURIComponent("x&page=1#@evil.example.net/../")}`);
    expect(net.heard.map(({ url }) => new URL(url).host)).toEqual(["hub.docker.com"]);
  });
});

describe("the capability document", () => {
  it("X8 says limits beforehand", async () => {
    const { get } = serve({ write: true, limits: { requestBody: 104_857_600 } });
    const response = await get("/.well-known/breakbulk.json", {
      headers: { origin: "https://page.example" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const document = await response.json();
    expect(document).toMatchObject({
      kind: "breakbulk-edge",
      mode: "passthrough",
      write: true,
      key: false,
      requestBody: 104_857_600,
      chunk: 103_809_024,
      cache: "memory",
    });
    expect(document.registries[0]).toEqual({
      key: "docker.io",
      aliases: expect.any(Array),
      write: true,
      login: true,
      search: true,
      default: true,
    });
  });

  it("tells the table only to those who may use it", async () => {
    const { get } = serve({ accessKeys: [KEY] });
    expect(await (await get("/.well-known/breakbulk.json")).json()).not.toHaveProperty("registries");
    expect(await (await get(`/k/${KEY}/.well-known/breakbulk.json`)).json()).toHaveProperty("registries");
    expect((await get("/k/wrong/.well-known/breakbulk.json")).status).toBe(403);
  });
});

describe("SEC-8 the proxy's own page", () => {
  it("says what it is and whom to write to, is indexed by nobody and can run nothing", async () => {
    const { get } = serve({ abuseContact: "<abuse@example.org>" });
    const response = await get("/mirror");
    const text = await response.text();
    expect(text).toContain("&#60;abuse@example.org&#62;");
    expect(text).not.toMatch(/<script|<style|style=|href=|src=/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("x-robots-tag")).toContain("noindex");
    expect(await (await get("/robots.txt")).text()).toContain("Disallow: /");
  });

  it("SEC-21 has configurations that trust the mirror with digests and not with tags", async () => {
    const text = (await (await serve().get("/mirror")).text()).replaceAll("&#34;", '"');
    expect(text).toContain('"registry-mirrors": [\n    "https://proxy.example.org/docker.io"\n  ]');
    expect(text).toContain('capabilities = ["pull"]');
    expect(text).not.toContain('resolve"');
    expect(text).toContain('pull-from-mirror = "digest-only"');
    expect(text).toContain('location = "proxy.example.org/quay.io"');
    expect(text).toContain('mirrors = ["proxy.example.org/ghcr.io"]');
  });

  it("shows a private deployment's configurations with a placeholder, to those who have the key", async () => {
    const { get } = serve({ accessKeys: [KEY] });
    expect(await (await get("/mirror")).text()).not.toContain("docker.io");
    const text = await (await get(`/k/${KEY}/mirror`)).text();
    expect(text).toContain("https://proxy.example.org/k/KEY/docker.io");
    expect(text).not.toContain(KEY);
  });
});

describe("the proxy's own addresses", () => {
  it.each(["/token", "/v1/_ping", "/search", "/metrics", "/mirror", "/healthz"])(
    "X3 %s can be read by pages, refusals too, and answers a preflight",
    async (path) => {
      const { get } = serve({ accessKeys: [KEY] });
      for (const method of ["GET", "DELETE", "OPTIONS"]) {
        const response = await get(path, { method, headers: { origin: "https://page.example" } });
        expect(response.headers.get("access-control-allow-origin"), method).toBe("*");
        if (method === "OPTIONS") expect(response.status).toBe(204);
        if (method === "DELETE") expect(response.status).toBe(405);
      }
    },
  );

  it("X6 never ask for a password with a prompt", async () => {
    const { get } = serve({ accessKeys: [KEY] });
    for (const path of ["/token", "/search?q=x", "/v2/", "/v2/ghcr.io/a/b/manifests/1"]) {
      const response = await get(path);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate") ?? "Bearer ").toMatch(/^Bearer /);
    }
  });

  it("answer a HEAD with the length of the GET and nothing else", async () => {
    const response = await serve().get("/healthz", { method: "HEAD" });
    expect(response.headers.get("content-length")).toBe("3");
    expect(await response.text()).toBe("");
  });
});

describe("SEC-12 limits", () => {
  it("refuse one client in the form of the specification, and say when to come back", async () => {
    const { get } = serve(
      { rates: { tokens: 1 } },
      { "ghcr.io": () => Response.json({ token: "t", expires_in: 300 }) },
    );
    const path = "/token?scope=repository:ghcr.io/a/b:pull";
    expect((await get(path)).status).toBe(200);
    const response = await get(path);
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("60");
    expect(response.headers.get("ratelimit-remaining")).toBe("0;w=60");
    expect(await response.json()).toMatchObject({
      errors: [{ code: "TOOMANYREQUESTS", detail: { source: "proxy" } }],
    });
  });

  it("count bytes of blobs and manifests apart", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const { get } = serve(
      {
        mode: "anonymous",
        rates: { blobBytes: 5, manifests: 1 },
        registries: [{ key: "own.example.org", token: "none" }],
        default: "own.example.org",
      },
      { "own.example.org": () => new Response("12345678", { headers: { "content-length": "8" } }) },
    );
    const first = await get(`/v2/a/blobs/${digest}`);
    expect(first.status).toBe(200);
    await first.text().catch(() => undefined);
    expect((await get(`/v2/a/blobs/${digest}`)).status).toBe(429);
    expect((await get("/v2/a/manifests/1")).status).not.toBe(429);
    expect((await get("/v2/a/manifests/1")).status).toBe(429);
    expect((await get("/v2/a/manifests/1", { method: "HEAD" })).status).not.toBe(429);
  });
});

describe("SEC-19 the log", () => {
  it("has a line for each request, with its number, and none of its secrets", async () => {
    const { get, net } = serve(
      { accessKeys: [KEY] },
      {
        "ghcr.io": (asked) =>
          asked.url.includes("/token")
            ? Response.json({ token: "upstream-token" })
            : new Response(null, {
                status: 307,
                headers: { location: "https://storage.example.org/x?X-Signature=signed" },
              }),
        "storage.example.org": () => new Response("blob", { headers: { "content-length": "4" } }),
      },
    );
    const password = Buffer.from(`ghcr.io/alice:${KEY}:hunter2`).toString("base64");
    const { token } = await (
      await get("/token?scope=repository:ghcr.io/a/b:pull&secret=in-query", {
        headers: { authorization: `Basic ${password}` },
      })
    ).json();
    const response = await get(`/v2/ghcr.io/a/b/blobs/sha256:${"0".repeat(64)}`, {
      headers: { authorization: `Bearer ${token}`, "sec-fetch-mode": "cors" },
    });
    await response.text().catch(() => undefined);
    await get(`/k/${KEY}/v2/ghcr.io/a/b/tags/list`);
    expect((await get(`/v2/?key=${KEY}`)).status).toBe(400);
    const lines = net.lines.map((line) => JSON.parse(line));
    expect(lines.map(({ kind }) => kind)).toEqual(["token", "blob", "tags", "ping"]);
    expect(lines[1]).toMatchObject({
      registry: "ghcr.io",
      repository: "ghcr.io/a/b",
      method: "GET",
      client: "192.0.2.1",
      id: response.headers.get("x-request-id"),
    });
    expect(lines[2]).toMatchObject({ client: "key 0" });
    const text = net.lines.join("\n");
    for (const secret of [
      KEY,
      "hunter2",
      "alice",
      "upstream-token",
      "in-query",
      "signed",
      "storage",
      password,
      token,
    ])
      expect(text).not.toContain(secret);
  });

  it("and the counts of it know kinds and states only", async () => {
    const { get } = serve();
    await get("/healthz");
    await get("/v2/evil.example/nope/manifests/1");
    const text = await (await get("/metrics")).text();
    expect(text).toContain('breakbulk_requests_total{kind="healthz",status="200"} 1');
    expect(text).toContain('breakbulk_requests_total{kind="manifest",status="404"} 1');
    expect(text).not.toContain("nope");
  });

  it.each([
    ["/v2/", "ping"],
    ["/ghcr.io/v2/", "ping"],
    ["/v2/manifests/blobs/manifests/tags", "manifest"],
    ["/v2/a/blobs/uploads/", "upload"],
    ["/v2/a/blobs/uploads/x", "upload"],
    ["/index.html", "page"],
    ["/.well-known/breakbulk.json", ".well-known"],
  ])("calls %s a %s", (path, kind) => {
    expect(kindOf(path)).toBe(kind);
  });
});

describe("SEC-6 two apps", () => {
  it("share no state: what one has learnt the other does not know", async () => {
    const one = serve({}, { "ghcr.io": () => Response.json({ token: "t" }) });
    const two = serve({}, { "ghcr.io": () => Response.json({ token: "t" }) });
    const path = "/token?scope=repository:ghcr.io/a/b:pull";
    const { token } = await (await one.get(path)).json();
    await two.get(path);
    expect(two.net.heard).toHaveLength(1);
    expect((await two.get("/v2/", { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });
});
