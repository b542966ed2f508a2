import { createServer, type RequestListener, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { policyOf } from "../../edge/parse-policy.ts";
import { createPublicFetch } from "../../edge/public-fetch.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A fetch that knows a server on loopback as a registry of its own. */
async function over(
  listener: RequestListener,
): Promise<{ fetch: ReturnType<typeof createPublicFetch>; base: string }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const base = `http://localhost:${address.port}`;
  const policy = policyOf({
    registries: [{ key: "own.example.org", base, insecure: true }],
    default: "own.example.org",
  });
  return { fetch: createPublicFetch(policy), base };
}

describe("Node's fetch", () => {
  it("SEC-1 does not connect to a name that lies within the machine or the network", async () => {
    const fetch = createPublicFetch(policyOf({}));
    await expect(fetch("http://localhost:1/")).rejects.toThrow("no public address");
    await expect(fetch("file:///etc/passwd")).rejects.toThrow("Cannot dial");
  });

  it("SEC-3 hands redirects back", async () => {
    const { fetch, base } = await over((_, answer) =>
      answer.writeHead(307, { location: "http://169.254.169.254/" }).end(),
    );
    const response = await fetch(`${base}/`, { headers: { authorization: "Bearer x" } });
    expect([response.status, response.headers.get("location")]).toEqual([307, "http://169.254.169.254/"]);
  });

  it("sends a body with its length, and without one in pieces", async () => {
    const { fetch, base } = await over((request, answer) => {
      let size = 0;
      request.on("data", (piece: Buffer) => {
        size += piece.length;
      });
      request.on("end", () =>
        answer.end(
          JSON.stringify([
            request.method,
            request.headers["content-length"],
            request.headers["transfer-encoding"],
            size,
          ]),
        ),
      );
    });
    const body = (): ReadableStream<Uint8Array> => new Blob(["x".repeat(100_000), "y"]).stream();
    const known = await fetch(`${base}/`, {
      method: "PATCH",
      headers: { "content-length": "100001" },
      body: body(),
    });
    expect(await known.json()).toEqual(["PATCH", "100001", null, 100_001]);
    const chunked = await fetch(`${base}/`, { method: "PUT", body: body() });
    expect(await chunked.json()).toEqual(["PUT", null, "chunked", 100_001]);
    const none = await fetch(`${base}/`, { method: "POST" });
    expect(await none.json()).toEqual(["POST", "0", null, 0]);
  });

  it("keeps headers that come more than once, and the length of a HEAD", async () => {
    const { fetch, base } = await over((_, answer) => {
      answer.setHeader("www-authenticate", ["Basic realm=a", "Bearer realm=b"]);
      answer.writeHead(200, { "content-length": "12345" }).end();
    });
    const response = await fetch(`${base}/`, { method: "HEAD" });
    expect(response.headers.get("www-authenticate")).toBe("Basic realm=a, Bearer realm=b");
    expect(response.headers.get("content-length")).toBe("12345");
    expect(await response.text()).toBe("");
  });

  it("B5 SEC-15 decodes what comes encoded although nobody asked", async () => {
    const { fetch, base } = await over((_, answer) =>
      answer.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("plain")),
    );
    expect(await (await fetch(`${base}/`)).text()).toBe("plain");
  });

  it("fails when the answer breaks off, and ends the connection when nobody reads on", async () => {
    let closed = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { fetch, base } = await over((request, answer) => {
      if (request.url === "/short") {
        answer.writeHead(200, { "content-length": "10" }).write("123", () => request.socket.destroy());
        return;
      }
      answer.on("close", closed);
      const more = (): void => {
        while (!answer.destroyed && answer.write(Buffer.alloc(65_536))) {
          /* until it is full */
        }
      };
      answer.on("drain", more);
      more();
    });
    const short = await fetch(`${base}/short`);
    await expect(short.text()).rejects.toThrow();
    const reader = (await fetch(`${base}/long`)).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await gone;
  });

  it("lets go of an answer that nobody reads, with its bytes on their way", async () => {
    const { fetch, base } = await over((_, answer) => answer.end("{}"));
    for (let at = 0; at < 20; at++) await (await fetch(`${base}/`)).body?.cancel();
    expect(await (await fetch(`${base}/`)).text()).toBe("{}");
  });

  it("ends when the signal does", async () => {
    const { fetch, base } = await over(() => undefined);
    const leaving = new AbortController();
    const waiting = fetch(`${base}/`, { signal: leaving.signal });
    leaving.abort();
    await expect(waiting).rejects.toThrow();
  });
});
