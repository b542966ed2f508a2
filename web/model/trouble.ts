import { CoreError, type WireError } from "../../core/error.ts";

/** A failure as the page tells it. */
export interface Trouble {
  readonly message: string;
  /** `area/what` of a CoreError. */
  readonly code?: string | undefined;
  readonly detail?: WireError["detail"] | undefined;
  /** Messages of what caused it, nearest first. */
  readonly causes: readonly string[];
}

/** The trouble that a wire error tells of. */
export function troubleFromWire(wire: WireError): Trouble {
  const causes: string[] = [];
  let cause = wire.cause;
  // A chain made by hostile bytes is cut: nobody reads the ninth cause.
  while (cause !== undefined && causes.length < 8) {
    if (typeof cause === "string") {
      causes.push(cause);
      break;
    }
    causes.push(cause.message);
    cause = cause.cause;
  }
  return { message: wire.message, code: wire.code, detail: wire.detail, causes };
}

/** The trouble of anything thrown; `undefined` when it is only an abort. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (error instanceof CoreError) return troubleFromWire(error.toJSON());
  if (error instanceof Error) {
    return error.name === "AbortError" ? undefined : { message: error.message, causes: [] };
  }
  return { message: String(error), causes: [] };
}

/** Which advice fits an error: a key of the words' `problems.advice`; `undefined` where the message says all there is to do. */
export function adviceKey(code: string | undefined) {
  // What registries refuse has advice of its own.
  if (code?.startsWith("registry/")) return undefined;
  if (code === "store/full") return "full";
  if (code === "image/missing") return "notKept";
  if (code === "store/newer" || code === "store/closed" || code === "worker/ended") return "reload";
  if (code === "store/damaged" || code === "store/missing" || code === "store/unreadable") return "store";
  if (code !== undefined && /^(?:image|oci\/(?:reference|platform)|store)/u.test(code)) return undefined;
  const what = code?.slice(code.indexOf("/") + 1) ?? "";
  if (what === "truncated") return "truncated";
  if (what === "mismatch" || what === "checksum") return "mismatch";
  if (what === "unsupported") return "unsupported";
  if (what === "limit") return "limit";
  if (/^(?:corrupt|header|pax|sparse)$/u.test(what)) return "corrupt";
  return "other";
}

/** The digests of a mismatch, when the error names them. */
export function mismatchOf(
  trouble: Trouble,
): { readonly expected: string; readonly found: string } | undefined {
  const { expected, found, actual } = trouble.detail ?? {};
  const seen = found ?? actual;
  return typeof expected === "string" && typeof seen === "string" ? { expected, found: seen } : undefined;
}
