import { mapAddress, readAddress } from "./addresses.ts";
import type { AccessRequest, Grant } from "./authorize.ts";
import { dial, discard } from "./dial.ts";
import { FaultError } from "./errors.ts";
import { accessOf, type Exchange, grantFor, mappingOf } from "./exchange.ts";
import { isRedirect } from "./hops.ts";
import { digestKey } from "./keep.ts";
import { mountQuery } from "./mount.ts";
import { readBody, streamOf } from "./read-body.ts";
import { answerHeaders, relayFault } from "./relay.ts";
import { clientPath, takeParameter } from "./route.ts";
import { clientSession, uploadTarget } from "./tickets.ts";
import { headersFor, upstreamUrl } from "./upstream.ts";

/** What a platform takes off its limit for headers and framing. */
const CHUNK_MARGIN = 64 * 1024;

/** Begins an upload, takes a whole one, or mounts a blob of another repository (U1, U7). */
export async function beginUpload(exchange: Exchange): Promise<Response> {
  const grant = await grantFor(exchange, ["pull", "push"]);
  const query = mountQuery(exchange);
  const url = upstreamUrl(exchange, `${exchange.route.repository}/blobs/uploads/`, query);
  return send(exchange, { url, home: true, grant, actions: ["pull", "push"], digest: digestIn(query) });
}

/** Goes on with an upload: sends a piece, ends it, asks how far it is, gives it up. */
export async function continueUpload(exchange: Exchange, session: string): Promise<Response> {
  const grant = await grantFor(exchange, ["pull", "push"]);
  const target = await uploadTarget(exchange, session, grant.principal);
  const digest = digestIn(exchange.route.query);
  return send(exchange, { ...target, grant, actions: ["pull", "push"], digest });
}

/** Puts a manifest (M5): its length is known before it is sent, or it is read first, which its limit allows. */
export async function putManifest(exchange: Exchange, reference: string): Promise<Response> {
  const { request, policy, route } = exchange;
  const grant = await grantFor(exchange, ["pull", "push"]);
  const limit = policy.limits.manifest;
  const said = request.headers.get("content-length");
  let body = request.body as ReadableStream<Uint8Array> | null;
  let length = said === null ? undefined : Number(said);
  if (length === undefined && body !== null) {
    const bytes = await readBody(new Response(body as BodyInit), limit);
    length = bytes?.length ?? limit + 1;
    body = bytes === undefined ? null : streamOf(bytes);
  }
  if ((length ?? 0) > limit) {
    await body?.cancel().catch(() => undefined);
    const message = `The manifest is larger than ${limit} bytes`;
    throw new FaultError({ status: 413, code: "SIZE_INVALID", message });
  }
  const url = upstreamUrl(exchange, `${route.repository}/manifests/${reference}`, route.query);
  return send(exchange, {
    url,
    home: true,
    grant,
    actions: ["pull", "push"],
    digest: undefined,
    body,
    length,
  });
}

/** Deletes a tag, a manifest or a blob (M10). */
export async function remove(exchange: Exchange, path: string): Promise<Response> {
  const grant = await grantFor(exchange, ["delete"]);
  const url = upstreamUrl(exchange, `${exchange.route.repository}/${path}`, exchange.route.query);
  return send(exchange, { url, home: true, grant, actions: ["delete"], digest: undefined });
}

interface Sending {
  readonly url: string;
  /** Whether it goes to the registry itself, which alone gets its credentials. */
  readonly home: boolean;
  readonly grant: Grant;
  readonly actions: AccessRequest["actions"];
  /** The digest that the upload ends with, when this request ends it. */
  readonly digest: string | undefined;
  /** In place of the request's own. */
  readonly body?: ReadableStream<Uint8Array> | null;
  readonly length?: number | undefined;
}

