import { describe, expect, it } from "vitest";
import { createApp } from "../../edge/app.ts";
import { createMemoryCache } from "../../edge/memory-cache.ts";
import { policyOf } from "../../edge/parse-policy.ts";
import { type FakeNet, fakeNet, type Heard } from "../support/fake-net.ts";
import { digestOf } from "../support/loopback-registry.ts";
import { nativeHasher } from "../support/native-hash.ts";

const PROXY = "https://proxy.example.org";
const BLOB = "<html><script>alert(1)</script></html>";
const DIGEST = digestOf(BLOB);
const MANIFEST = '{"schemaVersion":2}';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

/** A registry whose blobs lie in storage elsewhere, and that knows who asks by the token. */
const registry = (asked: Heard): Response => {
  const { pathname } = new URL(asked.url);
  if (pathname === "/token") {
    const who = asked.headers.get("authorization") === null ? "anonymous" : "alice";
    return Response.json({ token: who, expires_in: 300 });
  }
  const isOpen = pathname.startsWith("/v2/public/") || asked.headers.get("authorization") === "Bearer alice";
  if (!isOpen)
    return new Response("", {
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="https://ghcr.io/token"' },
    });
  if (pathname.includes("/blobs/"))
    return new Response(null, {
      status: 307,
      headers: { location: "https://storage.example.org/blob?signature=s" },
    });
  return new Response(MANIFEST, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "set-cookie": "a=b",
      "docker-content-digest": digestOf(MANIFEST),
    },
  });
};
const storage = (): Response =>
  new Response(BLOB, {
    headers: { "content-type": "text/html", "content-length": String(BLOB.length), "set-cookie": "a=b" },
  });

function serve(
  own: object = {},
  servers: Parameters<typeof fakeNet>[0] = {},
): {
  readonly net: FakeNet;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  readonly login: (scope: string) => Promise<Record<string, string>>;
} {
  const net: FakeNet = fakeNet(
    { "ghcr.io": registry, "storage.example.org": storage, ...servers },
    {
      cache: createMemoryCache({
        bytes: 1e6,
        objectBytes: 1e6,
        newHasher: nativeHasher,
        nowMs: () => 1_000_000_000,
      }),
    },
  );
  const app = createApp(policyOf({ publicUrl: PROXY, ...own }), net);
  const get = async (path: string, init?: RequestInit): Promise<Response> =>
    app.request(`${PROXY}${path}`, init);
  return {
    net,
    get,
    async login(scope) {
      const headers = { authorization: basic("ghcr.io/alice:pw") };
      const { token } = await (await get(`/token?scope=${scope}`, { headers })).json();
      return { authorization: `Bearer ${token}`, "sec-fetch-mode": "cors" };
    },
  };
}

describe("SEC-1 nothing that a caller says is dialled", () => {
  it.each([
    ["/v2/evil.example.net/a/manifests/1", {}],
    ["/evil.example.net/v2/a/manifests/1", {}],
    ["/v2/a/manifests/1?ns=evil.example.net", {}],
    ["/v2/169.254.169.254/latest/manifests/1", {}],
    ["/v2/127.0.0.1:8080/a/manifests/1", {}],
    ["/v2/localhost/a/manifests/1", {}],
    ["/v2/ghcr.io@evil.example.net/a/manifests/1", {}],
    ["/v2/ghcr.io:1@evil/a/manifests/1", {}],
    ["/https://evil.example.net/v2/a/manifests/1", {}],
    ["/v2/a/manifests/1?url=https://evil.example.net", { host: "evil.proxy.example.org" }],
    ["/v2/evil.pkg.dev.evil.example/a/manifests/1", {}],
  ])("%s", async (path, headers) => {
    const { get, net } = serve({ default: "ghcr.io" });
    const response = await get(path, { headers });
    await response.text();
    expect(net.heard.filter(({ url }) => !url.startsWith("https://ghcr.io/"))).toEqual([]);
  });

  it.each([
    "http://storage.example.org/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://0x7f000001/x",
    "https://169.254.169.254/latest/meta-data",
    "https://metadata.google.internal/x",
    "https://storage.example.org:8443/x",
    "https://user:pw@storage.example.org/x",
    "file:///etc/passwd",
    "//localhost/x",
  ])("nor what an upstream redirects to: %s", async (location) => {
    const redirect = (asked: Heard): Response =>
      asked.url.includes("/token")
        ? registry(asked)
        : new Response(null, { status: 307, headers: { location } });
    const { get, net } = serve({}, { "ghcr.io": redirect });
    const response = await get(`/v2/ghcr.io/public/blobs/${DIGEST}`, {
      headers: { "sec-fetch-mode": "cors" },
    });
    expect(response.status).toBe(502);
    expect(net.heard.map(({ url }) => new URL(url).host)).toEqual(["ghcr.io", "ghcr.io"]);
  });
});

