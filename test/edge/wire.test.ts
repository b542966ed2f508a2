import { createServer, request as dialHttp, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEdge, type EdgeBuilds, type RunningEdge } from "../support/edge-hosts.ts";
import { digestOf } from "../support/fake-upstream.ts";
import { randomBytes } from "../support/random.ts";

// What only a real connection shows: framing, broken sockets, bodies that arrive bit by bit; on each runtime, since they differ there most.
const BYTES = randomBytes(3_000_000, 5);
const DIGEST = digestOf(BYTES);
const MANIFEST = Buffer.from(`{"schemaVersion":2,"pad":"${"x".repeat(5000)}"}`);

let upstream: Server;
let builds: EdgeBuilds;
let port = 0;
const seen: { method: string; url: string; headers: IncomingMessage["headers"]; body: number }[] = [];
let breakAt: number | undefined;
let mayResume = true;
let closed: Promise<void> = Promise.resolve();

const address = (server: { address: () => string | AddressInfo | null }): number => {
  const found = server.address();
  return typeof found === "object" ? (found?.port ?? 0) : 0;
};

beforeAll(async () => {
  upstream = createServer((request, response) => {
    const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: 0 };
    seen.push(one);
    if (request.method === "PATCH") {
      request.on("data", (piece: Buffer) => (one.body += piece.length));
      request.on("end", () => {
        response.writeHead(202, { location: `${request.url}?_state=2`, range: `0-${one.body - 1}` }).end();
      });
      return;
    }
    if (one.url.includes("/manifests/")) {
      // Whatever is asked for, this one compresses.
      const body = gzipSync(MANIFEST);
      response.writeHead(200, {
        "content-type": "application/vnd.oci.image.manifest.v1+json",
        "content-encoding": "gzip",
        "content-length": body.length,
        "docker-content-digest": digestOf(MANIFEST),
      });
      response.end(request.method === "HEAD" ? undefined : body);
      return;
    }
    if (one.url.includes("/endless/")) {
      closed = new Promise((resolve) => response.on("close", resolve));
      response.writeHead(200, { "content-length": 1_000_000_000_000 });
      const feed = (): void => {
        while (response.write(BYTES)) if (response.destroyed) return;
      };
      response.on("drain", feed);
      feed();
      return;
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const from = Number(range?.[1] ?? 0);
    const to = range?.[2] ? Number(range[2]) + 1 : BYTES.length;
    if (range !== null && !mayResume) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(range === null ? 200 : 206, {
      "content-length": to - from,
      etag: '"e"',
      ...(range === null ? {} : { "content-range": `bytes ${from}-${to - 1}/${BYTES.length}` }),
    });
    if (request.method === "HEAD" || breakAt === undefined) {
      response.end(request.method === "HEAD" ? undefined : BYTES.subarray(from, to));
      return;
    }
    const stop = from + breakAt;
    breakAt = undefined;
    response.write(BYTES.subarray(from, stop), () => request.socket.destroy());
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  builds = await buildEdge();
});
afterAll(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  await builds.remove();
});

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly complete: boolean;
}

/** One request over a socket of its own. */
function get(
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = dialHttp({ host: "127.0.0.1", port, path, agent: false, ...options }, (response) => {
      const pieces: Buffer[] = [];
      const done = (): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
          complete: response.complete,
        });
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", done);
      response.on("error", done);
    });
    request.on("error", reject);
    request.end();
  });
}
const BLOB = `/v2/own.fake.dev/a/blobs/${DIGEST}`;

