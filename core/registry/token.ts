import type { ReadOptions } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { basicAuthorization, type RegistryCredentials } from "./credentials.ts";
import { badAnswer, discardBody, type Patience, readFields } from "./read-answer.ts";
import { readRefusal, refusalError } from "./refusal.ts";
import { formatScope, type Scope } from "./scope.ts";

/** Where a token is to be had, and what for. */
export interface TokenRequest extends ReadOptions {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly Scope[];
  readonly credentials: RegistryCredentials | undefined;
  /** Whether to ask for a refresh token as well: at login. */
  readonly offline?: boolean | undefined;
}

/** What a token service gave. */
export interface Token {
  readonly token: string;
  /** Seconds that it is good for. */
  readonly lifetime: number;
  readonly refreshToken?: string | undefined;
}

/** Lifetime of a token that does not say its own. @see https://distribution.github.io/distribution/spec/auth/token/ */
const DEFAULT_LIFETIME = 60;

/** What Docker calls itself to token services. */
const CLIENT_ID = "docker";

/** Sends one request of the token exchange. */
export type SendTokenRequest = (
  url: string,
  init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string },
  options: ReadOptions,
) => Promise<Response>;

/**
 * A token for `scopes`: by GET, or by POST when there is a refresh token to be shown. A service that knows no POST is asked by GET then.
 * Which of the scopes it grants is not said: the registry tells.
 * @throws CoreError `registry/unauthorized`, `registry/denied`, `registry/limited`, `registry/failed`, `registry/answer`.
 * @see https://distribution.github.io/distribution/spec/auth/oauth/
 */
export async function fetchToken(
  request: TokenRequest,
  how: {
    readonly send: SendTokenRequest;
    readonly patience: Patience;
    readonly limits: { readonly token: number; readonly errorBody: number };
  },
): Promise<Token> {
  const { credentials, signal } = request;
  if (credentials !== undefined && "identityToken" in credentials) {
    const { url, init } = posted(request, credentials.identityToken);
    const response = await how.send(url, init, { signal });
    if (response.status !== 404 && response.status !== 405)
      return readToken(response, { url, method: "POST", signal, ...how });
    await discardBody(response);
  }
  const { url, init } = got(request);
  return readToken(await how.send(url, init, { signal }), { url, method: "GET", signal, ...how });
}

function got({ realm, service, scopes, credentials, offline }: TokenRequest): {
  readonly url: string;
  readonly init: Parameters<SendTokenRequest>[1];
} {
  const url = new URL(realm);
  const headers: Record<string, string> = { accept: "application/json" };
  if (credentials !== undefined && !("registryToken" in credentials)) {
    const [user, secret] =
      "password" in credentials
        ? [credentials.username, credentials.password]
        : [credentials.username ?? "<token>", credentials.identityToken];
    headers["authorization"] = basicAuthorization(user, secret);
    url.searchParams.set("account", user);
  }
  if (offline === true) {
    url.searchParams.set("client_id", CLIENT_ID);
    url.searchParams.set("offline_token", "true");
  }
  for (const scope of scopes) url.searchParams.append("scope", formatScope(scope));
  if (service !== undefined) url.searchParams.set("service", service);
  return { url: url.href, init: { method: "GET", headers } };
}

function posted(
  { realm, service, scopes }: TokenRequest,
  refreshToken: string,
): {
  readonly url: string;
  readonly init: Parameters<SendTokenRequest>[1];
} {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: CLIENT_ID,
  });
  if (service !== undefined) form.set("service", service);
  if (scopes.length > 0) form.set("scope", scopes.map(formatScope).join(" "));
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
  return { url: realm.href, init: { method: "POST", headers, body: form.toString() } };
}

async function readToken(
  response: Response,
  {
    url,
    method,
    limits,
    patience,
    signal,
  }: ReadOptions & {
    readonly url: string;
    readonly method: string;
    readonly patience: Patience;
    readonly limits: { readonly token: number; readonly errorBody: number };
  },
): Promise<Token> {
  if (!response.ok)
    throw refusalError({ method, url }, await readRefusal(response, { limit: limits.errorBody, patience }), {
      realm: true,
    });
  const document = `the token of ${new URL(url).host}`;
  const fields = await readFields(response, { document, limit: limits.token, patience, signal });
  const text = (name: string): string | undefined => {
    const value = fields.value(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const token = text("token") ?? text("access_token");
  if (token === undefined) throw badAnswer(document, "it has neither token nor access_token");
  if (!/^[!-~]+$/.test(token))
    throw new CoreError("registry/answer", `Cannot use ${document}: it cannot stand in a header`);
  const lifetime = fields.value("expires_in");
  const refreshToken = text("refresh_token");
  return {
    token,
    lifetime: typeof lifetime === "number" && lifetime > 0 ? lifetime : DEFAULT_LIFETIME,
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}
