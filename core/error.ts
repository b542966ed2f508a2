/**
 * Every way in which the world can fail us, by code. A code is `area/what`; its text says what the failure means
 * for the reader of the message, and is not itself shown.
 */
export const ERROR_CODES = {
  "bytes/truncated": "a source ended before the bytes that were asked for",
  "bytes/limit": "something is larger than the limit set for it",
  "digest/invalid": "a digest string is malformed",
  "digest/mismatch": "bytes do not hash to the digest they were stored under",
  "compression/corrupt": "compressed bytes break their format",
  "compression/checksum": "decompressed bytes do not match the checksum or size in the trailer",
  "compression/truncated": "compressed bytes end in the middle of the stream",
  "compression/unsupported": "the format, or a feature of it, is recognised but not read",
  "tar/header": "a tar header is malformed",
  "tar/pax": "a pax extended header is malformed",
  "tar/sparse": "a sparse map is malformed",
  "tar/truncated": "a tar archive ends inside an entry",
  "worker/path": "a path of an image is not there, or is nothing that can be read",
  "worker/file": "the file of an archive was changed, moved or taken away while it was open",
  "worker/ended": "a worker of the page ended before it had answered",
  "worker/fault":
    "something in a worker broke that is not the archive's doing: a defect of ours, or a file that can no longer be read",
  "oci/json": "a document is not JSON",
  "oci/document": "a field of a document is missing or of the wrong type",
  "oci/media-type": "a document is of a kind that cannot be told or is not taken",
  "oci/schema1": "a manifest in Docker's schema 1, which is recognised and refused",
  "oci/reference": "the name of an image is malformed",
  "oci/platform": "a platform specifier is malformed",
  "archive/unrecognized": "bytes that are no image archive in any known layout",
  "archive/layout":
    "an archive's own tables (manifest.json, index.json, repositories) contradict themselves or the format",
  "archive/missing": "an archive names something that it does not hold",
  "archive/path": "a path or link inside an archive leads out of it, round in a circle or nowhere",
  "archive/duplicate": "an archive says the same thing twice; the last one counts",
  "tree/duplicate": "a layer lists a path twice; the last one counts",
  "tree/whiteout": "a whiteout that hides nothing, or something below one",
  "tree/link": "a hard link whose target is missing or cannot be linked to",
  "tree/parent": "a path of a layer that leads through something that is no directory, or above the root",
  "tree/root": "the root of a layer's file system is not a directory",
  "tree/query": "the text of a filter means nothing",
  "template/parse": "the text of a template breaks the language's grammar",
  "template/execute": "a template asks of a value what it cannot give",
  "template/limit": "a template is longer, deeper, slower or more talkative than allowed",
  "image/missing": "no image has the name or ID that was given",
  "image/platform": "an image has nothing for the platform that was asked for",
  "image/conflict": "an image cannot be removed as long as something needs it",
  "image/filter": "a filter, or its value, means nothing",
  "container/missing": "no container has the name or ID that was given",
  "container/name": "the name of a container is malformed, or taken",
  "container/command": "neither an image nor whoever makes a container of it says what to start",
  "container/path": "a path in a container is not there, or is not what is needed of it",
  "container/copy":
    "a copy that does not make sense: a directory onto a file, a file to a directory that is not there",
  "container/archive": "an archive to be unpacked or imported is broken, or leads out of where it belongs",
  "container/changed": "a container was changed by somebody else since it was opened",
  "store/full": "there is no room for what is to be stored; what was there before is kept",
  "store/missing": "a store does not have what was asked of it, or what an image needs",
  "store/damaged":
    "a document in a store is not what its digest says, and with it what an image needs is unknown",
  "store/unreadable": "a store has a blob whose bytes cannot be read back",
  "store/unverifiable": "a digest of an algorithm that cannot be checked: its bytes are not stored",
  "store/conflict": "another tab took over the unfinished blob that was being written",
  "store/closed": "the connection to the database has ended: it was closed, or another tab upgraded it",
  "store/newer": "the database was made by a newer version of this page",
  "registry/missing": "a registry does not know the repository, tag, manifest or blob that was asked for",
  "registry/unauthorized": "a registry wants credentials, or takes none of those it was given",
  "registry/denied": "a registry knows who asks, and does not allow what was asked",
  "registry/limited":
    "a registry has had too many requests; detail.retryAfter has the seconds to wait, where it says them",
  "registry/refused": "a registry refused a request for another reason",
  "registry/unsupported": "a registry does not do what was asked of it: deleting, listing, searching",
  "registry/failed": "a registry broke down over a request, again and again",
  "registry/unreachable":
    "no answer came from a registry: no network, no such host, or a page that may not ask it",
  "registry/answer": "what a registry answered breaks the protocol",
  "registry/realm": "a registry sends those who ask for a token to a place where no credentials may go",
  "registry/redirect": "a registry sent a request on to a place where it may not go, or round in a circle",
  "registry/artifact": "what a name in a registry leads to is no image that can run",
  "command/usage": "a command line that cannot be understood; the message is all that is printed",
  "command/failed": "a command could not do what it was told; the message is all that is printed",
  "command/file": "a file of the host cannot be read or written; detail.reason has the system's words",
  "store/unavailable": "the browser has no database for this page, or refuses it",
  "edge/policy": "what the operator of a proxy wrote contradicts itself or cannot be read: it does not start",
  "dockerfile/invalid": "a Dockerfile, or one instruction of it, is malformed; the text is BuildKit's",
  "build/failed": "an instruction of a Dockerfile cannot be carried out; the text is BuildKit's",
  "build/run": "a Dockerfile has instructions that run programs, which takes a kernel",
  "edit/image": "an image is not made in a way that can be edited",
  "edit/layer": "an edit names a layer that the image does not have",
  "edit/setting": "a setting is given a value that it cannot have",
  "edit/foreign": "an edit needs a layer whose bytes are kept elsewhere",
  "edit/base": "an image is not built on the base that it is to be taken off",
  "edit/media-type": "a layer is in a format that the other family of media types has no name for",
  "edit/index": "an index would have no image, or two of one platform",
} as const satisfies Record<string, string>;

