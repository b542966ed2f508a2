import { describe, expect, it } from "vitest";
import { digestOf, fakeEdge, fakeRow, type Server } from "../support/fake-upstream.ts";

const TYPE = "application/vnd.oci.image.manifest.v1+json";
const BYTES = new TextEncoder().encode(`{ "schemaVersion": 2,\n  "mediaType": "${TYPE}" }\n`);
const DIGEST = digestOf(BYTES);
const tagged = "/v2/reg.fake.dev/a/b/manifests/1.0";
const byDigest = `/v2/reg.fake.dev/a/b/manifests/${DIGEST}`;

const manifest =
  (headers: Record<string, string> = {}, status = 200): Server =>
  () =>
    new Response(BYTES, {
      status,
      headers: {
        "content-type": TYPE,
        "content-length": String(BYTES.length),
        "docker-content-digest": DIGEST,
        etag: `"${DIGEST}"`,
        ...headers,
      },
    });
const over = (server: Server, policy = {}) => fakeEdge({ servers: { "reg.fake.dev": server }, policy });

describe("a manifest", () => {
  it.each([undefined, "*/*", ""])(
    "M1 is asked for in every kind when the client's Accept is %s",
    async (accept) => {
      const edge = over(manifest());
      await edge.ask(tagged, accept === undefined ? {} : { headers: { accept } });
      const sent = edge.seen[0]?.headers.get("accept");
      for (const kind of [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        TYPE,
        "application/vnd.docker.distribution.manifest.v2+json",
      ])
        expect(sent).toContain(kind);
    },
  );

  it("M1 is asked for as the client says, with repeated headers put together", async () => {
    const edge = over(manifest());
    const headers = new Headers([
      ["accept", TYPE],
      ["accept", "*/*"],
    ]);
    await edge.ask(tagged, { headers });
    expect(edge.seen[0]?.headers.get("accept")).toBe(`${TYPE}, */*`);
  });

  it.each([tagged, byDigest])("M2 keeps bytes, type, digest, length and entity tag: %s", async (path) => {
    const response = await over(manifest()).ask(path);
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES);
    expect(response.headers.get("content-type")).toBe(TYPE);
    expect(response.headers.get("docker-content-digest")).toBe(DIGEST);
    expect(response.headers.get("content-length")).toBe(String(BYTES.length));
    expect(response.headers.get("etag")).toBe(`"${DIGEST}"`);
  });

  it("M2 gets the digest that its registry does not say", async () => {
    const server: Server = () =>
      new Response(BYTES, { headers: { "content-type": TYPE, "x-vendor-digest": "1" } });
    const edge = over(server);
    for (const path of [tagged, byDigest])
      expect((await edge.ask(path)).headers.get("docker-content-digest")).toBe(DIGEST);
    const head = await edge.ask(byDigest, { method: "HEAD" });
    expect(head.headers.get("docker-content-digest")).toBe(DIGEST);
  });

  it.each([
    ["another one than was asked for", `/v2/reg.fake.dev/a/b/manifests/sha256:${"0".repeat(64)}`, manifest()],
    [
      "another one than its registry says",
      tagged,
      manifest({ "docker-content-digest": `sha256:${"0".repeat(64)}` }),
    ],
    ["shorter than its registry says", tagged, manifest({ "content-length": "5000" })],
  ])("M2 is refused when it is %s", async (_, path, server) => {
    const response = await over(server).ask(path);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ errors: [{ detail: { source: "upstream" } }] });
  });

  it("M2 is checked by sha512 too, and of schema 1 left to the client", async () => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-512", BYTES));
    const long = `sha512:${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    const edge = over(manifest({ "docker-content-digest": long }));
    expect((await edge.ask(`/v2/reg.fake.dev/a/b/manifests/${long}`)).status).toBe(200);
    expect((await edge.ask(`/v2/reg.fake.dev/a/b/manifests/sha512:${"0".repeat(128)}`)).status).toBe(502);
    const other = `sha256:${"1".repeat(64)}`;
    const type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    const signed = await over(manifest({ "content-type": type, "docker-content-digest": other })).ask(tagged);
    expect(signed.status).toBe(200);
    expect(signed.headers.get("docker-content-digest")).toBe(other);
  });

  it.each([
    "text/html",
    "image/svg+xml",
    "application/xhtml+xml",
    "application/xml",
    "text/html;application/json",
  ])("M2 is never sent as %s", async (type) => {
    const response = await over(manifest({ "content-type": type })).ask(tagged);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("M3 is asked for by HEAD when the client does", async () => {
    const edge = over(manifest());
    const response = await edge.ask(tagged, { method: "HEAD" });
    expect(edge.seen.map(({ method }) => method)).toEqual(["HEAD"]);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(BYTES.length));
    expect(response.headers.get("docker-content-digest")).toBe(DIGEST);
    expect(response.headers.get("content-type")).toBe(TYPE);
    expect(response.body).toBeNull();
  });

  it("M3 is refused by HEAD where its registry does not know HEAD, for clients to ask by GET", async () => {
    const edge = over((request) =>
      request.method === "HEAD" ? new Response(null, { status: 405 }) : manifest()(request),
    );
    const response = await edge.ask(tagged, { method: "HEAD" });
    expect(response.status).toBe(405);
    expect(response.headers.get("x-error-code")).toBe("UNSUPPORTED");
    expect((await edge.ask(tagged)).status).toBe(200);
  });

  it.each(["GET", "HEAD"])("M3 passes If-None-Match and 304 on: %s", async (method) => {
    const edge = over((request) =>
      request.headers.get("if-none-match") === `"${DIGEST}"`
        ? new Response(null, { status: 304, headers: { etag: `"${DIGEST}"` } })
        : new Response(null, { status: 500 }),
    );
    const response = await edge.ask(tagged, { method, headers: { "if-none-match": `"${DIGEST}"` } });
    expect(response.status).toBe(304);
    expect(response.headers.get("etag")).toBe(`"${DIGEST}"`);
  });

  it("M4 larger than the limit is refused both ways", async () => {
    const limits = { manifest: 1000 };
    const { DEFAULT_LIMITS } = await import("../../edge/policy.ts");
    const policy = { write: true, limits: { ...DEFAULT_LIMITS, ...limits } };
    const edge = over(() => new Response(new Uint8Array(1001)), policy);
    const got = await edge.ask(tagged);
    expect(got.status).toBe(502);
    expect(await got.json()).toMatchObject({ errors: [{ code: "SIZE_INVALID" }] });
    const before = edge.seen.length;
    const put = await edge.ask(tagged, { method: "PUT", body: new Uint8Array(1001) });
    expect(put.status).toBe(413);
    expect(await put.json()).toMatchObject({ errors: [{ code: "SIZE_INVALID" }] });
    expect(edge.seen).toHaveLength(before);
  });

  it("M5 is put as it is, under every tag that is asked for", async () => {
    const edge = over(
      () =>
        new Response(null, {
          status: 201,
          headers: {
            location: `https://reg.fake.dev/v2/a/b/manifests/${DIGEST}`,
            "docker-content-digest": DIGEST,
            "oci-subject": `sha256:${"2".repeat(64)}`,
            "oci-tag": "1.0, latest",
          },
        }),
      { write: true },
    );
    const response = await edge.ask(`${tagged}?tag=1.0&tag=la%74est`, {
      method: "PUT",
      body: BYTES,
      headers: { "content-type": TYPE },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(byDigest);
    expect(response.headers.get("oci-subject")).toBe(`sha256:${"2".repeat(64)}`);
    expect(response.headers.get("oci-tag")).toBe("1.0, latest");
    expect(edge.seen[0]?.url).toBe("https://reg.fake.dev/v2/a/b/manifests/1.0?tag=1.0&tag=la%74est");
    expect(edge.seen[0]?.headers.get("content-type")).toBe(TYPE);
    expect(edge.seen[0]?.body).toEqual(BYTES);
  });

  it("M5 without a length is read first, and sent with one", async () => {
    const edge = over(() => new Response(null, { status: 201 }), { write: true });
    const body = new Response(BYTES).body!;
    const response = await edge.ask(tagged, { method: "PUT", body, duplex: "half" });
    expect(response.status).toBe(201);
    expect(edge.seen[0]?.headers.get("content-length")).toBe(String(BYTES.length));
    expect(edge.seen[0]?.body).toEqual(BYTES);
  });

  it("M10 and what it names are deleted only where writing is on", async () => {
    const deleting: Server = () => new Response(null, { status: 202 });
    for (const path of [tagged, byDigest, `/v2/reg.fake.dev/a/b/blobs/${DIGEST}`]) {
      const closed = over(deleting);
      const refused = await closed.ask(path, { method: "DELETE" });
      expect(refused.status).toBe(405);
      expect(await refused.json()).toMatchObject({ errors: [{ code: "UNSUPPORTED" }] });
      expect(refused.headers.get("allow")).toContain("GET");
      expect(closed.seen).toHaveLength(0);
      const open = over(deleting, { write: true });
      expect((await open.ask(path, { method: "DELETE" })).status).toBe(202);
      expect(open.seen[0]?.url).toBe(`https://reg.fake.dev/v2/${path.slice("/v2/reg.fake.dev/".length)}`);
      const row = fakeEdge({
        servers: { "reg.fake.dev": deleting },
        registries: [fakeRow("reg.fake.dev", { write: false })],
        policy: { write: true },
      });
      expect((await row.ask(path, { method: "DELETE" })).status).toBe(405);
    }
  });
});
