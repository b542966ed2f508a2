import { accessOf, findKey } from "./access.ts";
import { type Tokens, tokenKey } from "./broker.ts";
import { dial, discard } from "./dial.ts";
import { type Fault, FaultError } from "./errors.ts";
import { ownUrl } from "./own-url.ts";
import type { Policy } from "./policy.ts";
import { readBody } from "./read-body.ts";
import { type Credential, findRegistry, type RegistryRow } from "./registries.ts";
import { parseRoute } from "./route.ts";
import { sortScopes, type Wanted } from "./scopes.ts";
import { parseUrl } from "./setting.ts";
import { askToken, basicOf, readBasic, type TokenQuestion } from "./upstream-token.ts";

/** What a client asks the token endpoint for, read from a query or a form. */
interface Asked {
  readonly form: boolean;
  readonly grant: string;
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
  readonly refresh: string | undefined;
  /** Whether the client wants something to come back with: `offline_token=true`, `access_type=offline`. */
  readonly offline: boolean;
  readonly client: string | undefined;
}

/** A token for the client, not yet in JSON. */
interface Given {
  readonly token: string;
  /** Seconds since the epoch. */
  readonly expires: number;
  readonly scopes: readonly string[];
  readonly refresh?: string | undefined;
}

/** Seconds that a token of ours lasts where no upstream's stands behind it. */
const OWN_SECONDS = 900;
/** Seconds that a sealed password lasts: registries without tokens are asked with it again and again (A12). */
const BASIC_SECONDS = 300;
/** Seconds that a refresh token lasts. */
const REFRESH_SECONDS = 30 * 86_400;

/**
 * The answer of the token endpoint, to GET as well as to POST. Which registry is meant, the scopes' prefix says, else the host's label, else the login
 * name (`ghcr.io/alice`), else it is the default. A password goes to the registry that its login name or the host names, and to no other.
 * @throws FaultError for what is refused; its message says which registry was asked (A13)
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @see https://distribution.github.io/distribution/spec/auth/oauth/
 */
export async function answerToken(tokens: Tokens, request: Request): Promise<Response> {
  const asked = request.method === "POST" ? await readForm(tokens, request) : readQuery(request);
  const given = await give(tokens, request, asked);
  const now = tokens.host.nowMs() / 1000;
  const body = {
    token: given.token,
    access_token: given.token,
    // What is left, not what there was: a kept token is older than this answer (A8).
    expires_in: Math.max(1, Math.floor(given.expires - now)),
    issued_at: new Date(Math.floor(now) * 1000).toISOString().replace(".000", ""),
    ...(given.scopes.length === 0 ? {} : { scope: given.scopes.join(" ") }),
    ...(given.refresh === undefined ? {} : { refresh_token: given.refresh }),
  };
  return Response.json(body, { headers: { "cache-control": "no-store", pragma: "no-cache" } });
}

/**
 * A search's request with a token that fits. A login stands in it as Basic where clients know no other way (`docker search`): it becomes a token for the
 * catalog of `registry`. A token for another registry, which is what someone has who is logged in there, opens this proxy and goes no further.
 * @throws FaultError as {@link answerToken}
 */
