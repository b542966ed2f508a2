import { describe, expect, it } from "vitest";
import { nextTarget } from "../../edge/addresses.ts";
import { fakeEdge, fakeRow, type Server } from "../support/fake-upstream.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const tags =
  (headers: Record<string, string> = {}, body: unknown = { name: "a/b", tags: ["1", "2"] }): Server =>
  () =>
    Response.json(body, { headers });
const over = (server: Server, policy = {}) => fakeEdge({ servers: { "reg.fake.dev": server }, policy });
const PATH = "/v2/reg.fake.dev/a/b/tags/list";

describe("the list of tags", () => {
  it.each([
    ["a relative link", '</v2/a/b/tags/list?last=x%2By+z&n=2>; rel="next"'],
    ["an absolute link", '<https://reg.fake.dev/v2/a/b/tags/list?last=x%2By+z&n=2>; rel="next"'],
    ["one that says http", "<http://reg.fake.dev/v2/a/b/tags/list?last=x%2By+z&n=2>; rel=next"],
    ["one without brackets", '/v2/a/b/tags/list?last=x%2By+z&n=2; rel="next"'],
    ["one of several", '</v2/a/b/tags/list>; rel="first", </v2/a/b/tags/list?last=x%2By+z&n=2>; rel="next"'],
    ["one relative to the list", '<list?last=x%2By+z&n=2>; rel="next"'],
  ])("M6 goes on by %s, in the client's own layout", async (_, link) => {
    const edge = over(tags({ link }));
    const ways: [string, string][] = [
      [PATH, `${PATH}?last=x%2By+z&n=2`],
      ["/reg.fake.dev/v2/a/b/tags/list", "/reg.fake.dev/v2/a/b/tags/list?last=x%2By+z&n=2"],
      ["/v2/a/b/tags/list?ns=reg.fake.dev", "/v2/a/b/tags/list?last=x%2By+z&n=2&ns=reg.fake.dev"],
    ];
    for (const [path, next] of ways)
      expect((await edge.ask(path)).headers.get("link")).toBe(`<${next}>; rel="next"`);
  });

  it.each([
    '<https://evil.fake.com/v2/a/b/tags/list?n=2>; rel="next"',
    '<https://reg.fake.dev/v2/c/d/tags/list?n=2>; rel="next"',
    '</v2/a/b/tags/list?n=2>; rel="prev"',
    "nonsense",
    '<https://[>; rel="next"',
  ])("M6 goes on nowhere else: %s", async (link) => {
    expect((await over(tags({ link })).ask(PATH)).headers.get("link")).toBeNull();
  });

  it("M6 is asked for with n and last as they are", async () => {
    const edge = over(tags());
    await edge.ask(`${PATH}?n=10&last=a%2Bb+c`);
    expect(edge.seen[0]?.url).toBe("https://reg.fake.dev/v2/a/b/tags/list?n=10&last=a%2Bb+c");
  });

  it("M6 is empty, and ends, for n=0", async () => {
    const response = await over(tags({ link: '</v2/a/b/tags/list?n=0>; rel="next"' })).ask(`${PATH}?n=0`);
    expect(await response.json()).toEqual({ name: "reg.fake.dev/a/b", tags: [] });
    expect(response.headers.get("link")).toBeNull();
  });

  it("M8 has the name that the client calls the repository by", async () => {
    const edge = over(tags());
    expect(await (await edge.ask(PATH)).json()).toEqual({ name: "reg.fake.dev/a/b", tags: ["1", "2"] });
    const plain = await edge.ask("/reg.fake.dev/v2/a/b/tags/list");
    expect(await plain.json()).toEqual({ name: "a/b", tags: ["1", "2"] });
    const hub = fakeEdge({
      servers: { "reg.fake.dev": tags({}, { name: "library/x", tags: null }) },
      registries: [fakeRow("reg.fake.dev", { library: true })],
    });
    const response = await hub.ask("/reg.fake.dev/v2/x/tags/list");
    expect(await response.json()).toEqual({ name: "x", tags: null });
    expect(response.headers.get("content-length")).toBe('{"name":"x","tags":null}'.length.toString());
    expect(hub.seen[0]?.url).toBe("https://reg.fake.dev/v2/library/x/tags/list");
  });

  it.each(["<html>", "[]", "null", '"x"', '{"name":'])(
    "M8 that is no document is a failure of the upstream: %s",
    async (body) => {
      const response = await over(() => new Response(body, { headers: { "content-type": "text/html" } })).ask(
        PATH,
      );
      expect(response.status).toBe(502);
      expect(response.headers.get("content-type")).toBe("application/json");
    },
  );
});