describe.each(["node", "deno", "workerd"] as const)("over real connections, on %s, the proxy", (runtime) => {
  let edge: RunningEdge;
  beforeAll(async () => {
    const row = { key: "own.fake.dev", base: `http://127.0.0.1:${address(upstream)}` };
    const policy = {
      mode: "anonymous",
      public: true,
      write: true,
      sealingSecrets: ["s".repeat(32)],
      cache: { bytes: 0 },
      registries: [{ ...row, token: "none", insecure: true, write: true, blobs: "stream" }],
    };
    edge = await builds.start(runtime, { EDGE_POLICY: JSON.stringify(policy) });
    port = Number(new URL(edge.url).port);
  });
  afterAll(() => edge.stop());

  it("B7 keeps the length of a whole blob, of a part, and of a HEAD", async () => {
    const whole = await get(BLOB);
    expect(whole.headers["content-length"]).toBe("3000000");
    expect(whole.headers["transfer-encoding"]).toBeUndefined();
    expect(digestOf(whole.body)).toBe(DIGEST);
    const part = await get(BLOB, { headers: { range: "bytes=1000-1999" } });
    expect(part.status).toBe(206);
    expect(part.headers["content-length"]).toBe("1000");
    expect(part.headers["content-range"]).toBe("bytes 1000-1999/3000000");
    const head = await get(BLOB, { method: "HEAD" });
    expect(head.headers["content-length"]).toBe("3000000");
    expect(head.body).toHaveLength(0);
  });

  it("B5 sends a manifest that came compressed as it is, under its true length", async () => {
    const got = await get("/v2/own.fake.dev/a/manifests/1", { headers: { "accept-encoding": "gzip" } });
    expect(got.status).toBe(200);
    expect(got.headers["content-encoding"]).toBeUndefined();
    expect(got.headers["content-length"]).toBe(String(MANIFEST.length));
    expect(got.body).toEqual(MANIFEST);
    const head = await get("/v2/own.fake.dev/a/manifests/1", { method: "HEAD" });
    expect(head.status).toBe(200);
    // Deno says 0 where nothing is said.
    expect(head.headers["content-length"]).toBe(runtime === "deno" ? "0" : undefined);
  });

  it("B8 goes on where the upstream's connection breaks", async () => {
    breakAt = 1_234_567;
    const before = seen.length;
    const got = await get(BLOB);
    expect(got.complete).toBe(true);
    expect(digestOf(got.body)).toBe(DIGEST);
    const ranges = seen.slice(before).map(({ headers }) => headers.range);
    expect(ranges).toHaveLength(2);
    expect(Number(/^bytes=(\d+)-2999999$/.exec(ranges[1] ?? "")?.[1])).toBeGreaterThan(0);
  });

  it("B8 breaks the client's connection where it cannot go on", async () => {
    breakAt = 500_000;
    mayResume = false;
    const got = await get(BLOB);
    mayResume = true;
    expect(got.complete).toBe(false);
    expect(got.headers["content-length"]).toBe("3000000");
    expect(got.body.length).toBeLessThanOrEqual(500_000);
    expect(BYTES.subarray(0, got.body.length)).toEqual(new Uint8Array(got.body));
  });

  it("B11 lets go of the upstream when the client goes away", async () => {
    await new Promise<void>((resolve) => {
      const request = dialHttp({
        host: "127.0.0.1",
        port,
        path: `/v2/own.fake.dev/endless/blobs/${DIGEST}`,
        agent: false,
      });
      request.on("response", (response) => {
        response.once("data", () => {
          request.destroy();
          resolve();
        });
        response.on("error", () => undefined);
      });
      request.on("error", () => undefined);
      request.end();
    });
    await closed;
    expect((await get("/v2/")).status).toBe(200);
  });

  it.each([
    ["with its length", { "content-length": "3000000", expect: "100-continue" }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])("U4 sends a piece on %s", async (_, headers) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const path = "/v2/own.fake.dev/a/blobs/uploads/1";
      const request = dialHttp(
        { host: "127.0.0.1", port, path, method: "PATCH", headers, agent: false },
        resolve,
      );
      request.on("error", reject);
      request.end(BYTES);
    });
    response.resume();
    expect(response.statusCode).toBe(202);
    expect(response.headers.range).toBe("0-2999999");
    expect(response.headers["content-type"]).toBeUndefined();
    expect(response.headers.location).toBe("/v2/own.fake.dev/a/blobs/uploads/1?_state=2");
    const sent = seen.at(-1);
    expect(sent?.body).toBe(3_000_000);
    expect(sent?.headers["content-length"]).toBe("content-length" in headers ? "3000000" : undefined);
    expect(sent?.headers.expect).toBeUndefined();
  });
});
