import { describe, expect, it } from "vitest";
import { createMemoryCache } from "../../edge/memory-cache.ts";
import { DEFAULT_LIMITS } from "../../edge/policy.ts";
import { digestOf, fakeEdge, fakeRow, piecesOf, type Server } from "../support/fake-upstream.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { randomBytes } from "../support/random.ts";

const BYTES = randomBytes(100_000, 1);
const DIGEST = digestOf(BYTES);
const PATH = `/v2/reg.fake.dev/a/b/blobs/${DIGEST}`;

/** A server that has the blob, and honours one range. */
const storage = (request: Request): Response => {
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  const common = { "content-type": "text/html", etag: '"e1"', "accept-ranges": "bytes" };
  if (range === null)
    return new Response(BYTES, { headers: { ...common, "content-length": String(BYTES.length) } });
  const from = range[1] === "" ? BYTES.length - Number(range[2]) : Number(range[1]);
  const to = range[1] === "" || range[2] === "" ? BYTES.length : Math.min(Number(range[2]) + 1, BYTES.length);
  if (from >= BYTES.length)
    return new Response("<html>", { status: 416, headers: { "content-range": `bytes */${BYTES.length}` } });
  return new Response(BYTES.slice(from, to), {
    status: 206,
    headers: {
      ...common,
      "content-length": String(to - from),
      "content-range": `bytes ${from}-${to - 1}/${BYTES.length}`,
    },
  });
};
const redirect =
  (location: string, status = 307): Server =>
  () =>
    new Response("<html>moved</html>", { status, headers: { location } });
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

