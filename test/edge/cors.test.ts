import { describe, expect, it } from "vitest";
import { fakeEdge, fakeRow, type Server } from "../support/fake-upstream.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const EXPOSED =
  "Docker-Content-Digest, Docker-Distribution-Api-Version, Docker-Upload-UUID, WWW-Authenticate, Location, Link, Range, Content-Range, Accept-Ranges, Content-Length, Content-Type, ETag, Age, Retry-After, Warning, RateLimit-Limit, RateLimit-Remaining, Docker-RateLimit-Source, OCI-Subject, OCI-Tag, OCI-Filters-Applied, OCI-Namespace, OCI-Chunk-Min-Length, OCI-Chunk-Max-Length, X-Total-Count, X-Cache".split(
    ", ",
  );
const origin = "https://page.fake.dev";
const over = (server: Server, policy = {}) => fakeEdge({ servers: { "reg.fake.dev": server }, policy });
const fine: Server = () => Response.json({ name: "a", tags: [] });

describe("CORS", () => {
  it.each([
    "/v2/",
    "/v2/reg.fake.dev/a/manifests/1",
    "/v2/nothing.fake.com/a/manifests/1",
    "/v2/a%2fb/x",
    "/reg.fake.dev/v2/",
    "/v2/reg.fake.dev/a/blobs/uploads/",
  ])("X1 answers a preflight before anything else: %s", async (path) => {
    const edge = over(fine, { accessKeys: ["0123456789abcdef"] });
    const response = await edge.ask(path, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-methods")).toBe("GET, HEAD, OPTIONS");
    expect(response.headers.get("access-control-max-age")).toBe("7200");
    const allowed = (response.headers.get("access-control-allow-headers") ?? "").toLowerCase().split(", ");
    for (const name of [
      "authorization",
      "accept",
      "content-type",
      "content-range",
      "range",
      "if-none-match",
      "if-range",
      "x-requested-with",
      "x-breakbulk-key",
    ])
      expect(allowed).toContain(name);
    expect(edge.seen).toHaveLength(0);
  });

  it("X1 names the methods that write where writing is on", async () => {
    const response = await over(fine, { write: true }).ask("/v2/", {
      method: "OPTIONS",
      headers: { origin },
    });
    expect(response.headers.get("access-control-allow-methods")).toBe(
      "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE",
    );
  });

  const cases: [string, string, Server, RequestInit, number][] = [
    ["a ping", "/v2/", fine, {}, 200],
    ["a list", "/v2/reg.fake.dev/a/tags/list", fine, {}, 200],
    ["a blob", `/v2/reg.fake.dev/a/blobs/${DIGEST}`, () => new Response("x"), {}, 200],
    ["304", `/v2/reg.fake.dev/a/blobs/${DIGEST}`, () => new Response(null, { status: 304 }), {}, 304],
    ["400", "/v2/A/tags/list", fine, {}, 400],
    ["401", "/v2/reg.fake.dev/a/tags/list", fine, { headers: { authorization: "Bearer forged" } }, 401],
    ["403", "/v2/reg.fake.dev/a/tags/list", () => new Response("", { status: 403 }), {}, 403],
    ["404", "/v2/reg.fake.dev/a/tags/list", () => new Response("", { status: 404 }), {}, 404],
    ["405", "/v2/reg.fake.dev/a/tags/list", fine, { method: "POST" }, 405],
    [
      "416",
      `/v2/reg.fake.dev/a/blobs/${DIGEST}`,
      () => new Response("", { status: 416, headers: { "content-range": "bytes */5" } }),
      { headers: { range: "bytes=9-" } },
      416,
    ],
    ["429", "/v2/reg.fake.dev/a/tags/list", () => new Response("", { status: 429 }), {}, 429],
    ["502", "/v2/reg.fake.dev/a/tags/list", () => new Response("", { status: 500 }), {}, 502],
    ["a network failure", "/v2/reg.fake.dev/a/tags/list", () => Promise.reject(new TypeError("x")), {}, 502],
  ];
  it.each(cases)("X2 X3 lets a page read everything of %s", async (_, path, server, init, status) => {
    for (const method of init.method === undefined ? ["GET", "HEAD"] : [init.method]) {
      const headers = new Headers(init.headers);
      headers.set("origin", origin);
      const response = await over(server).ask(path, { ...init, method, headers });
      expect(response.status).toBe(status);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
      const exposed = (response.headers.get("access-control-expose-headers") ?? "").split(", ");
      for (const name of EXPOSED) expect(exposed).toContain(name);
      expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
      expect(response.headers.get("timing-allow-origin")).toBe("*");
    }
  });

  it("X3 is there on the answer that hands a redirect on, too", async () => {
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": () =>
          new Response(null, { status: 307, headers: { location: "https://cdn.fake.net/" } }),
      },
      registries: [fakeRow("reg.fake.dev", { blobs: "redirect" })],
    });
    const response = await edge.ask(`/v2/reg.fake.dev/a/blobs/${DIGEST}`);
    expect(response.status).toBe(307);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("X4 takes nothing from the upstream that speaks for an origin", async () => {
    const bad = {
      "access-control-allow-origin": "https://evil.fake.com",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "X",
      "set-cookie": "a=b",
      "clear-site-data": '"*"',
      "strict-transport-security": "max-age=1",
      "alt-svc": 'h3=":443"',
      nel: "{}",
      "report-to": "{}",
      refresh: "0;url=https://evil.fake.com",
      "content-disposition": "inline",
      "www-authenticate": 'Basic realm="x"',
      server: "x",
      via: "x",
    };
    for (const [path, status] of [
      ["/v2/reg.fake.dev/a/tags/list", 200],
      [`/v2/reg.fake.dev/a/blobs/${DIGEST}`, 200],
      ["/v2/reg.fake.dev/a/tags/list", 404],
    ] as const) {
      const response = await over(() => new Response("{}", { status, headers: bad })).ask(path);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      for (const name of Object.keys(bad).slice(3)) {
        if (name === "content-disposition") expect(response.headers.get(name) ?? "").not.toContain("inline");
        else expect(response.headers.get(name), name).toBeNull();
      }
    }
  });

  it("X5 reflects the origins that the policy lists, and says that it does", async () => {
    const edge = over(fine, { origins: [origin, "https://b.fake.dev"] });
    for (const method of ["GET", "OPTIONS"]) {
      const own = await edge.ask("/v2/", { method, headers: { origin } });
      expect(own.headers.get("access-control-allow-origin")).toBe(origin);
      expect(own.headers.get("vary")).toContain("Origin");
      const other = await edge.ask("/v2/", { method, headers: { origin: "https://evil.fake.com" } });
      expect(other.headers.get("access-control-allow-origin")).toBeNull();
      expect(other.headers.get("vary")).toContain("Origin");
      expect(other.headers.get("access-control-allow-credentials")).toBeNull();
      const lookalike = await edge.ask("/v2/", { method, headers: { origin: `${origin}.evil.com` } });
      expect(lookalike.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("X6 never asks for Basic, whatever the upstream asks for", async () => {
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": () =>
          new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }),
      },
      registries: [fakeRow("reg.fake.dev", { token: "auto" })],
      policy: { mode: "passthrough" },
    });
    for (const path of ["/v2/", "/v2/reg.fake.dev/a/tags/list"]) {
      const response = await edge.ask(path, { headers: { origin } });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toMatch(/^Bearer /);
      expect(response.headers.get("www-authenticate")).not.toMatch(/Basic/i);
    }
  });

  it("X7 lets pages measure, and embeds nothing by itself", async () => {
    const response = await over(fine, { origins: [origin] }).ask("/v2/", { headers: { origin } });
    expect(response.headers.get("timing-allow-origin")).toBe(origin);
    expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    const stranger = await over(fine, { origins: [origin] }).ask("/v2/", {
      headers: { origin: "https://x.fake.dev" },
    });
    expect(stranger.headers.get("timing-allow-origin")).toBeNull();
  });
});