describe("SEC-3 credentials end where a redirect leaves the registry", () => {
  it("with Authorization, cookies, keys and whatever else a client sends", async () => {
    const { get, net, login } = serve({ accessKeys: ["key-key-key-key-key"] }, {});
    const key = { "x-breakbulk-key": "key-key-key-key-key" };
    const { token } = await (
      await get("/token?scope=repository:ghcr.io/private:pull", {
        headers: { ...key, authorization: basic("ghcr.io/alice:pw") },
      })
    ).json();
    expect(await login("repository:ghcr.io/private:pull")).toBeDefined();
    const headers = {
      ...key,
      authorization: `Bearer ${token}`,
      cookie: "c=d",
      "x-forwarded-for": "1.2.3.4",
      "sec-fetch-mode": "cors",
      range: "bytes=0-3",
    };
    await (await get(`/v2/ghcr.io/private/blobs/${DIGEST}`, { headers })).text();
    const [, , last] = net.heard.slice(-3);
    expect(last?.url).toBe("https://storage.example.org/blob?signature=s");
    expect([...(last?.headers.keys() ?? [])].sort()).toEqual([
      "accept-encoding",
      "range",
      "user-agent",
      "via",
    ]);
    for (const { headers: sent } of net.heard) {
      expect(sent.get("x-breakbulk-key")).toBeNull();
      expect(sent.get("cookie")).toBeNull();
      expect(sent.get("x-forwarded-for")).toBeNull();
    }
  });
});

describe("SEC-5 what one client's password opened", () => {
  it("is shown to no other: blobs, manifests, lists and what is missing", async () => {
    const { get, login } = serve();
    const headers = await login("repository:ghcr.io/private:pull");
    for (const path of [
      `/v2/ghcr.io/private/blobs/${DIGEST}`,
      `/v2/ghcr.io/private/manifests/${digestOf(MANIFEST)}`,
      "/v2/ghcr.io/private/manifests/latest",
    ]) {
      const mine = await get(path, { headers });
      expect(mine.status, path).toBe(200);
      expect(mine.headers.get("cache-control") ?? "").not.toContain("public");
      await mine.text();
      const others = await get(path, { headers: { "sec-fetch-mode": "cors" } });
      expect(others.status, path).toBe(401);
    }
  });

  it("is not reached through another repository that is open, though the digest is known", async () => {
    const { get, net, login } = serve();
    await (
      await get(`/v2/ghcr.io/private/blobs/${DIGEST}`, {
        headers: await login("repository:ghcr.io/private:pull"),
      })
    ).text();
    const asked = net.heard.length;
    await (await get(`/v2/ghcr.io/public/blobs/${DIGEST}`, { headers: { "sec-fetch-mode": "cors" } })).text();
    expect(net.heard.slice(asked).map(({ url }) => new URL(url).pathname)).toContain(
      `/v2/public/blobs/${DIGEST}`,
    );
  });
});

