import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../edge/policy.ts";
import { fakeEdge, fakeRow, piecesOf, type Server } from "../support/fake-upstream.ts";
import { randomBytes } from "../support/random.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const BEGIN = "/v2/reg.fake.dev/a/b/blobs/uploads/";
const answer =
  (status: number, headers: Record<string, string> = {}): Server =>
  () =>
    new Response(null, { status, headers });
const over = (server: Server, own = {}) =>
  fakeEdge({ servers: { "reg.fake.dev": server }, policy: { write: true, ...own } });
const post = { method: "POST", headers: { "content-length": "0" } };

describe("an upload", () => {
  it("U1 is begun, fed, asked for, ended and given up", async () => {
    const edge = over(
      answer(202, { location: "/v2/a/b/blobs/uploads/1", range: "0-9", "docker-upload-uuid": "1" }),
    );
    const steps: [string, string, RequestInit & { duplex?: "half" }][] = [
      ["POST", BEGIN, {}],
      ["POST", `${BEGIN}?digest=${DIGEST}`, { body: "x" }],
      ["POST", `${BEGIN}?digest-algorithm=sha512`, {}],
      ["PATCH", `${BEGIN}1?_state=a%2Bb`, { body: "0123456789" }],
      ["GET", `${BEGIN}1?_state=a%2Bb`, {}],
      ["PUT", `${BEGIN}1?_state=a%2Bb&digest=${DIGEST}`, { body: "x" }],
      ["DELETE", `${BEGIN}1?_state=a%2Bb`, {}],
    ];
    for (const [method, path, init] of steps) {
      const response = await edge.ask(path, { method, ...init });
      expect(response.status, method).toBe(202);
      const seen = edge.seen.at(-1)!;
      expect([seen.method, seen.url]).toEqual([
        method,
        `https://reg.fake.dev/v2/${path.slice("/v2/reg.fake.dev/".length)}`,
      ]);
      expect(new TextDecoder().decode(seen.body)).toBe(init.body ?? "");
    }
  });

  it.each([
    ["relative", "/v2/a/b/blobs/uploads/u-1?_state=a+b%20c%2B%3d"],
    ["absolute", "https://reg.fake.dev/v2/a/b/blobs/uploads/u-1?_state=a+b%20c%2B%3d"],
    ["http", "http://reg.fake.dev/v2/a/b/blobs/uploads/u-1?_state=a+b%20c%2B%3d"],
    ["relative to itself", "./u-1?_state=a+b%20c%2B%3d"],
  ])(
    "R7 U2 goes on where its registry says, in the client's layout and with the query untouched: %s",
    async (_, location) => {
      const edge = over(answer(202, { location }));
      const query = "_state=a+b%20c%2B%3d";
      const ways: [string, string][] = [
        [BEGIN, `${BEGIN}u-1?${query}`],
        ["/reg.fake.dev/v2/a/b/blobs/uploads/", `/reg.fake.dev/v2/a/b/blobs/uploads/u-1?${query}`],
        ["/v2/a/b/blobs/uploads/?ns=reg.fake.dev", `/v2/a/b/blobs/uploads/u-1?${query}&ns=reg.fake.dev`],
      ];
      for (const [path, expected] of ways) {
        const response = await edge.ask(path, post);
        expect(response.headers.get("location")).toBe(expected);
        await edge.ask(expected, { method: "PATCH", body: "x" });
        expect(edge.seen.at(-1)?.url).toBe(`https://reg.fake.dev/v2/a/b/blobs/uploads/u-1?${query}`);
      }
    },
  );

  it.each(["&", "?"])(
    "U2 is ended by a digest that the client puts behind the query with %s",
    async (mark) => {
      const edge = over(answer(201));
      const response = await edge.ask(`${BEGIN}1?_state=x${mark}digest=${DIGEST}`, {
        method: "PUT",
        body: "x",
      });
      expect(edge.seen[0]?.url).toBe(`https://reg.fake.dev/v2/a/b/blobs/uploads/1?_state=x&digest=${DIGEST}`);
      expect(response.headers.get("location")).toBeNull();
    },
  );

  describe("at another host or in another place", () => {
    const foreign = "https://up.fake.net/session/1?sig=a%2Bb+c";
    const two = (location = foreign, own = {}) =>
      fakeEdge({
        servers: {
          "reg.fake.dev": answer(202, { location }),
          "up.fake.net": answer(202, { location: "/session/2?sig=d" }),
          "10.0.0.1": answer(202),
        },
        registries: [
          fakeRow("reg.fake.dev", { token: "basic", credential: { username: "op", password: "pw" } }),
          fakeRow("other.fake.dev"),
        ],
        policy: { write: true, mode: "gateway", public: true, ...own },
      });

    it("U2 is sealed, and gone on with there, without credentials", async () => {
      const edge = two();
      const begun = (await edge.ask(BEGIN, post)).headers.get("location")!;
      expect(begun).toMatch(/^\/v2\/reg\.fake\.dev\/a\/b\/blobs\/uploads\/~[A-Za-z0-9_-]+$/);
      expect(begun).not.toContain("fake.net");
      expect(edge.seen[0]?.headers.get("authorization")).toBe(`Basic ${btoa("op:pw")}`);
      const fed = await edge.ask(begun, { method: "PATCH", body: "x" });
      expect(fed.status).toBe(202);
      expect(edge.seen[1]?.url).toBe(foreign);
      expect(edge.seen[1]?.headers.get("authorization")).toBeNull();
      const next = fed.headers.get("location")!;
      expect(next).not.toBe(begun);
      await edge.ask(`${next}?digest=${DIGEST}`, { method: "PUT", body: "x" });
      expect(edge.seen[2]?.url).toBe(`https://up.fake.net/session/2?sig=d&digest=${DIGEST}`);
    });

    it.each([
      "/v2/c/d/blobs/uploads/1",
      "/upload/1?x=y",
      "/v2/a/b/blobs/uploads/1?ns=x",
      "/v2/a/b/blobs/uploads/~x",
    ])("U2 is sealed as well where it cannot be told from the address: %s", async (location) => {
      const edge = two(location);
      const begun = (await edge.ask(BEGIN, post)).headers.get("location")!;
      expect(begun).toMatch(/uploads\/~[A-Za-z0-9_-]{40,}$/);
      await edge.ask(begun, { method: "PATCH", body: "x" });
      expect(edge.seen[1]?.url).toBe(`https://reg.fake.dev${location}`);
    });

    it("U2 is known only in its repository, and until it expires, and unchanged", async () => {
      let now = 1_700_000_000_000;
      const edge = fakeEdge({
        servers: { "reg.fake.dev": answer(202, { location: foreign }), "up.fake.net": answer(202) },
        registries: [fakeRow("reg.fake.dev"), fakeRow("other.fake.dev")],
        policy: { write: true },
        nowMs: () => now,
      });
      const begun = (await edge.ask(BEGIN, post)).headers.get("location")!;
      const wrong = [
        begun.replace("/a/b/", "/a/c/"),
        begun.replace("reg.fake.dev", "other.fake.dev"),
        begun.slice(0, -2) + (begun.endsWith("A") ? "BB" : "AA"),
        `${BEGIN}~${btoa("https://up.fake.net/").replaceAll("=", "")}`,
      ];
      for (const path of wrong) {
        const response = await edge.ask(path, { method: "PATCH", body: "x" });
        expect(response.status, path).toBe(404);
        expect(await response.json()).toMatchObject({ errors: [{ code: "BLOB_UPLOAD_UNKNOWN" }] });
      }
      expect((await edge.ask(begun, { method: "PATCH", body: "x" })).status).toBe(202);
      now += 13 * 3600_000;
      expect((await edge.ask(begun, { method: "PATCH", body: "x" })).status).toBe(404);
      expect(edge.seen.filter(({ url }) => url.includes("up.fake.net"))).toHaveLength(1);
    });

    it("U2 is gone on with only by who began it", async () => {
      const keys = ["first-key-0123456789", "second-key-0123456789"];
      const edge = two(foreign, { public: false, accessKeys: keys });
      const ask = (path: string, method: string, key: number) =>
        edge.ask(path, { method, headers: { "x-breakbulk-key": keys[key] ?? "" } });
      const begun = (await ask(BEGIN, "POST", 0)).headers.get("location") ?? "";
      expect((await ask(begun, "DELETE", 1)).status).toBe(404);
      expect((await ask(begun, "DELETE", 0)).status).toBe(202);
    });

    it.each([
      "http://up.fake.net/1",
      "https://10.0.0.1/1",
      "https://u:p@up.fake.net/1",
      "https://localhost/1",
      "gopher://x/1",
    ])("U2 is refused where it may not be dialled: %s", async (location) => {
      const edge = two(location);
      const response = await edge.ask(BEGIN, post);
      expect(response.status).toBe(502);
      expect(response.headers.get("location")).toBeNull();
    });
  });

  it("U3 says how far it is, and how large a piece may be", async () => {
    const headers = {
      location: "/v2/a/b/blobs/uploads/1",
      range: "0-1023",
      "docker-upload-uuid": "u-1",
      "oci-chunk-min-length": "5242880",
    };
    const limits = { ...DEFAULT_LIMITS, requestBody: 100_000_000 };
    const response = await over(answer(202, headers), { limits }).ask(BEGIN, post);
    expect(response.headers.get("range")).toBe("0-1023");
    expect(response.headers.get("docker-upload-uuid")).toBe("u-1");
    expect(response.headers.get("oci-chunk-min-length")).toBe("5242880");
    expect(response.headers.get("oci-chunk-max-length")).toBe(String(100_000_000 - 65_536));
    expect(
      (await over(answer(202, headers)).ask(BEGIN, post)).headers.get("oci-chunk-max-length"),
    ).toBeNull();
  });

  it("U4 U9 is sent as it comes, with its length and its place, and none of the connection's headers", async () => {
    const edge = over(answer(202));
    const bytes = randomBytes(100_000, 7);
    await edge.ask(`${BEGIN}1`, {
      method: "PATCH",
      body: piecesOf(bytes, 1000),
      duplex: "half",
      headers: {
        "content-length": "100000",
        "content-range": "0-99999",
        "content-type": "application/octet-stream",
        expect: "100-continue",
        "x-forwarded-for": "1.2.3.4",
      },
    });
    const { headers, body } = edge.seen[0];
    expect(body).toEqual(bytes);
    expect(headers.get("content-length")).toBe("100000");
    expect(headers.get("content-range")).toBe("0-99999");
    for (const name of ["expect", "connection", "transfer-encoding", "host", "x-forwarded-for"])
      expect(headers.get(name)).toBeNull();
  });

  it("U4 is sent without a length when it has none", async () => {
    const edge = over(answer(202));
    await edge.ask(`${BEGIN}1`, { method: "PATCH", body: piecesOf(new Uint8Array(10), 3), duplex: "half" });
    expect(edge.seen[0]?.headers.get("content-length")).toBeNull();
    expect(edge.seen[0]?.body).toHaveLength(10);
  });

  it.each([301, 302, 307, 308])("U5 is redirected by the client, to this proxy: %i", async (status) => {
    const edge = over(answer(status, { location: "https://up.fake.net/x" }));
    const response = await edge.ask(`${BEGIN}1`, { method: "PATCH", body: "x", redirect: "manual" });
    expect(response.status).toBe(307);
    expect(response.headers.get("location")).toMatch(/^\/v2\/reg\.fake\.dev\/a\/b\/blobs\/uploads\/~/);
    expect(edge.seen).toHaveLength(1);
  });

  it("U6 is not sent again once it has been sent", async () => {
    const challenge = { "www-authenticate": 'Bearer realm="https://reg.fake.dev/token",service="s"' };
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": (request) =>
          new URL(request.url).pathname === "/token"
            ? Response.json({ token: "t" })
            : new Response(null, { status: 401, headers: challenge }),
      },
      registries: [
        fakeRow("reg.fake.dev", { token: "auto", credential: { username: "op", password: "pw" } }),
      ],
      policy: { write: true, mode: "gateway", public: true },
    });
    const response = await edge.ask(`${BEGIN}1`, { method: "PATCH", body: "x" });
    expect(response.status).toBeGreaterThanOrEqual(401);
    expect(edge.seen.filter(({ method }) => method === "PATCH")).toHaveLength(1);
  });

  it.each([
    ["/v2/reg.fake.dev/a/b", "from=reg.fake.dev/c/d", "from=c/d"],
    ["/v2/reg.fake.dev/a/b", "from=reg.fake.dev%2Fc%2Fd", "from=c/d"],
    ["/v2/reg.fake.dev/a/b", "from=REG.fake.dev/c/d", "from=c/d"],
    ["/reg.fake.dev/v2/a/b", "from=c/d", "from=c/d"],
    ["/reg.fake.dev/v2/a/b", "from=reg.fake.dev/c/d", "from=c/d"],
    ["/reg.fake.dev/v2/a/b", "from=hub", "from=library/hub"],
  ])("U7 mounts from the repository as its registry calls it: %s %s", async (base, from, expected) => {
    const edge = fakeEdge({
      servers: { "reg.fake.dev": answer(201, { location: `/v2/a/b/blobs/${DIGEST}` }) },
      registries: [fakeRow("reg.fake.dev", { library: true })],
      policy: { write: true },
    });
    const response = await edge.ask(`${base}/blobs/uploads/?mount=${DIGEST}&${from}`, post);
    expect(edge.seen[0]?.url).toBe(`https://reg.fake.dev/v2/a/b/blobs/uploads/?mount=${DIGEST}&${expected}`);
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(`${base}/blobs/${DIGEST}`);
  });

  it.each([
    ["/v2/reg.fake.dev/a/b", "from=ghcr.io/c/d"],
    ["/v2/reg.fake.dev/a/b", "from=c/d"],
    ["/reg.fake.dev/v2/a/b", "from=ghcr.io/c/d"],
    ["/reg.fake.dev/v2/a/b", "from=../x"],
  ])("U7 begins without a mount where that would be from another registry: %s %s", async (base, from) => {
    const edge = over(answer(202, { location: "/v2/a/b/blobs/uploads/1" }));
    const response = await edge.ask(`${base}/blobs/uploads/?mount=${DIGEST}&${from}`, post);
    expect(edge.seen[0]?.url).toBe("https://reg.fake.dev/v2/a/b/blobs/uploads/");
    expect(response.status).toBe(202);
  });

  it("U7 mounts nothing from a repository that the operator denies", async () => {
    const edge = over(answer(202, { location: "/v2/a/b/blobs/uploads/1" }), {
      repositories: { allow: [], deny: ["reg.fake.dev/secret/**"] },
    });
    await edge.ask(`${BEGIN}?mount=${DIGEST}&from=reg.fake.dev/secret/x`, post);
    expect(edge.seen[0]?.url).toBe("https://reg.fake.dev/v2/a/b/blobs/uploads/");
    expect((await edge.ask("/v2/reg.fake.dev/secret/x/blobs/uploads/", post)).status).toBe(403);
  });

  it("U7 asks for the right to pull from where it mounts", async () => {
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": (request) => {
          if (new URL(request.url).pathname === "/token") return Response.json({ token: "t" });
          return answer(request.headers.has("authorization") ? 201 : 401, {
            "www-authenticate": 'Bearer realm="https://reg.fake.dev/token",service="s"',
            location: `/v2/a/b/blobs/${DIGEST}`,
          })(request);
        },
      },
      registries: [
        fakeRow("reg.fake.dev", { token: "auto", credential: { username: "op", password: "pw" } }),
      ],
      policy: { write: true, mode: "gateway", public: true },
    });
    const response = await edge.ask(`${BEGIN}?mount=${DIGEST}&from=reg.fake.dev/c/d`, post);
    expect(response.status).toBe(201);
    const asked = edge.seen.find(({ url }) => url.includes("/token"))?.url ?? "";
    expect(new URL(asked).searchParams.getAll("scope").toSorted()).toEqual([
      "repository:a/b:pull,push",
      "repository:c/d:pull",
    ]);
  });

  it("U8 takes 201 for a piece, and passes 416 on with where to go on", async () => {
    const location = "/v2/a/b/blobs/uploads/2";
    const amazon = await over(answer(201, { location, range: "0-9" })).ask(`${BEGIN}1`, {
      method: "PATCH",
      body: "x",
    });
    expect(amazon.status).toBe(201);
    expect(amazon.headers.get("location")).toBe(`${BEGIN}2`);
    const hint = await over(answer(416, { location, range: "0-9" })).ask(`${BEGIN}1`, {
      method: "PATCH",
      body: "x",
    });
    expect(hint.status).toBe(416);
    expect(hint.headers.get("range")).toBe("0-9");
    expect(hint.headers.get("location")).toBe(`${BEGIN}2`);
  });

  it("says where a stored blob is in the client's layout, and finds out where its registry does not say it so", async () => {
    for (const location of [`/v2/a/b/blobs/${DIGEST}`, `https://cdn.fake.net/x/${DIGEST}`]) {
      const edge = over(answer(201, { location, "docker-content-digest": DIGEST }));
      const response = await edge.ask(`${BEGIN}1?digest=${DIGEST}`, { method: "PUT", body: "x" });
      expect(response.headers.get("location")).toBe(`/v2/reg.fake.dev/a/b/blobs/${DIGEST}`);
      expect(response.headers.get("docker-content-digest")).toBe(DIGEST);
    }
  });

  it("U10 is refused unless the policy and the row both allow it", async () => {
    const cases: [boolean, boolean][] = [
      [false, true],
      [true, false],
    ];
    for (const [write, row] of cases) {
      const edge = fakeEdge({
        servers: { "reg.fake.dev": answer(202) },
        registries: [fakeRow("reg.fake.dev", { write: row })],
        policy: { write },
      });
      for (const [method, path] of [
        ["POST", BEGIN],
        ["PATCH", `${BEGIN}1`],
        ["PUT", `${BEGIN}1?digest=${DIGEST}`],
        ["GET", `${BEGIN}1`],
        ["DELETE", `${BEGIN}1`],
        ["PUT", "/v2/reg.fake.dev/a/b/manifests/1"],
      ] as const) {
        const response = await edge.ask(path, { method });
        expect(response.status, method).toBe(405);
        expect(await response.json()).toMatchObject({
          errors: [{ code: "UNSUPPORTED", detail: { source: "proxy" } }],
        });
      }
      expect(edge.seen).toHaveLength(0);
    }
  });

  it("U10 is off by default", async () => {
    const { DEFAULT_POLICY } = await import("../../edge/policy.ts");
    expect(DEFAULT_POLICY.write).toBe(false);
  });
});
