import { CoreError, type ErrorCode, type Json } from "../error.ts";
import { fieldsOf, type JsonValue, parseJson } from "../oci/mod.ts";
import { parseChallenges } from "./challenge.ts";
import { type Patience, readAtMost } from "./read-answer.ts";

/** One error as a registry told it. */
export interface RegistryError {
  /** `MANIFEST_UNKNOWN`. */
  readonly code: string;
  readonly message: string;
}

/** What the answer to a refused request is told apart by. */
export interface Refusal {
  readonly status: number;
  /** None when the body is not in the form of the specification. */
  readonly errors: readonly RegistryError[];
  /** The start of a body that is not, without control characters. */
  readonly text: string;
}

/** Characters kept of a text that is not in the form of the specification: an HTML page says nothing after that. */
const SHOWN = 300;

/**
 * What a response that is no success says. Reads at most `limit` bytes of its body and gives the rest back unread. What a token was refused
 * for stands before the errors of the body, as Docker has it.
 */
export async function readRefusal(
  response: Response,
  { limit, patience }: { readonly limit: number; readonly patience: Patience },
): Promise<Refusal> {
  const { status } = response;
  const place = { document: "a refusal", limit, patience };
  const bytes = await readAtMost(response, place).catch(() => new Uint8Array(0));
  const errors = [...tokenErrors(response), ...bodyErrors(bytes, status)];
  const text = new TextDecoder()
    .decode(bytes)
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, SHOWN);
  return { status, errors, text };
}

/** @see RFC 6750 §3.1 */
function tokenErrors(response: Response): RegistryError[] {
  if (response.status < 400 || response.status > 499) return [];
  for (const { scheme, params } of parseChallenges(response.headers.get("www-authenticate"))) {
    if (scheme !== "bearer") continue;
    const described = shown(params.get("error_description") ?? "");
    const code = TOKEN_ERRORS.get(params.get("error") ?? "");
    if (code !== undefined) return [{ code, message: described === "" ? (SAID.get(code) ?? "") : described }];
  }
  return [];
}

const TOKEN_ERRORS: ReadonlyMap<string, string> = new Map([
  ["invalid_token", "UNAUTHORIZED"],
  ["insufficient_scope", "DENIED"],
]);

/** What is said of an error that comes without words. */
const SAID: ReadonlyMap<string, string> = new Map([
  ["UNAUTHORIZED", "authentication required"],
  ["DENIED", "requested access to the resource is denied"],
  ["TOOMANYREQUESTS", "too many requests"],
  ["UNKNOWN", "unknown error"],
]);

function bodyErrors(bytes: Uint8Array, status: number): RegistryError[] {
  let value: JsonValue;
  try {
    ({ value } = parseJson(bytes, { document: "the error", limits: { depth: 32, values: 10_000 } }));
  } catch {
    return [];
  }
  if (!(value instanceof Map)) return [];
  const fields = fieldsOf(value, "the error");
  const text = (name: string): string | undefined => {
    const found = fields.value(name);
    return typeof found === "string" && found !== "" ? found : undefined;
  };
  const details = text("details");
  if (details !== undefined)
    return [
      {
        code: status === 401 ? "UNAUTHORIZED" : status === 429 ? "TOOMANYREQUESTS" : "UNKNOWN",
        message: shown(details),
      },
    ];
  const listed = fields.value("errors");
  if (Array.isArray(listed)) return listed.slice(0, 20).flatMap((one: JsonValue) => errorOf(one) ?? []);
  // Token services and proxies have their own forms.
  const message = text("error_description") ?? text("message") ?? text("error");
  return message === undefined ? [] : [{ code: codeOf(status), message: shown(message) }];
}

function errorOf(value: JsonValue): RegistryError | undefined {
  if (!(value instanceof Map)) return undefined;
  const [code, message] = [value.get("code"), value.get("message")];
  const name =
    typeof code === "string" && /^[A-Za-z0-9_ -]{1,60}$/.test(code) ? code.toUpperCase() : "UNKNOWN";
  return { code: name, message: typeof message === "string" ? shown(message) : (SAID.get(name) ?? "") };
}

/** Text of a registry as it may be shown: control characters would be orders to a terminal. */
export const shown = (text: string): string => text.replace(/\p{Cc}+/gu, " ").slice(0, 1000);

function codeOf(status: number): string {
  if (status === 401) return "UNAUTHORIZED";
  if (status === 403) return "DENIED";
  return status === 429 ? "TOOMANYREQUESTS" : "UNKNOWN";
}

/** What was asked, for messages: no query, which may hold secrets. */
export interface Asked {
  readonly method: string;
  readonly url: string;
}

/** `url` without user, query and fragment, and without the access key that stands in the path of some proxies (`/k/<key>/v2/`). */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(KEY_IN_PATH, "$1/k/…");
}

const KEY_IN_PATH = /^((?:\/(?!v[12]\/)[^/]+)*?)\/k\/[^/]+(?=\/v[12]\/)/;

/**
 * The error for a refused request. Its detail has `status`, `method`, `url` and the registry's own `errors`; `reason` is what Docker
 * prints of them.
 */
export function refusalError(
  asked: Asked,
  refusal: Refusal,
  more: { readonly [key: string]: Json } = {},
): CoreError {
  const { method } = asked;
  const url = shownUrl(asked.url);
  const { status, errors } = refusal;
  const reason = refusalReason(refusal);
  return new CoreError(errorCode(refusal), `Cannot ${method} ${url}: ${reason}`, {
    status,
    method,
    url,
    reason,
    errors: errors.map(({ code, message }) => ({ code, message })),
    ...(errors.length === 0 && refusal.text !== "" ? { text: refusal.text } : {}),
    ...more,
  });
}

function errorCode({ status, errors }: Refusal): ErrorCode {
  const has = (...codes: string[]): boolean => errors.some(({ code }) => codes.includes(code));
  if (has("TOOMANYREQUESTS") || status === 429) return "registry/limited";
  if (has("DENIED") || status === 403) return "registry/denied";
  if (has("UNAUTHORIZED") || status === 401) return "registry/unauthorized";
  if (status === 404) return "registry/missing";
  if (has("UNSUPPORTED") || status === 405 || status === 501) return "registry/unsupported";
  return status >= 500 ? "registry/failed" : "registry/refused";
}

/** What Docker prints of a refusal. @see https://github.com/distribution/distribution/blob/v2.8.3/registry/client/errors.go */
export function refusalReason({ status, errors, text }: Refusal): string {
  const said = errors.map(({ code, message }) => `${code.toLowerCase().replaceAll("_", " ")}: ${message}`);
  if (said.length > 1) return `errors:\n${said.join("\n")}\n`;
  if (said.length === 1) return said[0]!;
  if (status === 401) return "unauthorized: authentication required";
  if (status >= 400 && status < 500 && text !== "")
    return `error parsing HTTP ${status} response body: no error details found in HTTP response body: ${JSON.stringify(text)}`;
  return `received unexpected HTTP status: ${statusText(status)}`;
}

/** HTTP/2 sends no words, and hosts make none up. @see RFC 9110 §15 */
const PHRASES: ReadonlyMap<number, string> = new Map([
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [409, "Conflict"],
  [412, "Precondition Failed"],
  [413, "Request Entity Too Large"],
  [416, "Requested Range Not Satisfiable"],
  [429, "Too Many Requests"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
]);

/** `401 Unauthorized`, as Docker prints a status. */
export function statusText(status: number): string {
  const phrase = PHRASES.get(status);
  return phrase === undefined ? String(status) : `${status} ${phrase}`;
}
