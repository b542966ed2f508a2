import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { pipeline, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Host } from "./host.ts";
import type { Policy } from "./policy.ts";
import { isPublicAddress } from "./public-host.ts";

/** Bytes of an answer that are read ahead of whoever takes them. */
const READ_AHEAD = 256 * 1024;

/**
 * `fetch` for Node, over its own HTTP client, which lets a connection be made to the very address that was checked: what the name server answers must
 * be public, and a second answer cannot lead inwards. Hosts that the operator wrote into the table may be anywhere. It follows no redirects, and knows
 * no time limit of its own.
 */
export function createPublicFetch(policy: Policy): Host["fetch"] {
  const known = new Set(
    policy.registries
      .flatMap(({ key, base, realmHosts, storage, insecure }) =>
        key.includes("*")
          ? []
          : [
              base,
              ...realmHosts.map((host) => `https://${host}`),
              ...(insecure ? storage.map((host) => `https://${host}`) : []),
            ],
      )
      .map((url) => new URL(url).hostname),
  );
  const agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };
  return async (input, init = {}) => {
    const url = new URL(input);
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new TypeError(`Cannot dial ${url.protocol}`);
    const open = known.has(url.hostname);
    const find: LookupFunction = (hostname, options, done) =>
      lookupPublic(hostname, { ...options, open }, done);
    const options = {
      method: init.method ?? "GET",
      headers: Object.fromEntries(new Headers(init.headers)),
      lookup: find,
      maxHeaderSize: policy.limits.headers,
      ...(init.signal === undefined || init.signal === null ? {} : { signal: init.signal }),
    };
    const begin = (): ClientRequest =>
      url.protocol === "https:"
        ? https.request(url, { ...options, agent: agents["https:"] })
        : http.request(url, { ...options, agent: agents["http:"] });
    const first = begin();
    try {
      return await answerOf(first, init.body);
    } catch (error) {
      // A kept connection may have been closed by the other end just when it was taken up again; nothing has been answered on it.
      const again = first.reusedSocket && /^(GET|HEAD)$/.test(first.method) && init.signal?.aborted !== true;
      if (!again) throw error;
      return await answerOf(begin(), undefined);
    }
  };
}

/** Sends the body, if there is one, and waits for the head of the answer. */
function answerOf(request: ClientRequest, body: RequestInit["body"]): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (incoming) => {
      try {
        resolve(responseOf(incoming, request.method));
      } catch (error) {
        incoming.destroy();
        reject(error);
      }
    });
    if (body instanceof ReadableStream)
      pipeline(Readable.from(piecesOf(body)), request, (error) => error && reject(error));
    else if (body === undefined || body === null) request.end();
    else if (body instanceof Uint8Array) request.end(body);
    else reject(new TypeError("bodies are streams or bytes"));
  });
}

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // No effect on a body that was read to its end.
    await reader.cancel().catch(() => undefined);
  }
}

function responseOf(incoming: IncomingMessage, method: string): Response {
  const { rawHeaders, statusCode: status = 0 } = incoming;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  if (method === "HEAD" || status === 204 || status === 304) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  return new Response(bytesOf(decoded(incoming)), { status, headers });
}

/** The bytes as `fetch` gives them: without the encoding that some servers use although none was asked for. */
function decoded(incoming: IncomingMessage): Readable {
  const encoding = incoming.headers["content-encoding"]?.trim().toLowerCase();
  const decoder =
    encoding === "gzip" || encoding === "x-gzip"
      ? createGunzip()
      : encoding === "br"
        ? createBrotliDecompress()
        : encoding === "deflate"
          ? createInflate()
          : undefined;
  if (decoder === undefined) return incoming;
  // What breaks breaks the reading as well: `pipeline` destroys both ends.
  return pipeline(incoming, decoder, () => undefined);
}

/** A stream that is read as fast as it is taken; an answer that ends before it is whole is an error. */
function bytesOf(source: Readable): ReadableStream<Uint8Array> {
  let ended = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source.on("data", (piece: Buffer) => {
          // What was read already still comes after the source was destroyed.
          if (ended) return;
          controller.enqueue(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
          if ((controller.desiredSize ?? 0) <= 0) source.pause();
        });
        source.on("end", () => {
          if (!ended) controller.close();
          ended = true;
        });
        source.on("error", (error) => {
          if (!ended) controller.error(error);
          ended = true;
        });
        source.on("close", () => {
          if (!ended) controller.error(new TypeError("The connection broke off"));
          ended = true;
        });
        source.pause();
      },
      pull: () => void source.resume(),
      cancel() {
        ended = true;
        source.destroy();
      },
    },
    { highWaterMark: READ_AHEAD, size: (piece) => piece?.byteLength ?? 0 },
  );
}

type Done = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Looks `hostname` up as `dns.lookup` does, and fails when an answer is no public address. */
function lookupPublic(
  hostname: string,
  options: LookupOptions & { readonly open: boolean },
  done: Done,
): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const inner = options.open ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
    if (inner !== undefined)
      return done(new Error(`${hostname} is at ${inner.address}, which is no public address`), []);
    if (options.all === true) return done(null, addresses);
    const [first] = addresses;
    if (first === undefined) return done(new Error(`${hostname} has no address`), []);
    done(null, first.address, first.family);
  });
}
