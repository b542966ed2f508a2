import type { Bytes, ReadOptions } from "../bytes/mod.ts";
import { type Digest, isDigest, parseDigest, sha256Digest } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { type Descriptor, MEDIA_TYPES, parseManifest } from "../oci/mod.ts";
import { discardBody, readWhole } from "./read-answer.ts";
import { type Remote, remoteUrl, scopeFor } from "./remote.ts";
import { delayOf } from "./retry.ts";
import type { Answer } from "./transport.ts";

/** A manifest or index as it was received, checked against its digest. */
export interface ReceivedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Bytes;
}

/** Every kind that is understood or recognised: registries that convert give what stands first, others answer 404 when theirs is missing. */
const ACCEPT = [
  MEDIA_TYPES.ociIndex,
  MEDIA_TYPES.ociManifest,
  MEDIA_TYPES.dockerList,
  MEDIA_TYPES.dockerManifest,
  `${MEDIA_TYPES.dockerSchema1Signed};q=0.1`,
  `${MEDIA_TYPES.dockerSchema1};q=0.1`,
].join(", ");

/**
 * What a tag or digest leads to. Asks by HEAD, which is not counted as a pull; by GET where that tells not enough, and then has the bytes.
 * @throws CoreError `registry/missing` and the others of a refused request; `registry/answer`; `digest/mismatch`; `bytes/limit`.
 */
export async function resolveManifest(
  remote: Remote,
  reference: string,
  options: ReadOptions = {},
): Promise<{ readonly descriptor: Descriptor; readonly bytes?: Bytes }> {
  let answer: Answer;
  try {
    answer = await ask(remote, "HEAD", reference, options);
  } catch (error) {
    // A HEAD brings no words, and some servers do not know it at all.
    if (!isCoreError(error) || !ASK_AGAIN.has(error.code)) throw error;
    return readManifest(remote, reference, options);
  }
  const { headers } = answer.response;
  await discardBody(answer.response);
  const digest = headers.get("docker-content-digest") ?? "";
  const size = headers.get("content-length") ?? "";
  const mediaType = mediaTypeOf(headers.get("content-type"));
  if (
    !isDigest(digest) ||
    !/^[1-9]\d{0,14}$/.test(size) ||
    mediaType === "" ||
    !parseDigest(digest).algorithm.startsWith("sha256")
  )
    return readManifest(remote, reference, options);
  if (isDigest(reference) && digest !== reference) throw otherDigest(reference, digest);
  return { descriptor: { mediaType, digest, size: Number(size) } };
}

const ASK_AGAIN: ReadonlySet<string> = new Set([
  "registry/missing",
  "registry/refused",
  "registry/unsupported",
  "registry/unauthorized",
  "registry/denied",
]);

/**
 * The manifest or index that a tag or digest leads to. Asked for by digest, its bytes are those or nothing is given; by tag, the digest is that of
 * the bytes, which the registry's word must match.
 * @throws CoreError `registry/*`, `digest/mismatch`, `bytes/limit`.
 */
export async function readManifest(
  remote: Remote,
  reference: string,
  options: ReadOptions = {},
): Promise<ReceivedManifest> {
  if (isDigest(reference) && parseDigest(reference).algorithm !== "sha256")
    throw new CoreError(
      "store/unverifiable",
      `Cannot read manifest ${reference}: only digests by sha256 can be checked`,
      { digest: reference },
    );
  const { newHasher } = remote;
  const { response, bytes } = await whole(remote, reference, options);
  const digest = sha256Digest(bytes, newHasher);
  const said = response.headers.get("docker-content-digest");
  const expected = isDigest(reference) ? reference : said?.startsWith("sha256:") === true ? said : digest;
  // A signed schema 1 manifest is called by the digest of its payload, not of its bytes; it is refused later, by its name.
  const mediaType = mediaTypeOf(response.headers.get("content-type"));
  if (digest !== expected && !(mediaType === MEDIA_TYPES.dockerSchema1Signed && isSchema1(bytes)))
    throw otherDigest(expected, digest);
  return {
    descriptor: { mediaType, digest: isDigest(expected) ? expected : digest, size: bytes.length },
    bytes,
  };
}

