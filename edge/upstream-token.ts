import { formatScope, type Scope } from "../core/registry/mod.ts";
import { retryOf } from "./challenge-of.ts";
import { dial } from "./dial.ts";
import { codeOfStatus, FaultError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Policy } from "./policy.ts";
import { readBody } from "./read-body.ts";
import type { Credential } from "./registries.ts";
import type { Issued } from "./token-cache.ts";

/** A question to an upstream's token endpoint, whose realm has been checked. */
export interface TokenQuestion {
  /** The registry's key, for messages. */
  readonly registry: string;
  readonly realm: string;
  readonly service: string | undefined;
  readonly scopes: readonly Scope[];
  readonly credential: Credential | undefined;
  /** What clients add: `account`, `client_id`, `offline_token`. */
  readonly extra: readonly (readonly [string, string])[];
  /** A form in place of a query: OAuth2, with a password or a refresh token. */
  readonly form?:
    | { readonly grant: "password" | "refresh_token"; readonly refresh?: string | undefined }
    | undefined;
}

/** Who asks token endpoints, and within which limits. */
export interface Asker {
  readonly host: Host;
  readonly policy: Policy;
}

/** Seconds that a token lasts whose server does not say. @see https://distribution.github.io/distribution/spec/auth/token/ */
const UNSAID = 60;
/** A day: what claims to last longer is asked for anew all the same. */
const LONGEST = 86_400;

/**
 * A token from the upstream's server. Redirects are not followed, since a password goes along.
 * @throws FaultError with the server's status (A10): 401 and 403 stay, 429 stays, a failure is a 502
 */
export async function askToken(asker: Asker, question: TokenQuestion, signal: AbortSignal): Promise<Issued> {
  const { host, policy } = asker;
  const request = question.form === undefined ? queryOf(question) : formOf(question);
  const response = await dial(host, { ...request, signal }, policy.limits.headerWaitMs);
  const limit = response.ok ? policy.limits.tokenAnswer : policy.limits.errorBody;
  const body = await readBody(response, limit);
  if (!response.ok) throw refusalOf(question, response, body);
  return readToken(question, body, host.nowMs() / 1000);
}

function queryOf(question: TokenQuestion): { url: URL; method: string; headers: Headers } {
  const url = new URL(question.realm);
  if (question.service !== undefined) url.searchParams.set("service", question.service);
  for (const scope of question.scopes) url.searchParams.append("scope", formatScope(scope));
  for (const [name, value] of question.extra) url.searchParams.append(name, value);
  const headers = plainHeaders();
  if (question.credential !== undefined) headers.set("authorization", basicOf(question.credential));
  return { url, method: "GET", headers };
}

function formOf(question: TokenQuestion): {
  url: URL;
  method: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
} {
  const form = new URLSearchParams({ grant_type: question.form?.grant ?? "password" });
  if (question.service !== undefined) form.set("service", question.service);
  if (question.scopes.length > 0) form.set("scope", question.scopes.map(formatScope).join(" "));
  for (const [name, value] of question.extra) form.set(name, value);
  if (question.form?.refresh !== undefined) form.set("refresh_token", question.form.refresh);
  if (question.credential !== undefined) {
    form.set("username", question.credential.username);
    form.set("password", question.credential.password);
  }
  const body = new TextEncoder().encode(form.toString());
  const headers = plainHeaders();
  headers.set("content-type", "application/x-www-form-urlencoded");
  return { url: new URL(question.realm), method: "POST", headers, body };
}

function plainHeaders(): Headers {
  return new Headers({
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": "breakbulk-edge",
  });
}

/** The Authorization header of a name and password, in UTF-8. @see RFC 7617 */
export function basicOf({ username, password }: Credential): string {
  let text = "";
  for (const byte of new TextEncoder().encode(`${username}:${password}`)) text += String.fromCharCode(byte);
  return `Basic ${btoa(text)}`;
}

/** The name and password of a Basic header, or `undefined` when it is none. */
export function readBasic(header: string | null): Credential | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header?.trim() ?? "")?.[1];
  if (encoded === undefined) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
  const text = new TextDecoder().decode(bytes);
  const colon = text.indexOf(":");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7617 §2 forbids them, and they could split a header
  // oxlint-disable-next-line no-control-regex
  if (colon < 0 || /[\u0000-\u001f\u007f]/.test(text)) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function readToken(question: TokenQuestion, body: Uint8Array | undefined, now: number): Issued {
  const answer = jsonOf(body);
  const token = [answer?.["token"], answer?.["access_token"]].find(
    (value) => typeof value === "string" && value !== "",
  );
  // Only what is legal in a header: a token with a line break in it would write headers of its own.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token))
    throw new FaultError({
      status: 502,
      code: "UNAVAILABLE",
      message: `The token server of ${question.registry} answered without a token`,
      source: "upstream",
    });
  const said = Number(answer?.["expires_in"]);
  const seconds = Number.isFinite(said) && said > 0 ? Math.min(said, LONGEST) : UNSAID;
  const refresh = answer?.["refresh_token"];
  return {
    token,
    issued: now,
    expires: now + seconds,
    refresh: typeof refresh === "string" && refresh !== "" ? refresh : undefined,
    kept: false,
  };
}

function refusalOf(question: TokenQuestion, response: Response, body: Uint8Array | undefined): FaultError {
  const status = response.status >= 500 || response.status < 400 ? 502 : response.status;
  const code = status === 404 || status === 405 ? "UNSUPPORTED" : codeOfStatus(status);
  const words = wordsOf(jsonOf(body));
  return new FaultError({
    status,
    code,
    message: `The token server of ${question.registry} answered ${response.status}${words === undefined ? "" : `: ${words}`}`,
    source: "upstream",
    headers: retryOf(response),
    detail: { status: response.status },
  });
}

/** What a refusal says in words: the first of `errors`, or what OAuth2 and Docker Hub call them. */
function wordsOf(answer: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const errors = answer?.["errors"];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const found = [
    typeof first === "object" && first !== null && "message" in first ? first.message : undefined,
    answer?.["error_description"],
    answer?.["details"],
    answer?.["message"],
    answer?.["error"],
  ].find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found.replace(/\p{Cc}+/gu, " ").slice(0, 200) : undefined;
}

function jsonOf(body: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}
