import { describe, expect, it } from "vitest";
import { fakeEdge, fakeRow, type Server } from "../support/fake-upstream.ts";

const SPEC = [
  "BLOB_UNKNOWN",
  "BLOB_UPLOAD_INVALID",
  "BLOB_UPLOAD_UNKNOWN",
  "DIGEST_INVALID",
  "MANIFEST_BLOB_UNKNOWN",
  "MANIFEST_INVALID",
  "MANIFEST_UNKNOWN",
  "NAME_INVALID",
  "NAME_UNKNOWN",
  "SIZE_INVALID",
  "UNAUTHORIZED",
  "DENIED",
  "UNSUPPORTED",
  "TOOMANYREQUESTS",
];
const DIGEST = `sha256:${"a".repeat(64)}`;
const TAG = "/v2/reg.fake.dev/a/manifests/1";
const over = (server: Server) => fakeEdge({ servers: { "reg.fake.dev": server } });
const html =
  (status: number, headers = {}): Server =>
  () =>
    new Response("<html><script>alert(1)</script>", {
      status,
      headers: { "content-type": "text/html", ...headers },
    });

describe("a refusal", () => {
  it.each([
    ["/v2/x/../y", 404],
    ["/v2/a%2fb/tags/list", 400],
    ["/v2/nothing.fake.com/a/tags/list", 404],
    ["/v2/reg.fake.dev/A/tags/list", 400],
    ["/v2/reg.fake.dev/a/blobs/sha256:1", 400],
    ["/v2/reg.fake.dev/a/manifests/-", 400],
    ["/v2/reg.fake.dev/a/blobs/uploads/", 405],
  ])("E1 of the proxy has the specification's form, and who says it: %s", async (path, status) => {
    const edge = over(html(200));
    const response = await edge.ask(path);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const text = await response.text();
    expect(response.headers.get("content-length")).toBe(String(new TextEncoder().encode(text).length));
    const { errors } = JSON.parse(text);
    expect(errors).toHaveLength(1);
    expect(SPEC).toContain(errors[0].code);
    expect(errors[0].message).not.toBe("");
    expect(errors[0].detail.source).toBe("proxy");
    const head = await edge.ask(path, { method: "HEAD" });
    expect(head.body).toBeNull();
    if (status === 405) return;
    expect(head.headers.get("x-error-code")).toBe(errors[0].code);
    expect(head.headers.get("x-error-message")).toBe(errors[0].message);
  });

  it("E1 of something that nobody foresaw says nothing of what it was, except in the log", async () => {
    const lines: string[] = [];
    const edge = fakeEdge({
      servers: { "reg.fake.dev": html(200) },
      host: {
        log: (line) => void lines.push(line),
        cache: {
          kind: "memory",
          read: () => {
            throw new Error("secret");
          },
          write: () => Promise.resolve(undefined),
          remove: () => Promise.resolve(),
          held: () => undefined,
        },
      },
      registries: [fakeRow("reg.fake.dev")],
    });
    const response = await edge.ask("/v2/reg.fake.dev/a/manifests/1", { method: "BREW" });
    expect(response.status).toBe(405);
    expect((await edge.ask(TAG)).status).toBe(500);
    expect(lines.join()).toContain("secret");
  });

  it("E2 of the upstream is passed on as it is when it is in the specification's form", async () => {
    const words =
      '{"errors": [ {"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"1"}} ] }\n';
    const edge = over(() => new Response(words, { status: 404, headers: { "content-type": "text/plain" } }));
    const response = await edge.ask(TAG);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(words);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-error-source")).toBe("upstream");
  });

  it.each([
    [400, 400],
    [403, 403],
    [404, 404],
    [429, 429],
    [500, 502],
    [501, 502],
    [503, 503],
    [504, 504],
    [520, 502],
    [204, 502],
  ])("E2 E3 that is a page, of status %i, is told in JSON as %i", async (status, expected) => {
    const server: Server = status === 204 ? () => new Response(null, { status }) : html(status);
    const response = await over(server).ask(TAG);
    expect(response.status).toBe(expected);
    const text = await response.text();
    expect(text).not.toContain("<");
    expect(JSON.parse(text)).toMatchObject({ errors: [{ detail: { source: "upstream", status } }] });
  });

  it.each([
    ["manifests/1", "MANIFEST_UNKNOWN"],
    [`blobs/${DIGEST}`, "BLOB_UNKNOWN"],
    ["tags/list", "NAME_UNKNOWN"],
  ])("E2 of what is not there is told by its own code: %s", async (path, code) => {
    const response = await over(html(404)).ask(`/v2/reg.fake.dev/a/${path}`);
    expect(await response.json()).toMatchObject({ errors: [{ code }] });
  });

  it("E2 is read only so far", async () => {
    let sent = 0;
    const edge = over(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              sent += 10_000;
              controller.enqueue(new Uint8Array(10_000));
            },
          }),
          { status: 500 },
        ),
    );
    expect((await edge.ask(TAG)).status).toBe(502);
    expect(sent).toBeLessThan(200_000);
  });

  it("E3 for want of quota keeps when to come back, and how much is left", async () => {
    const headers = {
      "retry-after": "30",
      "ratelimit-limit": "100;w=21600",
      "RateLimit-Remaining": "0;w=21600",
      "docker-ratelimit-source": "203.0.113.9",
    };
    for (const method of ["GET", "HEAD"]) {
      const response = await over(html(429, headers)).ask(TAG, { method });
      expect(response.status).toBe(429);
      expect(response.headers.get("retry-after")).toBe("30");
      expect(response.headers.get("ratelimit-limit")).toBe("100;w=21600");
      expect(response.headers.get("ratelimit-remaining")).toBe("0;w=21600");
      expect(response.headers.get("docker-ratelimit-source")).toBe("203.0.113.9");
      expect(response.headers.get("cache-control")).toBe("no-store");
      if (method === "GET")
        expect(await response.json()).toMatchObject({ errors: [{ code: "TOOMANYREQUESTS" }] });
    }
  });

  it("E3 of an upstream that cannot be reached is 502, and of one that does not answer 504", async () => {
    const gone = fakeEdge({ servers: {}, registries: [fakeRow("reg.fake.dev")] });
    const response = await gone.ask(TAG);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      errors: [{ code: "UNAVAILABLE", message: "reg.fake.dev cannot be reached" }],
    });
    const { DEFAULT_LIMITS } = await import("../../edge/policy.ts");
    const slow = fakeEdge({
      servers: {},
      registries: [fakeRow("reg.fake.dev")],
      policy: { limits: { ...DEFAULT_LIMITS, headerWaitMs: 1 } },
      host: {
        fetch: (_, init) =>
          new Promise((_, reject) => {
            init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
          }),
      },
    });
    expect((await slow.ask(TAG)).status).toBe(504);
  });

  it("E4 of what this proxy does not serve is 404, so that clients ask the next mirror", async () => {
    for (const path of [
      "/v2/other.fake.dev/a/manifests/1",
      "/v2/a/manifests/1",
      "/v2/a/manifests/1?ns=other.fake.dev",
    ]) {
      const response = await over(html(200)).ask(path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ errors: [{ code: "NAME_UNKNOWN" }] });
    }
  });

  it("goes out where a request goes round in a circle", async () => {
    const edge = over(html(200));
    await edge.ask(TAG);
    const own = edge.seen[0]?.headers.get("via") ?? "";
    expect(own).toMatch(/^1\.1 breakbulk-[0-9a-f]{8}$/);
    const again = await edge.ask(TAG, { headers: { via: `1.1 nginx, ${own}` } });
    expect(again.status).toBe(508);
    const chained = await edge.ask(TAG, { headers: { via: "1.1 breakbulk-00000000" } });
    expect(chained.status).not.toBe(508);
    expect(edge.seen.at(-1)?.headers.get("via")).toBe(`1.1 breakbulk-00000000, ${own}`);
    const long = await edge.ask(TAG, { headers: { via: "1.1 breakbulk-00000000, 1.1 breakbulk-00000001" } });
    expect(long.status).toBe(508);
    const self = fakeEdge({
      servers: { "proxy.fake.dev": html(200) },
      registries: [fakeRow("proxy.fake.dev")],
    });
    expect((await self.ask("/v2/proxy.fake.dev/a/manifests/1")).status).toBe(508);
    expect(self.seen).toHaveLength(0);
  });
});