/** Asks again when the answer breaks off. */
async function whole(
  remote: Remote,
  reference: string,
  options: ReadOptions,
): Promise<{ readonly response: Response; readonly bytes: Bytes }> {
  const { transport, name } = remote;
  const { limits, clock } = transport;
  const document = `manifest ${name}@${reference}`;
  const place = { document, limit: limits.manifest, patience: transport, signal: options.signal };
  for (let count = 1; ; count++) {
    const { response } = await ask(remote, "GET", reference, options);
    try {
      return { response, bytes: await readWhole(response, place) };
    } catch (error) {
      if (!isCoreError(error, "registry/unreachable") || count >= limits.attempts) throw error;
      await clock.sleep(delayOf(count), options.signal);
    }
  }
}

/** Whether nothing else could be made of it, whatever it is called. */
function isSchema1(bytes: Bytes): boolean {
  try {
    parseManifest(bytes, { document: "manifest", mediaType: MEDIA_TYPES.dockerSchema1Signed });
    return false;
  } catch (error) {
    return isCoreError(error, "oci/schema1");
  }
}

function ask(
  remote: Remote,
  method: "HEAD" | "GET",
  reference: string,
  { signal }: ReadOptions,
): Promise<Answer> {
  const headers = { accept: ACCEPT, "accept-encoding": "identity" };
  const url = remoteUrl(remote, `manifests/${reference}`);
  return remote.transport.send({ method, url, headers, scopes: scopeFor(remote, "pull"), signal });
}

/** Without its parameters. */
function mediaTypeOf(header: string | null): string {
  return (header ?? "").split(";")[0]!.trim().toLowerCase();
}

function otherDigest(expected: string, found: string): CoreError {
  return new CoreError("digest/mismatch", `Cannot verify manifest ${expected}: digest is ${found}`, {
    what: "manifest",
    expected,
    found,
  });
}

/** What a registry made of a manifest. */
export interface PutManifest {
  readonly digest: Digest;
  /** The registry has noted whom it refers to: no tag for that is needed. */
  readonly subject?: string | undefined;
}

/**
 * Writes a manifest under a tag or its digest.
 * @throws CoreError `registry/*`; `digest/mismatch` when the registry made something else of it.
 */
export async function putManifest(
  remote: Remote,
  reference: string,
  manifest: ReadOptions & { readonly bytes: Bytes; readonly mediaType: string },
): Promise<PutManifest> {
  const { bytes, mediaType, signal } = manifest;
  const { response } = await remote.transport.send({
    method: "PUT",
    url: remoteUrl(remote, `manifests/${reference}`),
    headers: { "content-type": mediaType },
    body: bytes,
    scopes: scopeFor(remote, "pull", "push"),
    signal,
  });
  await discardBody(response);
  const digest = sha256Digest(bytes, remote.newHasher);
  const said = response.headers.get("docker-content-digest");
  if (said?.startsWith("sha256:") === true && said !== digest) throw otherDigest(digest, said);
  const subject = response.headers.get("oci-subject") ?? undefined;
  return { digest, ...(subject === undefined ? {} : { subject }) };
}

/**
 * Deletes a tag, or the manifest of a digest with all its tags.
 * @throws CoreError `registry/missing`, `registry/unsupported` when the registry does not delete.
 */
export async function deleteManifest(
  remote: Remote,
  reference: string,
  options: ReadOptions = {},
): Promise<void> {
  const url = remoteUrl(remote, `manifests/${reference}`);
  const scopes = scopeFor(remote, "delete", "pull");
  const { response } = await remote.transport.send({ method: "DELETE", url, scopes, signal: options.signal });
  await discardBody(response);
}
