import { MEDIA_TYPES } from "../core/oci/mod.ts";
import type { Grant } from "./authorize.ts";
import { discard } from "./dial.ts";
import { FaultError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { documentType } from "./headers.ts";
import { digestKey, IMMUTABLE_SECONDS, keep } from "./keep.ts";
import { readBody } from "./read-body.ts";
import { answerHeaders } from "./relay.ts";
import { type Answer, ask, upstreamFault } from "./upstream.ts";

/** Every kind of manifest that is in use, with the indexes first: registries that rank by order give the whole image. */
const EVERY_KIND = [
  MEDIA_TYPES.ociIndex,
  MEDIA_TYPES.dockerList,
  MEDIA_TYPES.ociManifest,
  MEDIA_TYPES.dockerManifest,
].join(", ");

/** What a client takes, or every kind when it does not say: registries answer 404, or a format long out of use, to a bare wildcard (M1). */
export function acceptOf(request: Request): string {
  const accept = request.headers.get("accept")?.trim() ?? "";
  return accept === "" || accept === "*/*" ? EVERY_KIND : accept;
}

/** A manifest, whole and checked. */
export interface Document {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: string;
  readonly headers: Headers;
}

/** One way to ask for a manifest. */
export interface Wanted {
  readonly method: "GET" | "HEAD";
  readonly reference: string;
  readonly grant: Grant;
  /** Whether the client's If-None-Match goes with it. */
  readonly conditional: boolean;
}

/** Asks the registry for a manifest. */
export function askManifest(exchange: Exchange, wanted: Wanted): Promise<Answer> {
  const { method, reference, grant } = wanted;
  return ask(exchange, {
    method,
    path: `${exchange.route.repository}/manifests/${reference}`,
    // A query that a registry understood would change what a tag means for everyone.
    query: "",
    actions: ["pull"],
    grant,
    headers: {
      accept: acceptOf(exchange.request),
      range: undefined,
      "if-range": undefined,
      ...(wanted.conditional ? {} : { "if-none-match": undefined, "if-modified-since": undefined }),
    },
  });
}

/**
 * The manifest in an answer of status 200, with its digest, checked against the digest that was asked for and the one that the registry says
 * (M2); it is kept when it may be shared.
 * @throws FaultError 502 when it is too large, broken off, or not what its digest says.
 */
export async function readManifest(exchange: Exchange, answer: Answer, reference: string): Promise<Document> {
  const { response, grant } = answer;
  const bytes = await readBody(response, exchange.policy.limits.manifest);
  if (bytes === undefined) {
    const fault = { status: 502, code: "SIZE_INVALID", source: "upstream" } as const;
    throw new FaultError({
      ...fault,
      message: `The manifest is larger than ${exchange.policy.limits.manifest} bytes`,
    });
  }
  const announced = response.headers.get("content-length");
  if (announced !== null && !response.headers.has("content-encoding") && Number(announced) !== bytes.length)
    throw upstreamFault(502, `The manifest has ${bytes.length} bytes, its length says ${announced}`);
  const headers = answerHeaders(exchange, response);
  headers.set("content-type", documentType(response.headers.get("content-type")));
  headers.set("content-length", String(bytes.length));
  const said = response.headers.get("docker-content-digest");
  const expected = reference.includes(":") ? reference : said;
  // The digest of a signed manifest of schema 1 is that of its payload; its clients know how to check it.
  const isSigned = /prettyjws/.test(headers.get("content-type") ?? "");
  const actual = isSigned && said !== null ? said : await digestOf(bytes, expected);
  if (expected !== null && expected !== actual && !isSigned)
    throw upstreamFault(502, `The manifest's digest is ${actual}, expected ${expected}`);
  headers.set("docker-content-digest", actual);
  if (grant.shared && actual.startsWith("sha256:") && !isSigned) {
    await keep(exchange, {
      key: digestKey(exchange, "manifest", actual),
      bytes,
      headers: keptHeaders(headers),
      digest: actual,
      freshSeconds: IMMUTABLE_SECONDS,
    });
  }
  return { bytes, digest: actual, headers };
}

/** What of a manifest's headers stays true for as long as it is kept. */
export function keptHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["content-type", "docker-content-digest", "etag"]) {
    const value = headers.get(name);
    if (value !== null) kept[name] = value;
  }
  return kept;
}

/** The digest that a HEAD's answer says, with the answer let go. */
export async function digestOfHead(answer: Answer): Promise<string | undefined> {
  await discard(answer.response);
  return answer.response.headers.get("docker-content-digest") ?? undefined;
}

/** The digest of `bytes`, by the algorithm of `like` where it is one that can be computed here; `like` itself where it is not. */
async function digestOf(bytes: Uint8Array<ArrayBuffer>, like: string | null): Promise<string> {
  const algorithm = like?.split(":")[0] ?? "sha256";
  if (algorithm !== "sha256" && algorithm !== "sha512") return like ?? "";
  const hash = await crypto.subtle.digest(algorithm === "sha256" ? "SHA-256" : "SHA-512", bytes);
  const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
  return `${algorithm}:${hex.join("")}`;
}