async function send(exchange: Exchange, sending: Sending): Promise<Response> {
  const { request, policy, host } = exchange;
  const length =
    sending.length === undefined ? request.headers.get("content-length") : String(sending.length);
  const own = sending.body === undefined ? (request.body as ReadableStream<Uint8Array> | null) : sending.body;
  const hasBody = own !== null && length !== "0" && request.method !== "GET" && request.method !== "DELETE";
  const most = policy.limits.requestBody;
  if (hasBody && most !== undefined && Number(length) > most) {
    await own.cancel().catch(() => undefined);
    const message = `A request may have ${most} bytes here: send the blob in pieces`;
    throw new FaultError({ status: 413, code: "SIZE_INVALID", message, detail: { limit: most } });
  }
  let { grant } = sending;
  const knock = (): Promise<Response> => {
    const headers = headersFor(exchange, {
      body: true,
      authorization: sending.home ? grant.authorization : undefined,
      changes: {
        // The runtime counts an empty body itself, and refuses to be told.
        "content-length": hasBody && length !== null ? length : undefined,
        range: request.method === "GET" ? undefined : (request.headers.get("range") ?? undefined),
      },
    });
    const body = hasBody ? own : undefined;
    const wait = policy.limits.headerWaitMs;
    return dial(
      host,
      { url: sending.url, method: request.method, headers, body, signal: request.signal },
      wait,
    );
  };
  let response = await knock();
  for (let tries = 0; response.status === 401 && sending.home && tries < 2; tries++) {
    const leave = await exchange.tokens.reauthorize(accessOf(exchange, sending.actions), grant, response);
    await discard(response);
    if (!leave.ok) throw new FaultError(leave);
    // Bytes that were read once cannot be sent again (U6).
    if (hasBody) {
      const message =
        "The registry wanted to be asked for a token anew, after it had been sent what cannot be sent twice";
      throw new FaultError({ status: 503, code: "UNAVAILABLE", message, headers: { "retry-after": "0" } });
    }
    grant = leave;
    response = await knock();
  }
  return sentAnswer(exchange, { ...sending, grant }, response);
}

async function sentAnswer(exchange: Exchange, sending: Sending, response: Response): Promise<Response> {
  const { status } = response;
  const from = new URL(sending.url);
  const headers = answerHeaders(exchange, response);
  headers.set("cache-control", "no-store");
  const location = response.headers.get("location");
  const { principal } = sending.grant;
  const isUpload = exchange.route.endpoint.kind === "uploads" || exchange.route.endpoint.kind === "upload";
  if (isRedirect(status) && location !== null && isUpload) {
    await discard(response);
    // The body is gone by now: the client sends it again, to us (U5).
    headers.set("location", await clientSession(exchange, { location, from, principal }));
    headers.set("content-length", "0");
    return new Response(null, { status: 307, headers });
  }
  // A piece that does not fit says by its Range where to go on (U8).
  const isHint = status === 416 && isUpload;
  if ((status < 200 || status > 299) && !isHint) {
    const missing = isUpload ? "BLOB_UPLOAD_UNKNOWN" : "MANIFEST_UNKNOWN";
    return relayFault(
      exchange,
      { response, url: from, elsewhere: !sending.home, grant: sending.grant },
      missing,
    );
  }
  await discard(response);
  if (!isUpload) await forgetKept(exchange);
  // What a registry says about a stored blob or manifest stands in headers; its body is empty by the specification.
  headers.set("content-length", "0");
  headers.delete("content-type");
  if (status === 204) headers.delete("content-length");
  if (isUpload && status !== 201 && exchange.policy.limits.requestBody !== undefined)
    headers.set("oci-chunk-max-length", String(exchange.policy.limits.requestBody - CHUNK_MARGIN));
  const target =
    location === null ? undefined : await locationFor(exchange, { location, from, sending, status });
  if (target !== undefined) headers.set("location", target);
  return new Response(null, { status, headers });
}

/** Makes what was put or deleted be seen at once. */
async function forgetKept(exchange: Exchange): Promise<void> {
  const { route, registry, pushes, host } = exchange;
  pushes.note(registry.key, route.repository ?? "");
  if (route.endpoint.kind === "blob")
    await host.cache?.remove(digestKey(exchange, "blob", route.endpoint.digest)).catch(() => undefined);
}

async function locationFor(
  exchange: Exchange,
  said: { readonly location: string; readonly from: URL; readonly sending: Sending; readonly status: number },
): Promise<string | undefined> {
  const { endpoint } = exchange.route;
  const isUpload = endpoint.kind === "uploads" || endpoint.kind === "upload";
  const { location, from, sending } = said;
  const mapping = mappingOf(exchange);
  const address = readAddress(location, from);
  const stored = address === undefined ? undefined : mapAddress(address, mapping);
  // 201 says where the blob is now, except where a piece is answered so (Amazon), which says where to go on.
  const isStored = said.status === 201 && (!isUpload || sending.digest !== undefined);
  if (!isStored && isUpload)
    return clientSession(exchange, { location, from, principal: sending.grant.principal });
  if (stored !== undefined && !stored.includes("/blobs/uploads/")) return stored;
  if (sending.digest === undefined) return undefined;
  return clientPath(mapping.entry, mapping.name, { path: `/blobs/${sending.digest}`, query: "" });
}

/** The digest that a query ends an upload or mounts a blob with. */
function digestIn(query: string): string | undefined {
  const merged = query.replaceAll("?", "&");
  return takeParameter(merged, "digest").values[0] ?? takeParameter(merged, "mount").values[0];
}