describe("the catalog", () => {
  const catalog = tags({ link: '</v2/_catalog?last=b&n=1>; rel="next"' }, { repositories: ["a", "b/c"] });

  it("M7 has names that can be pulled from here, and goes on here", async () => {
    const edge = over(catalog);
    const named = await edge.ask("/v2/reg.fake.dev/_catalog?n=1");
    expect(await named.json()).toEqual({ repositories: ["reg.fake.dev/a", "reg.fake.dev/b/c"] });
    expect(named.headers.get("link")).toBe('</v2/reg.fake.dev/_catalog?last=b&n=1>; rel="next"');
    const below = await edge.ask("/reg.fake.dev/v2/_catalog");
    expect(await below.json()).toEqual({ repositories: ["a", "b/c"] });
    expect(below.headers.get("link")).toBe('</reg.fake.dev/v2/_catalog?last=b&n=1>; rel="next"');
  });

  it("M7 leaves out what the operator does not allow", async () => {
    const edge = over(catalog, { repositories: { allow: ["reg.fake.dev/b/**"], deny: [] } });
    expect(await (await edge.ask("/reg.fake.dev/v2/_catalog")).json()).toEqual({ repositories: ["b/c"] });
  });

  it("M7 is none where no registry is named", async () => {
    const edge = over(catalog, { default: "reg.fake.dev" });
    const response = await edge.ask("/v2/_catalog");
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ errors: [{ code: "UNSUPPORTED" }] });
    expect(edge.seen).toHaveLength(0);
  });

  it.each([
    [404, 405, "UNSUPPORTED"],
    [405, 405, "UNSUPPORTED"],
    [401, 403, "DENIED"],
  ])("M7 that a registry refuses with %i is refused with %i %s", async (status, expected, code) => {
    const edge = over(() => new Response("no", { status }));
    const response = await edge.ask("/v2/reg.fake.dev/_catalog");
    expect(response.status).toBe(expected);
    expect(await response.json()).toMatchObject({ errors: [{ code }] });
    expect(response.headers.get("www-authenticate")).toBeNull();
  });
});

describe("the referrers", () => {
  const path = `/v2/reg.fake.dev/a/b/referrers/${DIGEST}`;
  const type = "application/vnd.oci.image.index.v1+json";

  it("M9 come as they are, with what was filtered and where they go on", async () => {
    const text = '{ "schemaVersion": 2,  "manifests": [] }';
    const edge = over(
      () =>
        new Response(text, {
          headers: {
            "content-type": type,
            "oci-filters-applied": "artifactType",
            link: `</v2/a/b/referrers/${DIGEST}?x=1>; rel="next"`,
          },
        }),
    );
    const response = await edge.ask(`${path}?artifactType=a%2Fb`);
    expect(await response.text()).toBe(text);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("oci-filters-applied")).toBe("artifactType");
    expect(response.headers.get("link")).toBe(`<${path}?x=1>; rel="next"`);
    expect(edge.seen[0]?.url).toBe(`https://reg.fake.dev/v2/a/b/referrers/${DIGEST}?artifactType=a%2Fb`);
  });

  it("M9 are 404 where the registry has no such address, so that clients look for the tag", async () => {
    const response = await over(() => new Response("404 page not found", { status: 404 })).ask(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ detail: { source: "upstream" } }] });
  });
});

describe("extensions", () => {
  it("M10 are asked for only where writing is on", async () => {
    const path = "/v2/reg.fake.dev/a/b/_oci/ext/discover";
    const server = tags({}, { extensions: [] });
    expect((await over(server).ask(path)).status).toBe(405);
    const open = over(server, { write: true });
    expect((await open.ask(path)).status).toBe(200);
    expect(open.seen[0]?.url).toBe("https://reg.fake.dev/v2/a/b/_oci/ext/discover");
  });
});

describe("a Link header", () => {
  it.each([
    [null, undefined],
    ["", undefined],
    ["<a>", undefined],
    ['<a>; rel="next"', "a"],
    ['<a,b>; title="x"; rel="next"', "a,b"],
    ["</v2/_catalog?last=a;b>; rel=NEXT", "/v2/_catalog?last=a;b"],
    [`<${"x".repeat(20_000)}>; rel="next"`, undefined],
  ])("M6 is read: %s", (link, expected) => {
    expect(nextTarget(link)).toBe(expected);
  });
});