/** One of the codes of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What a {@link CoreError} may carry: plain JSON, so that it crosses workers and files unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A {@link CoreError} as plain JSON. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: { readonly [key: string]: Json };
  readonly cause?: WireError | string;
}

/**
 * The world failed: bad bytes, a missing file, a refused request. The message names the object, the place, what was found and what
 * was expected: `Cannot read tar header at byte 1024: checksum is 5120, expected 5121`.
 * Misuse by the caller is a `TypeError` or `RangeError` instead; an abort passes through as it came.
 */
export class CoreError extends Error {
  readonly code: ErrorCode;
  readonly detail: { readonly [key: string]: Json };

  constructor(
    code: ErrorCode,
    message: string,
    detail: { readonly [key: string]: Json } = {},
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = "CoreError";
    this.code = code;
    this.detail = detail;
  }

  /** The wire form; {@link errorFromWire} is its inverse. */
  toJSON(): WireError {
    const wire: WireError = { code: this.code, message: this.message, detail: this.detail };
    if (this.cause === undefined) return wire;
    return { ...wire, cause: this.cause instanceof CoreError ? this.cause.toJSON() : describe(this.cause) };
  }
}

/** A foreign cause in words. */
function describe(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : (JSON.stringify(cause) ?? typeof cause);
}

/** The error that {@link CoreError.toJSON} was made from. */
export function errorFromWire(wire: WireError): CoreError {
  const { cause } = wire;
  const options =
    cause === undefined ? {} : { cause: typeof cause === "string" ? cause : errorFromWire(cause) };
  return new CoreError(wire.code, wire.message, wire.detail, options);
}

/** Whether `value` is a {@link CoreError}, of code `code` when one is given. */
export function isCoreError(value: unknown, code?: ErrorCode): value is CoreError {
  return value instanceof CoreError && (code === undefined || value.code === code);
}
