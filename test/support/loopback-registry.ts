import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A registry on loopback with one public and one private repository, tokens of its own and uploads, as far as the hosts' tests need it. */
export interface FakeRegistry {
  readonly base: string;
  readonly blob: Uint8Array<ArrayBuffer>;
  readonly blobDigest: string;
  readonly manifest: string;
  readonly manifestDigest: string;
  /** What was uploaded last. */
  uploaded(): Buffer;
  /** Method and path of every request, with `auth` where one came. */
  readonly heard: string[];
  close(): Promise<void>;
}

export const digestOf = (bytes: Uint8Array | string): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** @see FakeRegistry */
export async function startFakeRegistry(): Promise<FakeRegistry> {
  const blob = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 7 + (at >> 8)) & 255);
  const blobDigest = digestOf(blob);
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: type, layers: [] });
  const manifestDigest = digestOf(manifest);
  const heard: string[] = [];
  let uploaded = Buffer.alloc(0);
  let base = "";

  const server: Server = createServer((request, answer) => {
    const url = new URL(request.url ?? "/", base);
    heard.push(
      `${request.method} ${url.pathname}${request.headers.authorization === undefined ? "" : " auth"}`,
    );
    if (url.pathname === "/token") return giveToken(request, url, answer);
    const may = Buffer.from(
      (request.headers.authorization ?? "").replace("Bearer ", ""),
      "base64url",
    ).toString();
    const isPrivate = url.pathname.startsWith("/v2/private/");
    if (may === "" || (isPrivate && !may.startsWith("alice"))) {
      const realm = `Bearer realm="${base}/token",service="fake",scope="repository:placeholder:pull"`;
      return void answer
        .writeHead(401, { "www-authenticate": realm, "content-type": "application/json" })
        .end("{}");
    }
    if (url.pathname === "/v2/") return void answer.end("{}");
    if (url.pathname.includes("/manifests/")) {
      answer.writeHead(200, {
        "content-type": type,
        "docker-content-digest": manifestDigest,
        "content-length": String(manifest.length),
      });
      return void answer.end(request.method === "HEAD" ? undefined : manifest);
    }
    if (url.pathname.endsWith("/blobs/uploads/"))
      return void answer
        .writeHead(202, { location: `/v2/public/blobs/uploads/s-1?_state=a+b%2Fc`, range: "0-0" })
        .end();
    if (url.pathname.includes("/blobs/uploads/")) return takeUpload(request, url, answer);
    if (url.pathname.endsWith(`/blobs/${blobDigest}`)) return giveBlob(request, answer);
    answer.writeHead(404, { "content-type": "text/html" }).end("<html>no</html>");
  });

  const giveToken = (request: IncomingMessage, url: URL, answer: ServerResponse): void => {
    const [name = "anonymous", password] = Buffer.from(
      (request.headers.authorization ?? "").replace("Basic ", ""),
      "base64",
    )
      .toString()
      .split(":");
    if (name !== "" && password !== "pw") return void answer.writeHead(401).end("{}");
    const token = Buffer.from(
      `${name || "anonymous"} ${url.searchParams.getAll("scope").join(" ")}`,
    ).toString("base64url");
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify({ token, expires_in: 300 }));
  };

  const giveBlob = (request: IncomingMessage, answer: ServerResponse): void => {
    const headers = { "content-type": "application/octet-stream", "accept-ranges": "bytes", etag: '"e"' };
    const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
    const suffix = match?.[1] === "" ? Number(match[2]) : undefined;
    const from = match === null ? 0 : suffix === undefined ? Number(match[1]) : blob.length - suffix;
    const to =
      match === null || suffix !== undefined || match[2] === ""
        ? blob.length
        : Math.min(blob.length, Number(match[2]) + 1);
    const range = match === null ? {} : { "content-range": `bytes ${from}-${to - 1}/${blob.length}` };
    answer.writeHead(match === null ? 200 : 206, {
      ...headers,
      ...range,
      "content-length": String(to - from),
    });
    answer.end(request.method === "HEAD" ? undefined : blob.subarray(from, to));
  };

  const takeUpload = (request: IncomingMessage, url: URL, answer: ServerResponse): void => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      if (request.method === "PATCH") uploaded = Buffer.concat(pieces);
      heard.push(`query ${url.search} length ${request.headers["content-length"] ?? "chunked"}`);
      const digest = url.searchParams.get("digest") ?? "";
      if (request.method === "PUT")
        answer.writeHead(201, { location: `/v2/public/blobs/${digest}`, "docker-content-digest": digest });
      else
        answer.writeHead(202, {
          location: `${url.pathname}${url.search}`,
          range: `0-${uploaded.length - 1}`,
        });
      answer.end();
    });
  };

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  return {
    base,
    blob,
    blobDigest,
    manifest,
    manifestDigest,
    uploaded: () => uploaded,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
