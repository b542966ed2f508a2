import type { Bytes, ReadOptions } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { leadFlaw } from "./host.ts";
import { badAnswer, discardBody } from "./read-answer.ts";
import { type Remote, remoteUrl, scopeFor } from "./remote.ts";
import type { Answer } from "./transport.ts";

/** An upload under way at a registry. */
export interface UploadSession {
  /** Where its next request goes; changes with each. */
  readonly url: string;
  /** Bytes that the registry has. */
  readonly offset: number;
  /** Most bytes that one request may carry, where the registry or its proxy says so. */
  readonly most: number | undefined;
  /** Fewest bytes of a chunk that is not the last. */
  readonly least: number | undefined;
}

/**
 * Begins an upload; or has the registry take the blob over from another of its repositories, and gives `undefined` then. A registry that
 * will not, begins an upload instead.
 * @throws CoreError `registry/*`.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#push
 */
export async function beginUpload(
  remote: Remote,
  options: ReadOptions & {
    readonly mount?: { readonly digest: Digest; readonly from: string } | undefined;
  } = {},
): Promise<UploadSession | undefined> {
  const { mount, signal } = options;
  const scopes = scopeFor(remote, "pull", "push");
  let query = "";
  if (mount !== undefined) {
    const from = remote.transport.endpoint.prefix + mount.from;
    query = `?${new URLSearchParams({ mount: mount.digest, from }).toString()}`;
    scopes.push({ type: "repository", name: from, actions: ["pull"] });
  }
  const answer = await remote.transport.send({
    method: "POST",
    url: remoteUrl(remote, `blobs/uploads/${query}`),
    scopes,
    signal,
  });
  await discardBody(answer.response);
  if (answer.response.status === 201 && mount !== undefined) return undefined;
  return sessionOf(remote, answer, 0);
}

/** Sends the bytes that follow; gives the session as it is then. Sent once: after a failure only {@link uploadStatus} knows what arrived. */
export async function sendChunk(
  remote: Remote,
  session: UploadSession,
  chunk: ReadOptions & { readonly bytes: Bytes },
): Promise<UploadSession> {
  const { bytes, signal } = chunk;
  const end = session.offset + bytes.length;
  const answer = await remote.transport.send({
    method: "PATCH",
    url: session.url,
    headers: { "content-type": "application/octet-stream", "content-range": `${session.offset}-${end - 1}` },
    body: bytes,
    scopes: scopeFor(remote, "pull", "push"),
    again: false,
    signal,
  });
  await discardBody(answer.response);
  const kept = keptBytes(answer.response);
  if (kept !== undefined && kept !== end)
    throw new CoreError(
      "registry/failed",
      `Cannot upload to ${remote.name}: the registry has ${kept} bytes, expected ${end}`,
      { kept, expected: end },
    );
  return sessionOf(remote, answer, end, session);
}

/** The session as the registry has it. @throws CoreError `registry/missing` when it is gone. */
export async function uploadStatus(
  remote: Remote,
  session: UploadSession,
  options: ReadOptions = {},
): Promise<UploadSession> {
  const { url } = session;
  const scopes = scopeFor(remote, "pull", "push");
  const answer = await remote.transport.send({ method: "GET", url, scopes, signal: options.signal });
  await discardBody(answer.response);
  return sessionOf(remote, answer, keptBytes(answer.response) ?? 0, session);
}

/**
 * Ends an upload, with its last bytes if there are any: the registry checks all of them against the digest.
 * @throws CoreError `digest/mismatch` when they are others; `registry/*`.
 */
export async function endUpload(
  remote: Remote,
  session: UploadSession,
  end: ReadOptions & { readonly digest: Digest; readonly bytes?: Bytes | undefined },
): Promise<void> {
  const { digest, bytes, signal } = end;
  const url = new URL(session.url);
  // Text is added, since what is there may be signed: taking it apart would write it anew.
  const href = `${url.origin}${url.pathname}${url.search === "" ? "?" : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  const range =
    bytes === undefined ? {} : { "content-range": `${session.offset}-${session.offset + bytes.length - 1}` };
  const first = session.offset === 0;
  try {
    const { response } = await remote.transport.send({
      method: "PUT",
      url: href,
      headers:
        bytes === undefined ? {} : { "content-type": "application/octet-stream", ...(first ? {} : range) },
      ...(bytes === undefined ? {} : { body: bytes }),
      scopes: scopeFor(remote, "pull", "push"),
      again: false,
      signal,
    });
    await discardBody(response);
  } catch (error) {
    if (!isCoreError(error) || !saysDigest(error)) throw error;
    throw new CoreError(
      "digest/mismatch",
      `Cannot upload ${digest}: the registry received other bytes`,
      { expected: digest, what: "upload" },
      { cause: error },
    );
  }
}

function saysDigest({ detail }: CoreError): boolean {
  return JSON.stringify(detail["errors"] ?? "").includes("DIGEST_INVALID");
}

/** Gives an upload up. Does not fail: a registry forgets it sooner or later. */
export async function cancelUpload(
  remote: Remote,
  { url }: UploadSession,
  options: ReadOptions = {},
): Promise<void> {
  try {
    const scopes = scopeFor(remote, "pull", "push");
    const { response } = await remote.transport.send({
      method: "DELETE",
      url,
      scopes,
      signal: options.signal,
      again: false,
    });
    await discardBody(response);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isCoreError(error)) throw error;
  }
}

function sessionOf(
  remote: Remote,
  { response, url }: Answer,
  offset: number,
  before?: UploadSession,
): UploadSession {
  const location = response.headers.get("location");
  if (location === null && before === undefined)
    throw badAnswer(`upload to ${remote.name}`, "it has no Location");
  const count = (name: string): number | undefined => {
    const text = response.headers.get(name) ?? "";
    return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
  };
  return {
    url: location === null ? (before?.url ?? url) : uploadUrl(remote, location, url),
    offset,
    most: count("oci-chunk-max-length") ?? before?.most,
    least: count("oci-chunk-min-length") ?? before?.least,
  };
}

/** @throws CoreError `registry/answer`. */
function uploadUrl(remote: Remote, location: string, base: string): string {
  try {
    const url = new URL(location, base);
    if (leadFlaw(url, new URL(base)) === undefined) return url.href;
  } catch {
    // Falls through to the same answer.
  }
  throw badAnswer(`upload to ${remote.name}`, "its Location is no place to send bytes to");
}

/** `0-1023` is 1,024 bytes; `0-0` and nothing are none, since no registry tells one byte from none. */
function keptBytes(response: Response): number | undefined {
  const match = /^(?:bytes=)?0-(\d{1,15})$/.exec(response.headers.get("range") ?? "");
  if (match === null) return undefined;
  return match[1] === "0" ? 0 : Number(match[1]) + 1;
}