describe("redirects of a blob", () => {
  it.each([301, 302, 303, 307, 308])("B1 are followed by hand: %i", async (status) => {
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": redirect("https://cdn.fake.net/x?sig=a%2Bb+c", status),
        "cdn.fake.net": storage,
      },
      registries: [fakeRow("reg.fake.dev")],
    });
    const response = await edge.ask(PATH);
    expect(response.status).toBe(200);
    expect(await bytesOf(response)).toEqual(BYTES);
    expect(edge.seen.map(({ url }) => url)).toEqual([
      `https://reg.fake.dev/v2/a/b/blobs/${DIGEST}`,
      "https://cdn.fake.net/x?sig=a%2Bb+c",
    ]);
  });

  it("B1 are followed five times and not six", async () => {
    const chain = (length: number): Record<string, Server> => {
      const servers: Record<string, Server> = { [`h${length}.fake.net`]: storage };
      for (let at = 1; at < length; at++)
        servers[`h${at}.fake.net`] = redirect(`https://h${at + 1}.fake.net/`);
      return { ...servers, "reg.fake.dev": redirect("https://h1.fake.net/") };
    };
    const ask = (length: number) =>
      fakeEdge({ servers: chain(length), registries: [fakeRow("reg.fake.dev")] }).ask(PATH);
    expect((await ask(5)).status).toBe(200);
    const tooMany = await ask(6);
    expect(tooMany.status).toBe(502);
    expect(await tooMany.json()).toMatchObject({
      errors: [{ code: "UNAVAILABLE", detail: { source: "upstream" } }],
    });
  });

  it.each([
    "http://cdn.fake.net/x",
    "https://cdn.fake.net:8443/x",
    "https://user:pw@cdn.fake.net/x",
    "https://127.0.0.1/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://[::1]/x",
    "https://[::ffff:169.254.169.254]/latest",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/x",
    "https://metadata.google.internal/x",
    "https://metadata.google.internal./x",
    "https://intranet/x",
    "file:///etc/passwd",
    "data:text/plain,x",
    "ftp://cdn.fake.net/x",
    "https://",
  ])("B1 are not followed to %s", async (location) => {
    const edge = fakeEdge({
      servers: { "reg.fake.dev": redirect(location) },
      registries: [fakeRow("reg.fake.dev")],
    });
    const response = await edge.ask(PATH);
    expect(response.status).toBe(502);
    expect(edge.seen).toHaveLength(1);
    expect(await response.text()).not.toContain("meta-data");
  });

  it("B1 lead only to the row's storage hosts where it lists any", async () => {
    const ask = (location: string) =>
      fakeEdge({
        servers: {
          "reg.fake.dev": redirect(location),
          "a.cdn.fake.net": storage,
          "evilcdn.fake.net": storage,
        },
        registries: [fakeRow("reg.fake.dev", { storage: ["cdn.fake.net"] })],
      }).ask(PATH);
    expect((await ask("https://a.cdn.fake.net/x")).status).toBe(200);
    expect((await ask("https://evilcdn.fake.net/x")).status).toBe(502);
  });

  it("B1 of a registry in one's own network may lead to other ports of its host, and nowhere else inside", async () => {
    const ask = (location: string) =>
      fakeEdge({
        servers: { "127.0.0.1:5000": redirect(location), "127.0.0.1:9000": storage, "10.0.0.1": storage },
        registries: [fakeRow("own.fake.dev", { base: "http://127.0.0.1:5000", insecure: true })],
      }).ask(PATH.replace("reg", "own"));
    expect((await ask("http://127.0.0.1:9000/x")).status).toBe(200);
    expect((await ask("http://10.0.0.1/x")).status).toBe(502);
  });

  it("B2 carry neither credentials nor anything else that is not theirs to another origin, and keep Range", async () => {
    const edge = fakeEdge({
      servers: { "reg.fake.dev": redirect("https://cdn.fake.net/x"), "cdn.fake.net": storage },
      registries: [
        fakeRow("reg.fake.dev", { token: "basic", credential: { username: "op", password: "secret" } }),
      ],
      policy: { mode: "gateway", accessKeys: ["0123456789abcdef"] },
    });
    const response = await edge.ask(PATH, {
      headers: {
        range: "bytes=10-19",
        "if-range": '"e1"',
        accept: "*/*",
        cookie: "a=b",
        "x-secret": "1",
        "x-forwarded-for": "10.0.0.1",
        "x-breakbulk-key": "0123456789abcdef",
      },
    });
    expect(response.status).toBe(206);
    const [home, away] = edge.seen;
    expect(home?.headers.get("authorization")).toBe(`Basic ${btoa("op:secret")}`);
    expect([...(away?.headers.keys() ?? [])].toSorted()).toEqual([
      "accept",
      "accept-encoding",
      "if-range",
      "range",
      "user-agent",
      "via",
    ]);
    expect(away?.headers.get("range")).toBe("bytes=10-19");
  });

  it("B2 do not get credentials back when they lead home again", async () => {
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": (request) =>
          new URL(request.url).pathname === "/final"
            ? storage(request)
            : redirect("https://cdn.fake.net/x")(request),
        "cdn.fake.net": redirect("https://reg.fake.dev/final"),
      },
      registries: [
        fakeRow("reg.fake.dev", { token: "basic", credential: { username: "op", password: "secret" } }),
      ],
      policy: { mode: "gateway", public: true },
    });
    expect((await edge.ask(PATH)).status).toBe(200);
    expect(edge.seen.map(({ headers }) => headers.has("authorization"))).toEqual([true, false, false]);
  });

  it("B2 of a HEAD stay HEAD, and ask for one byte where storage has signed for GET only", async () => {
    const signed: Server = (request) =>
      request.method === "GET" ? storage(request) : new Response("<Error/>", { status: 403 });
    const edge = fakeEdge({
      servers: { "reg.fake.dev": redirect("https://s3.fake.net/x?X-Sig=1"), "s3.fake.net": signed },
      registries: [fakeRow("reg.fake.dev")],
    });
    const response = await edge.ask(PATH, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("100000");
    expect(response.headers.get("content-range")).toBeNull();
    expect(edge.seen.map(({ method, headers }) => [method, headers.get("range")])).toEqual([
      ["HEAD", null],
      ["HEAD", null],
      ["GET", "bytes=0-0"],
    ]);
  });

  it("B3 may be relative to the hop that says them", async () => {
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": redirect("/artifacts-downloads/1?x=y"),
      },
      registries: [fakeRow("reg.fake.dev")],
    });
    await edge.ask(PATH);
    expect(edge.seen[1]?.url).toBe("https://reg.fake.dev/artifacts-downloads/1?x=y");
    const two = fakeEdge({
      servers: {
        "reg.fake.dev": redirect("https://cdn.fake.net/a/b"),
        "cdn.fake.net": (request) =>
          new URL(request.url).pathname === "/a/c" ? storage(request) : redirect("c")(request),
      },
      registries: [fakeRow("reg.fake.dev")],
    });
    expect((await two.ask(PATH)).status).toBe(200);
  });

  it("B4 are handed to container clients where the row says so, and never to browsers", async () => {
    const location = "https://cdn.fake.net/x?sig=A%2bB+c";
    const edge = fakeEdge({
      servers: { "reg.fake.dev": redirect(location), "cdn.fake.net": storage },
      registries: [fakeRow("reg.fake.dev", { blobs: "redirect" })],
    });
    const client = await edge.ask(PATH, { redirect: "manual" });
    expect(client.status).toBe(307);
    expect(client.headers.get("location")).toBe(location);
    expect(client.headers.get("cache-control")).toBe("no-store");
    for (const headers of [{ origin: "https://page.fake.dev" }, { "sec-fetch-mode": "cors" }])
      expect((await edge.ask(PATH, { headers })).status).toBe(200);
    expect((await edge.ask(PATH, { method: "HEAD" })).status).toBe(200);
  });

  it("B4 are handed on by `auto` unless this proxy keeps blobs, for which they have to pass through it", async () => {
    const ask = async (cache: boolean) => {
      const edge = fakeEdge({
        servers: { "reg.fake.dev": redirect("https://cdn.fake.net/x"), "cdn.fake.net": storage },
        registries: [fakeRow("reg.fake.dev", { blobs: "auto" })],
        ...(cache
          ? {
              cache: createMemoryCache({
                bytes: 1e6,
                objectBytes: 1e6,
                newHasher: nativeHasher,
                nowMs: () => 0,
              }),
            }
          : {}),
      });
      return (await edge.ask(PATH)).status;
    };
    expect(await ask(false)).toBe(307);
    expect(await ask(true)).toBe(200);
  });

  it("B4 are not handed on to where they would not be followed", async () => {
    const edge = fakeEdge({
      servers: { "reg.fake.dev": redirect("http://10.0.0.1/x") },
      registries: [fakeRow("reg.fake.dev", { blobs: "redirect" })],
    });
    expect((await edge.ask(PATH)).status).toBe(502);
  });

  it("B2 A14 of a whole name to another registry get that one's anonymous token, and its answers", async () => {
    const ghcr: Server = (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/token") return Response.json({ token: "t", expires_in: 300 });
      if (request.headers.get("authorization") === "Bearer t")
        return pathname.includes("/c/") ? new Response("", { status: 404 }) : storage(request);
      const challenge =
        'Bearer realm="https://big.fake.net/token",service="s",scope="repository:user/image:pull"';
      return new Response("", { status: 401, headers: { "www-authenticate": challenge } });
    };
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": (request) =>
          redirect(`https://big.fake.net${new URL(request.url).pathname}`)(request),
        "big.fake.net": ghcr,
      },
      registries: [
        fakeRow("reg.fake.dev", { token: "basic", credential: { username: "op", password: "secret" } }),
      ],
      policy: { mode: "gateway", public: true },
    });
    const response = await edge.ask(PATH);
    expect(await bytesOf(response)).toEqual(BYTES);
    const away = edge.seen.filter(({ url }) => url.startsWith("https://big.fake.net"));
    expect(away.map(({ headers }) => headers.get("authorization"))).toEqual([null, null, "Bearer t"]);
    expect(new URL(away[1]?.url ?? "").searchParams.get("scope")).toBe("repository:a/b:pull");
    const missing = await edge.ask(PATH.replace("/a/b/", "/a/c/"));
    expect(missing.status).toBe(404);
  });

  it("B10 leave no signed address in an answer or a log", async () => {
    const lines: string[] = [];
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": redirect("https://s3.fake.net/x?sig=SIGNED"),
        "s3.fake.net": () => new Response("<Error>SIGNED</Error>", { status: 403 }),
      },
      registries: [fakeRow("reg.fake.dev")],
      host: { log: (line) => void lines.push(line) },
    });
    const response = await edge.ask(PATH);
    expect(response.status).toBe(502);
    const said = (await response.text()) + JSON.stringify([...response.headers]) + lines.join();
    expect(said).not.toContain("SIGNED");
  });

  it("B11 have their bodies let go, as has every answer that is not passed on", async () => {
    let open = 0;
    const held = (status: number, headers: Record<string, string>): Response => {
      open++;
      const body = new ReadableStream({
        pull: (c) => c.enqueue(new Uint8Array(10)),
        cancel: () => void open--,
      });
      return new Response(body, { status, headers });
    };
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": () => held(307, { location: "https://cdn.fake.net/" }),
        "cdn.fake.net": () => held(403, {}),
      },
      registries: [fakeRow("reg.fake.dev")],
    });
    await edge.ask(PATH);
    expect(open).toBe(0);
  });
});