export async function withToken(tokens: Tokens, request: Request, registry: RegistryRow): Promise<Request> {
  const { envelopes, host } = tokens;
  const header = request.headers.get("authorization");
  const pass = (principal: string): Promise<string> =>
    envelopes.seal({ kind: "pass", principal }, host.nowMs() / 1000 + OWN_SECONDS);
  const credential = readBasic(header);
  let token: string;
  if (credential === undefined) {
    const envelope = await envelopes.open(header);
    if (typeof envelope === "string" || envelope.kind === "pass" || envelope.registry === registry.key)
      return request;
    token = await pass(envelope.principal);
  } else if (registry.search === "catalog") {
    const scopes = [`registry:${registry.key}/catalog:*`];
    const asked = { form: false, grant: "password", scopes, credential, refresh: undefined, offline: false };
    token = (await give(tokens, request, { ...asked, client: undefined })).token;
  } else token = await pass(enter(tokens, request, credential, false).principal);
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${token}`);
  return new Request(request.url, { headers, signal: request.signal });
}

function readQuery(request: Request): Asked {
  const query = new URL(request.url).searchParams;
  return {
    form: false,
    grant: "password",
    scopes: query.getAll("scope"),
    credential: readBasic(request.headers.get("authorization")),
    refresh: undefined,
    offline: query.get("offline_token") === "true",
    client: query.get("client_id") ?? undefined,
  };
}

async function readForm({ policy }: Tokens, request: Request): Promise<Asked> {
  const body = await readBody(new Response(request.body), policy.limits.tokenBody);
  if (body === undefined)
    throw new FaultError({
      status: 413,
      code: "SIZE_INVALID",
      message: `The form is longer than ${policy.limits.tokenBody} bytes`,
    });
  const form = new URLSearchParams(new TextDecoder().decode(body));
  const [username, password] = [form.get("username"), form.get("password")];
  const named = username !== null && password !== null && username !== "";
  return {
    form: true,
    grant: form.get("grant_type") ?? "",
    scopes: form.getAll("scope"),
    credential: named ? { username, password } : readBasic(request.headers.get("authorization")),
    refresh: form.get("refresh_token") ?? undefined,
    offline: form.get("access_type") === "offline",
    client: form.get("client_id") ?? undefined,
  };
}

async function give(tokens: Tokens, request: Request, asked: Asked): Promise<Given> {
  const { policy, envelopes, host } = tokens;
  if (asked.grant !== "password" && asked.grant !== "refresh_token")
    throw fault(
      400,
      "UNSUPPORTED",
      `The grant type ${JSON.stringify(asked.grant.slice(0, 40))} is not taken`,
    );
  const refresh =
    asked.grant === "refresh_token" ? await envelopes.openRefresh(asked.refresh ?? "") : undefined;
  if (asked.grant === "refresh_token" && refresh === undefined)
    throw fault(401, "UNAUTHORIZED", "The refresh token is none of this proxy's, or is past its time");

  const entry = enter(tokens, request, asked.credential, refresh !== undefined);
  if (policy.mode !== "passthrough") {
    const expires = host.nowMs() / 1000 + OWN_SECONDS;
    return {
      token: await envelopes.seal({ kind: "pass", principal: entry.principal }, expires),
      expires,
      scopes: [],
    };
  }

  const login = loginOf(tokens, request, entry.credential);
  const wanted = sortScopes(asked.scopes, {
    registries: policy.registries,
    login: login.registry,
    unnamed: refresh === undefined ? login.registry : findRegistry(policy.registries, refresh.registry),
    write: policy.write,
    filter: tokens.filter,
    most: policy.limits.scopes,
  });
  if (wanted.registry === undefined)
    throw fault(400, "NAME_UNKNOWN", "No registry is named: log in as REGISTRY/NAME, such as ghcr.io/alice");
  if (refresh !== undefined) {
    if (refresh.registry !== wanted.registry.key)
      throw fault(
        401,
        "UNAUTHORIZED",
        `The login is for ${refresh.registry}, not for ${wanted.registry.key}`,
      );
    return exchange(
      tokens,
      { ...wanted, registry: wanted.registry },
      { ...asked, credential: undefined, refresh: refresh.token },
      refresh.principal,
      request.signal,
    );
  }
  // The password of one registry never reaches another: what is asked there is asked without it.
  const fits = login.registry?.key === wanted.registry.key;
  const credential = fits ? login.credential : undefined;
  const principal =
    credential === undefined ? entry.principal : `${wanted.registry.key}/${credential.username}`;
  return exchange(
    tokens,
    { ...wanted, registry: wanted.registry },
    { ...asked, credential },
    principal,
    request.signal,
  );
}

/** Who asks, and with which password for the upstream: an access key may be the password, or stand before it as `KEY:password`. */
function enter(
  { policy }: Tokens,
  request: Request,
  credential: Credential | undefined,
  known: boolean,
): { readonly principal: string; readonly credential: Credential | undefined } {
  const access = accessOf(request, policy);
  if (access.by === "wrong") throw fault(403, "DENIED", "The access key does not fit");
  if (access.by === "open" || known) return { principal: "anonymous", credential };
  if (access.by === "key") return { principal: `key ${access.key}`, credential };
  const password = credential?.password ?? "";
  const whole = findKey(password, policy.accessKeys);
  if (whole !== undefined) return { principal: `key ${whole}`, credential: undefined };
  const colon = password.indexOf(":");
  const first = colon < 0 ? undefined : findKey(password.slice(0, colon), policy.accessKeys);
  if (first === undefined || credential === undefined)
    throw fault(401, "UNAUTHORIZED", "This proxy is private: the password must be one of its access keys");
  return {
    principal: `key ${first}`,
    credential: { username: credential.username, password: password.slice(colon + 1) },
  };
}

/** The registry that a login is for, and the name without it. */
function loginOf(
  { policy }: Tokens,
  request: Request,
  credential: Credential | undefined,
): { readonly registry: RegistryRow | undefined; readonly credential: Credential | undefined } {
  const host = parseUrl(request.url)?.host ?? "";
  const routed = parseRoute(
    { path: "/v2/", query: "", host, mount: "" },
    {
      registries: policy.registries,
      default: policy.default,
      host: new URL(ownUrl(request, policy)).host,
      longestPath: policy.limits.path,
    },
  );
  if ("status" in routed) throw new FaultError(routed);
  const usual = policy.default === undefined ? undefined : findRegistry(policy.registries, policy.default);
  if (credential === undefined) return { registry: routed.registry ?? usual, credential };
  const named = namedLogin(policy, credential);
  if (named === undefined) return { registry: routed.registry ?? usual, credential };
  if (routed.registry !== undefined && routed.registry.key !== named.registry.key)
    throw fault(
      401,
      "UNAUTHORIZED",
      `This host is for ${routed.registry.key}, the login for ${named.registry.key}`,
    );
  return named;
}

/** The registry of a `REGISTRY/NAME`, and the login without it; `undefined` for a plain name. */
function namedLogin(
  { registries }: Policy,
  credential: Credential,
): { readonly registry: RegistryRow; readonly credential: Credential } | undefined {
  // Basic ends the name at its first colon (RFC 7617 §2), which is that of the port where the registry has one.
  for (const { username, password } of [credential, afterPort(credential)]) {
    const slash = username.indexOf("/");
    const registry = slash < 0 ? undefined : findRegistry(registries, username.slice(0, slash));
    if (registry !== undefined)
      return { registry, credential: { ...credential, username: username.slice(slash + 1), password } };
  }
  return undefined;
}

function afterPort({ username, password }: Credential): Pick<Credential, "username" | "password"> {
  const [, port, name = "", rest = ""] = /^(\d{1,5}\/)([^:]*):([^]*)$/u.exec(password) ?? [];
  return port === undefined
    ? { username, password }
    : { username: `${username}:${port}${name}`, password: rest };
}

/** The client's credential for a token of the upstream, sealed for that upstream. */
async function exchange(
  tokens: Tokens,
  wanted: Wanted & { readonly registry: RegistryRow },
  asked: Asked,
  principal: string,
  signal: AbortSignal,
): Promise<Given> {
  const { registry } = wanted;
  const { credential, refresh } = asked;
  const now = tokens.host.nowMs() / 1000;
  const seal = (authorization: string | undefined, expires: number): Promise<string> =>
    tokens.envelopes.seal(
      {
        kind: "upstream",
        registry: registry.key,
        authorization,
        anonymous: credential === undefined && refresh === undefined,
        principal,
      },
      expires,
    );
  const way = await tokens.ways.of(registry, signal);
  if (way.kind !== "bearer") {
    if (way.kind === "basic") await checkBasic(tokens, registry, credential, signal);
    const authorization = way.kind === "basic" && credential !== undefined ? basicOf(credential) : undefined;
    const expires = now + BASIC_SECONDS;
    return { token: await seal(authorization, expires), expires, scopes: wanted.said };
  }
  const question: TokenQuestion = {
    registry: registry.key,
    realm: way.realm,
    service: way.service ?? registry.service,
    scopes: wanted.scopes,
    credential,
    extra: extraOf(asked, credential),
    form:
      asked.form && (credential !== undefined || refresh !== undefined)
        ? { grant: refresh === undefined ? "password" : "refresh_token", refresh }
        : undefined,
  };
  // A login is checked every time; a form brings refresh tokens, which are not for keeping.
  const keep = !asked.form && !asked.offline && wanted.scopes.length > 0;
  const issued = keep
    ? await tokens.cache.get(tokenKey(question), (wait) => askToken(tokens, question, wait), signal)
    : await askToken(tokens, question, signal).catch((error: unknown) => {
        throw error instanceof FaultError && wanted.scopes.length === 0 ? toldWhere(error, registry) : error;
      });
  const lasting = tokens.policy.sealingSecrets.length > 0 ? (issued.refresh ?? refresh) : undefined;
  return {
    token: await seal(`Bearer ${issued.token}`, issued.expires),
    expires: issued.expires,
    scopes: wanted.said,
    refresh:
      lasting === undefined || (!asked.offline && refresh === undefined)
        ? undefined
        : await tokens.envelopes.sealRefresh(registry, { token: lasting, principal }, now + REFRESH_SECONDS),
  };
}

/** A login's refusal, saying where it was tried: nothing in `docker login` shows that (A13). */
function toldWhere({ fault: { message, ...rest } }: FaultError, { key }: RegistryRow): FaultError {
  return new FaultError({
    ...rest,
    message: `${message}; the login was tried at ${key}, for another registry log in as REGISTRY/NAME`,
  });
}

/** What else the upstream's token server is told (A5). */
function extraOf(asked: Asked, credential: Credential | undefined): readonly (readonly [string, string])[] {
  const extra: (readonly [string, string])[] = [];
  if (asked.form) {
    extra.push(["client_id", asked.client ?? "breakbulk"]);
    if (asked.offline) extra.push(["access_type", "offline"]);
    return extra;
  }
  if (credential !== undefined) extra.push(["account", credential.username]);
  if (asked.client !== undefined) extra.push(["client_id", asked.client]);
  if (asked.offline) extra.push(["offline_token", "true"]);
  return extra;
}

/** Asks a registry without tokens whether it takes the password: nothing else would say so before the first pull (A12). */
async function checkBasic(
  { host, policy }: Tokens,
  registry: RegistryRow,
  credential: Credential | undefined,
  signal: AbortSignal,
): Promise<void> {
  const headers = new Headers({ "accept-encoding": "identity", "user-agent": "breakbulk-edge" });
  if (credential !== undefined) headers.set("authorization", basicOf(credential));
  const response = await dial(
    host,
    { url: `${registry.base}/v2/`, method: "GET", headers, signal },
    policy.limits.headerWaitMs,
  );
  await discard(response);
  if (response.status === 200) return;
  if (response.status === 401 || response.status === 403)
    throw fault(
      401,
      "UNAUTHORIZED",
      credential === undefined
        ? `${registry.key} wants a login: log in as ${registry.key}/NAME`
        : `${registry.key} does not take this login`,
      "upstream",
    );
  throw fault(
    response.status === 429 ? 429 : 502,
    "UNAVAILABLE",
    `${registry.key} answered ${response.status} to a login`,
    "upstream",
  );
}

function fault(
  status: number,
  code: Fault["code"],
  message: string,
  source: "proxy" | "upstream" = "proxy",
): FaultError {
  return new FaultError({ status, code, message, source });
}
