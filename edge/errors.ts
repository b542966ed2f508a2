/**
 * Codes of answers that refuse: the table of the distribution specification, and the reference registry's own two for what no code of the
 * table can say: that something failed (`UNKNOWN`), that something cannot be reached now (`UNAVAILABLE`).
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export type FaultCode =
  | "BLOB_UNKNOWN"
  | "BLOB_UPLOAD_INVALID"
  | "BLOB_UPLOAD_UNKNOWN"
  | "DIGEST_INVALID"
  | "MANIFEST_BLOB_UNKNOWN"
  | "MANIFEST_INVALID"
  | "MANIFEST_UNKNOWN"
  | "NAME_INVALID"
  | "NAME_UNKNOWN"
  | "SIZE_INVALID"
  | "UNAUTHORIZED"
  | "DENIED"
  | "UNSUPPORTED"
  | "TOOMANYREQUESTS"
  | "UNAVAILABLE"
  | "UNKNOWN";

/** An answer that refuses. A `Refusal` of the token broker is one. */
export interface Fault {
  readonly status: number;
  readonly code: FaultCode;
  /** A sentence for the person at the client; goes out in a header as well, where a HEAD has no body. */
  readonly message: string;
  /** Who refuses; `proxy` when absent. */
  readonly source?: "proxy" | "upstream" | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** More of the detail, beside its source. */
  readonly detail?: Readonly<Record<string, string | number>> | undefined;
}

/**
 * The answer that says `fault`, in the form of the specification. To a HEAD it has no body, so that what it says stands in headers, too.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export function refuse(fault: Fault, method: string): Response {
  const { status, code, message, source = "proxy", detail = {} } = fault;
  const body = JSON.stringify({ errors: [{ code, message, detail: { source, ...detail } }] });
  const headers = new Headers({
    "content-type": "application/json",
    "content-length": String(new TextEncoder().encode(body).length),
    "cache-control": "no-store",
    "x-error-code": code,
    "x-error-source": source,
    // Headers are Latin-1, and of one line.
    "x-error-message": message.replaceAll(/[^ -~]/g, "?").slice(0, 500),
  });
  for (const [name, value] of Object.entries(fault.headers ?? {})) headers.set(name, value);
  return new Response(method === "HEAD" ? null : body, { status, headers });
}

/** What an upstream's status means when its own words cannot be relayed (E2, E3, E4). */
export function codeOfStatus(status: number): FaultCode {
  switch (status) {
    case 400:
      return "UNSUPPORTED";
    case 401:
      return "UNAUTHORIZED";
    case 403:
      return "DENIED";
    case 404:
      return "NAME_UNKNOWN";
    case 405:
    case 501:
      return "UNSUPPORTED";
    case 413:
    case 416:
      return "SIZE_INVALID";
    case 429:
      return "TOOMANYREQUESTS";
    case 502:
    case 503:
    case 504:
      return "UNAVAILABLE";
    default:
      return "UNKNOWN";
  }
}

/** Thrown inside the forwarding half where a refusal has to leave several functions at once; the app answers with its fault. */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, options?: { readonly cause?: unknown }) {
    super(fault.message, options);
    this.name = "FaultError";
    this.fault = fault;
  }
}