describe("SEC-7 bytes of third parties", () => {
  it("never are a page under our name", async () => {
    const { get } = serve();
    for (const path of [`/v2/ghcr.io/public/blobs/${DIGEST}`, "/v2/ghcr.io/public/manifests/latest"]) {
      const response = await get(path, { headers: { "sec-fetch-mode": "cors" } });
      expect(response.headers.get("content-type"), path).toBe("application/octet-stream");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("content-security-policy")).toBe(
        "default-src 'none'; sandbox; frame-ancestors 'none'",
      );
      expect(response.headers.get("set-cookie")).toBeNull();
      if (path.includes("/blobs/"))
        expect(response.headers.get("content-disposition")).toMatch(/^attachment/);
      await response.text();
    }
  });

  it.each(["document", "iframe", "frame", "embed", "object"])(
    "are not given to a browser that wants a %s",
    async (destination) => {
      const { get, net } = serve();
      const response = await get(`/v2/ghcr.io/public/blobs/${DIGEST}`, {
        headers: { "sec-fetch-dest": destination },
      });
      expect(response.status).toBe(403);
      expect(net.heard).toEqual([]);
    },
  );
});

describe("SEC-14 headers", () => {
  it("reach the other side by list only, both ways", async () => {
    const talkative = (asked: Heard): Response =>
      asked.url.includes("/token")
        ? registry(asked)
        : new Response(MANIFEST, {
            headers: {
              "content-type": "application/json",
              "x-evil": "1",
              "set-cookie": "a=b",
              "access-control-allow-origin": "https://evil.example",
              "strict-transport-security": "max-age=1",
              "clear-site-data": '"*"',
              "alt-svc": "h3",
              refresh: "0;url=https://evil.example",
            },
          });
    const { get, net } = serve({}, { "ghcr.io": talkative });
    const response = await get("/v2/ghcr.io/public/manifests/latest", {
      headers: { "x-evil": "1", "x-real-ip": "1.2.3.4", "cf-connecting-ip": "1.2.3.4", te: "trailers" },
    });
    await response.text();
    for (const name of [
      "x-evil",
      "set-cookie",
      "strict-transport-security",
      "clear-site-data",
      "alt-svc",
      "refresh",
    ])
      expect(response.headers.get(name), name).toBeNull();
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    for (const { headers } of net.heard)
      for (const name of ["x-evil", "x-real-ip", "cf-connecting-ip", "te"])
        expect(headers.get(name), name).toBeNull();
  });
});

describe("SEC-16 what one request may cost", () => {
  it.each([
    ["a long path", `/v2/ghcr.io/${"a/".repeat(600)}b/manifests/1`],
    ["a long name", `/v2/ghcr.io/${"a".repeat(300)}/manifests/1`],
    ["a long tag", `/v2/ghcr.io/a/manifests/${"t".repeat(129)}`],
  ])("ends before the upstream with %s", async (_, path) => {
    const { get, net } = serve();
    expect((await get(path)).status).toBe(400);
    expect(net.heard).toEqual([]);
  });

  it("ends at six redirects in a row", async () => {
    const round = (): Response =>
      new Response(null, { status: 307, headers: { location: "https://storage.example.org/again" } });
    const { get, net } = serve({}, { "storage.example.org": round });
    const response = await get(`/v2/ghcr.io/public/blobs/${DIGEST}`, {
      headers: { "sec-fetch-mode": "cors" },
    });
    expect(response.status).toBe(502);
    expect(net.heard.length).toBeLessThanOrEqual(8);
  });

  it("ends at a manifest that is too large", async () => {
    const large = (asked: Heard): Response =>
      asked.url.includes("/token") ? registry(asked) : new Response("x".repeat(9_000_000));
    const { get } = serve({}, { "ghcr.io": large });
    expect((await get("/v2/ghcr.io/public/manifests/latest")).status).toBe(502);
  });
});

describe("SEC-17 a proxy in front of itself", () => {
  it("is noticed by the word that it leaves", async () => {
    const { get, net } = serve();
    await (await get("/v2/ghcr.io/public/manifests/latest")).text();
    const via = net.heard.at(-1)?.headers.get("via") ?? "";
    expect(via).toContain("breakbulk");
    const asked = net.heard.length;
    const again = await get("/v2/ghcr.io/public/manifests/latest", { headers: { via } });
    expect(again.status).toBe(508);
    expect(net.heard).toHaveLength(asked);
  });
});