describe("a blob", () => {
  const edge = fakeEdge({ servers: { "reg.fake.dev": storage } });

  it("B5 is asked for unencoded", async () => {
    await edge.ask(PATH, { headers: { "accept-encoding": "gzip, zstd" } });
    expect(edge.seen.at(-1)?.headers.get("accept-encoding")).toBe("identity");
  });

  it("B5 loses length and encoding when it comes encoded all the same", async () => {
    const gzip = fakeEdge({
      servers: {
        // As Node's fetch gives it: decoded, with the headers of what was sent.
        "reg.fake.dev": () =>
          new Response(BYTES, { headers: { "content-encoding": "gzip", "content-length": "50" } }),
      },
    });
    const response = await gzip.ask(PATH);
    expect(response.headers.get("content-length")).toBeNull();
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(await bytesOf(response)).toEqual(BYTES);
  });

  it.each([
    ["bytes=0-0", 206, "bytes 0-0/100000", "1"],
    ["bytes=500-1499", 206, "bytes 500-1499/100000", "1000"],
    ["bytes=99500-", 206, "bytes 99500-99999/100000", "500"],
    ["bytes=-500", 206, "bytes 99500-99999/100000", "500"],
    ["bytes=99999-200000", 206, "bytes 99999-99999/100000", "1"],
    ["bytes=100000-", 416, "bytes */100000", null],
  ])("B6 B7 is given in parts: %s", async (range, status, contentRange, length) => {
    const response = await edge.ask(PATH, { headers: { range } });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-range")).toBe(contentRange);
    if (length === null) return;
    expect(response.headers.get("content-length")).toBe(length);
    expect(response.headers.get("accept-ranges")).toBe("bytes");
    const from = Number(/\d+/.exec(contentRange)?.[0]);
    expect(await bytesOf(response)).toEqual(BYTES.slice(from, from + Number(length)));
  });

  it("B6 passes several ranges on, whichever way they are answered, but not too many", async () => {
    const multi = fakeEdge({
      servers: {
        "reg.fake.dev": () =>
          new Response("--x\r\n", {
            status: 206,
            headers: { "content-type": "multipart/byteranges; boundary=x" },
          }),
      },
    });
    const response = await multi.ask(PATH, { headers: { range: "bytes=0-1,5-6" } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-type")).toBe("multipart/byteranges; boundary=x");
    expect(multi.seen[0]?.headers.get("range")).toBe("bytes=0-1,5-6");
    const many = Array.from({ length: 9 }, (_, at) => `${at * 2}-${at * 2}`).join(",");
    await multi.ask(PATH, { headers: { range: `bytes=${many}` } });
    expect(multi.seen[1]?.headers.get("range")).toBeNull();
  });

  it("B6 takes a whole answer to a range, and passes If-Range and 304 on", async () => {
    const whole = fakeEdge({
      servers: {
        "reg.fake.dev": (request) =>
          request.headers.get("if-none-match") === '"e1"'
            ? new Response(null, { status: 304, headers: { etag: '"e1"' } })
            : new Response(BYTES, { headers: { "content-length": "100000" } }),
      },
    });
    const response = await whole.ask(PATH, { headers: { range: "bytes=5-", "if-range": '"old"' } });
    expect(response.status).toBe(200);
    expect(await bytesOf(response)).toEqual(BYTES);
    expect(whole.seen[0]?.headers.get("if-range")).toBe('"old"');
    const unchanged = await whole.ask(PATH, { headers: { "if-none-match": '"e1"' } });
    expect(unchanged.status).toBe(304);
    expect(unchanged.headers.get("etag")).toBe('"e1"');
  });

  it("B7 keeps its length", async () => {
    const response = await edge.ask(PATH);
    expect(response.headers.get("content-length")).toBe("100000");
    expect(await bytesOf(response)).toEqual(BYTES);
  });

  it("B9 has its length in a HEAD, though a GET would be redirected", async () => {
    const away = fakeEdge({
      servers: { "reg.fake.dev": redirect("https://cdn.fake.net/x"), "cdn.fake.net": storage },
      registries: [fakeRow("reg.fake.dev", { blobs: "redirect" })],
    });
    const response = await away.ask(PATH, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("100000");
    expect(response.headers.get("docker-content-digest")).toBe(DIGEST);
    expect(response.body).toBeNull();
    expect(away.seen.map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
  });

  it("can never be shown as a page, whatever its upstream calls it", async () => {
    const { headers } = await edge.ask(PATH);
    expect(headers.get("content-type")).toBe("application/octet-stream");
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="sha256-[0-9a-f]{64}"$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; sandbox; frame-ancestors 'none'",
    );
    expect(headers.get("x-robots-tag")).toContain("noindex");
  });

  it.each(["document", "iframe", "frame", "embed", "object"])(
    "is not given to a browser that navigates: %s",
    async (destination) => {
      const before = edge.seen.length;
      const response = await edge.ask(PATH, {
        headers: { "sec-fetch-dest": destination, "sec-fetch-mode": "navigate" },
      });
      expect(response.status).toBe(403);
      expect(edge.seen).toHaveLength(before);
    },
  );
});

describe("a blob that breaks off", () => {
  /** A server whose first answers break after so many bytes each, and end without an error where `quietly`. */
  const breaking = (breaks: number[], quietly = false): Server => {
    let at = 0;
    return (request) => {
      const breakAt = breaks[at++];
      const answer = storage(request);
      if (breakAt === undefined) return answer;
      const range = /bytes (\d+)-(\d+)/.exec(answer.headers.get("content-range") ?? "");
      const part = BYTES.slice(Number(range?.[1] ?? 0), Number(range?.[2] ?? BYTES.length) + 1);
      const body = quietly ? piecesOf(part.slice(0, breakAt), 1000) : piecesOf(part, 1000, breakAt);
      return new Response(body, answer);
    };
  };

  it.each([
    ["with an error", false],
    ["without a word", true],
  ])("B8 goes on where it stopped: %s", async (_, quietly) => {
    const edge = fakeEdge({ servers: { "reg.fake.dev": breaking([30_500, 12_345, 0], quietly) } });
    const response = await edge.ask(PATH);
    expect(response.headers.get("content-length")).toBe("100000");
    expect(digestOf(await bytesOf(response))).toBe(DIGEST);
    expect(edge.seen.map(({ headers }) => [headers.get("range"), headers.get("if-range")])).toEqual([
      [null, null],
      ["bytes=30500-99999", '"e1"'],
      ["bytes=42845-99999", '"e1"'],
      ["bytes=42845-99999", '"e1"'],
    ]);
  });

  it("B8 goes on within the part that was asked for", async () => {
    const edge = fakeEdge({ servers: { "reg.fake.dev": breaking([5000]) } });
    const response = await edge.ask(PATH, { headers: { range: "bytes=1000-20999" } });
    expect(response.status).toBe(206);
    expect(await bytesOf(response)).toEqual(BYTES.slice(1000, 21_000));
    expect(edge.seen[1]?.headers.get("range")).toBe("bytes=6000-20999");
  });

  it("B8 fails, with nothing put behind it, when the rest cannot be had", async () => {
    const gone: Server[] = [
      () => new Response('{"errors":[]}', { status: 404 }),
      () => new Response(BYTES, { status: 200 }),
      () =>
        new Response(BYTES.slice(5), { status: 206, headers: { "content-range": "bytes 5-99999/100000" } }),
    ];
    for (const next of gone) {
      let first = true;
      const edge = fakeEdge({
        servers: {
          "reg.fake.dev": (request) => {
            const answer = first ? breaking([30_000])(request) : next(request);
            first = false;
            return answer;
          },
        },
      });
      const reader = (await edge.ask(PATH)).body!.getReader();
      let got = 0;
      await expect(
        (async () => {
          for (;;) {
            const { done, value } = await reader.read();
            if (done) return;
            got += value.length;
          }
        })(),
      ).rejects.toThrow("broke off after 30000 of 100000 bytes");
      expect(got).toBe(30_000);
    }
  });

  it("B8 gives up after three breaks without a byte between them", async () => {
    const edge = fakeEdge({ servers: { "reg.fake.dev": breaking([0, 0, 0, 0, 0, 0]) } });
    await expect((await edge.ask(PATH)).arrayBuffer()).rejects.toThrow("broke off after 0");
    expect(edge.seen).toHaveLength(3);
  });

  it("B8 is asked for again where it stalls", async () => {
    let first = true;
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": (request) => {
          const answer = storage(request);
          if (!first) return answer;
          first = false;
          const stalled = new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(BYTES.slice(0, 7000)),
            pull: () => new Promise(() => undefined),
          });
          return new Response(stalled, answer);
        },
      },
      policy: { limits: { ...DEFAULT_LIMITS, idleMs: 1 } },
    });
    expect(digestOf(await bytesOf(await edge.ask(PATH)))).toBe(DIGEST);
    expect(edge.seen[1]?.headers.get("range")).toBe("bytes=7000-99999");
  });

  it("B8 is not asked for once for every byte that drips", async () => {
    const edge = fakeEdge({ servers: { "reg.fake.dev": breaking(Array.from({ length: 1000 }, () => 1)) } });
    await expect((await edge.ask(PATH)).arrayBuffer()).rejects.toThrow("broke off after 101 of 100000");
    expect(edge.seen).toHaveLength(101);
  });

  it("B8 fails when it has more bytes than it said", async () => {
    const edge = fakeEdge({
      servers: { "reg.fake.dev": () => new Response(BYTES, { headers: { "content-length": "99999" } }) },
    });
    await expect((await edge.ask(PATH)).arrayBuffer()).rejects.toThrow("more than 99999 bytes");
  });

  it("B11 is let go at the upstream when the client goes away", async () => {
    let cancelled = false;
    let pulled = 0;
    const edge = fakeEdge({
      servers: {
        "reg.fake.dev": () =>
          new Response(
            new ReadableStream(
              {
                pull(controller) {
                  pulled++;
                  controller.enqueue(new Uint8Array(1000));
                },
                cancel() {
                  cancelled = true;
                },
              },
              { highWaterMark: 0 },
            ),
            { headers: { "content-length": "100000" } },
          ),
      },
    });
    const reader = (await edge.ask(PATH)).body!.getReader();
    await reader.read();
    // Nobody pulls ahead of the client.
    expect(pulled).toBeLessThan(4);
    await reader.cancel();
    expect(cancelled).toBe(true);
  });
});
