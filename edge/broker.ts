import { sha256Digest } from "../core/digest/mod.ts";
import { parseChallenges, type Scope } from "../core/registry/mod.ts";
import { accessOf } from "./access.ts";
import type { AccessRequest, Grant, Refusal, TokenBroker } from "./authorize.ts";
import { createWays, type Way, type Ways, wayOf } from "./challenge-of.ts";
import { createEnvelopes, type Envelope, type Envelopes } from "./envelope.ts";
import { type Fault, FaultError } from "./errors.ts";
import type { Host } from "./host.ts";
import { ownChallenge, withPull } from "./own-realm.ts";
import type { Policy } from "./policy.ts";
import { rowOfHop } from "./realm.ts";
import type { Credential, RegistryRow } from "./registries.ts";
import { createRepositoryFilter, type RepositoryFilter } from "./repository-policy.ts";
import { rawAddress } from "./route.ts";
import type { Sealer } from "./seal.ts";
import { createTokenCache, type Issued, type TokenCache } from "./token-cache.ts";
import { askToken, basicOf, type TokenQuestion } from "./upstream-token.ts";

/** What tokens are got and judged with: the broker's and the token endpoint's, made once per app. */
export interface Tokens {
  readonly policy: Policy;
  readonly host: Host;
  readonly ways: Ways;
  readonly cache: TokenCache;
  readonly envelopes: Envelopes;
  readonly filter: RepositoryFilter;
}

/** @see Tokens */
export function createTokens(policy: Policy, host: Host, sealer: Sealer): Tokens {
  return {
    policy,
    host,
    ways: createWays(host, policy),
    cache: createTokenCache(host),
    envelopes: createEnvelopes(sealer),
    filter: createRepositoryFilter(policy.repositories),
  };
}

/** @see TokenBroker */
export function createTokenBroker(tokens: Tokens): TokenBroker {
  /** Under which key a grant's token is kept, to drop it when the upstream does not take it. */
  const origins = new WeakMap<Grant, { readonly key: string; readonly kept: boolean }>();

  /** Grants that stand in for one which was refused. */
  const second = new WeakSet<Grant>();

  const own = async (asked: AccessRequest, principal: string): Promise<Grant> => {
    const { registry } = asked;
    const credential = tokens.policy.mode === "gateway" ? registry.credential : undefined;
    const signal = asked.signal ?? asked.request.signal;
    const way = await tokens.ways.of(registry, signal);
    const shared = credential === undefined;
    if (way.kind === "none") return { ok: true, authorization: undefined, shared, principal };
    if (way.kind === "basic") {
      if (credential === undefined) throw needsLogin(registry);
      return { ok: true, authorization: basicOf(credential), shared, principal };
    }
    const { key, issued } = await ownToken(
      tokens,
      { registry, way, scopes: scopesOf(asked), credential },
      signal,
    );
    const grant: Grant = { ok: true, authorization: `Bearer ${issued.token}`, shared, principal };
    origins.set(grant, { key, kept: issued.kept });
    return grant;
  };

  /** What `own` brings, or the refusal: where the client may log in, a 401 of ours says so. */
  const ownOrRefusal = async (asked: AccessRequest, principal: string): Promise<Grant | Refusal> => {
    try {
      return await own(asked, principal);
    } catch (error) {
      if (error instanceof FaultError) return refusalFor(tokens, asked, error.fault);
      throw error;
    }
  };

  return {
    async authorize(asked) {
      const entry = await enter(tokens, asked.request, asked);
      if ("ok" in entry) return entry;
      const closed = closedTo(tokens, asked);
      if (closed !== undefined) return closed;
      if (entry.envelope?.kind !== "upstream") return ownOrRefusal(asked, entry.principal);
      const { envelope } = entry;
      if (envelope.registry !== asked.registry.key)
        return challenge(tokens, asked.request, {
          asked,
          error: "invalid_token",
          message: `The token is for ${envelope.registry} and goes nowhere else; ask for one for ${asked.registry.key}`,
        });
      return {
        ok: true,
        // An upstream that never wants credentials gets none, whatever a token of ours says (A11).
        authorization: asked.registry.token === "none" ? undefined : envelope.authorization,
        shared: envelope.anonymous,
        principal: envelope.principal,
      };
    },

    async reauthorize(asked, grant, response) {
      const header = response.headers.get("www-authenticate");
      const origin = origins.get(grant);
      const clients =
        origin === undefined && grant.authorization !== undefined && tokens.policy.mode === "passthrough";
      try {
        const way = clients ? undefined : wayOf(header, asked.registry);
        const said = parseChallenges(header)
          .find(({ scheme }) => scheme === "bearer")
          ?.params.get("error");
        const final = second.has(grant) || (origin !== undefined && !origin.kept);
        if (way === undefined || asked.registry.token === "none" || final)
          return refusalFor(tokens, asked, {
            status: 401,
            code: "UNAUTHORIZED",
            message: `${asked.registry.key} wants ${grant.shared ? "a login" : "another login"} for this`,
            source: "upstream",
            ...(said === "invalid_token" ? { detail: { error: said } } : {}),
          });
        if (origin === undefined) tokens.ways.learn(asked.registry, way);
        else tokens.cache.drop(origin.key);
        const again = await ownOrRefusal(asked, grant.principal);
        if (again.ok) second.add(again);
        return again;
      } catch (error) {
        if (error instanceof FaultError) return refusalFor(tokens, asked, error.fault);
        throw error;
      }
    },

    async authorizeHop({ url, response, signal }) {
      const registry = rowOfHop(url, tokens.policy.registries);
      const name = /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\/[^/]+$/.exec(url.pathname)?.[1];
      if (name === undefined) return undefined;
      try {
        const way = wayOf(response.headers.get("www-authenticate"), registry);
        if (way?.kind !== "bearer") return undefined;
        const scopes = [{ type: "repository", name, actions: ["pull"] }];
        const wait = signal ?? new AbortController().signal;
        const { issued } = await ownToken(tokens, { registry, way, scopes, credential: undefined }, wait);
        return `Bearer ${issued.token}`;
      } catch (error) {
        // Whatever is wrong with the other registry's token server, the answer is the 401 that is there already.
        if (error instanceof FaultError) return undefined;
        throw error;
      }
    },

    async ping(request) {
      const entry = await enter(tokens, request, undefined);
      if ("ok" in entry) return entry;
      // dockerd asks a mirror with a path there, and sends Docker Hub's password to the realm of whatever asks for one: it is not invited to.
      const mirror = !/^\/v2(\/|$)/.test(pathOf(request));
      const needed = tokens.policy.mode === "passthrough" && !mirror && entry.envelope === undefined;
      if (needed) return challenge(tokens, request, { message: "Log in, or ask for an anonymous token" });
      return { ok: true, authorization: undefined, shared: false, principal: entry.principal };
    },
  };
}

/** The first word on a request: who it is, or why it goes no further. */
async function enter(
  tokens: Tokens,
  request: Request,
  asked: AccessRequest | undefined,
): Promise<{ readonly principal: string; readonly envelope: Envelope | undefined } | Refusal> {
  const access = accessOf(request, tokens.policy);
  if (access.by === "wrong")
    return { ok: false, status: 403, code: "DENIED", message: "The access key does not fit" };
  const envelope = await tokens.envelopes.open(request.headers.get("authorization"));
  if (envelope === "forged")
    return challenge(tokens, request, {
      asked,
      error: "invalid_token",
      message: "The token is none of this proxy's, or is past its time",
    });
  if (envelope === "none") {
    if (access.by === "none")
      return challenge(tokens, request, {
        asked,
        message: "This proxy is private: log in with an access key",
      });
    const principal = access.key === undefined ? "anonymous" : `key ${access.key}`;
    return { principal, envelope: undefined };
  }
  return { principal: envelope.principal, envelope };
}

/** What nobody may do here, whoever asks (security 9, 13). */
function closedTo({ policy, filter }: Tokens, asked: AccessRequest): Refusal | undefined {
  const { registry, repository, tag, actions } = asked;
  if (
    actions.some((action) => action !== "pull") &&
    repository !== undefined &&
    !(policy.write && registry.write)
  ) {
    const message = policy.write
      ? `This proxy only reads from ${registry.key}`
      : "This proxy only reads: pushing and deleting are switched off";
    return { ok: false, status: 405, code: "UNSUPPORTED", message };
  }
  if (repository === undefined || filter({ registry: registry.key, repository, tag })) return undefined;
  return {
    ok: false,
    status: 403,
    code: "DENIED",
    message: `This proxy does not serve ${registry.key}/${repository}${tag === undefined ? "" : `:${tag}`}`,
  };
}

function pathOf(request: Request): string {
  return rawAddress(request.url).path.replace(/^\/k\/[^/]*/, "");
}

/** A question for a token of the proxy's own: anonymous, or with the operator's credential. */
interface OwnQuestion {
  readonly registry: RegistryRow;
  readonly way: Extract<Way, { kind: "bearer" }>;
  readonly scopes: readonly Scope[];
  readonly credential: Credential | undefined;
}

async function ownToken(
  tokens: Tokens,
  { registry, way, scopes, credential }: OwnQuestion,
  signal: AbortSignal,
): Promise<{ readonly key: string; readonly issued: Issued }> {
  const question: TokenQuestion = {
    registry: registry.key,
    realm: way.realm,
    service: way.service ?? registry.service,
    scopes,
    credential,
    extra: [],
  };
  const key = tokenKey(question);
  const issued = await tokens.cache.get(key, (wait) => askToken(tokens, question, wait), signal);
  return { key, issued };
}

/** The key that a token is kept under: everything it was asked with, the credential as a hash (A9). */
export function tokenKey({ credential, ...open }: TokenQuestion): string {
  if (credential === undefined) return `anonymous ${JSON.stringify(open)}`;
  const bytes = new TextEncoder().encode(JSON.stringify([credential.username, credential.password]));
  return `${sha256Digest(bytes)} ${JSON.stringify(open)}`;
}

function scopesOf({ repository, actions, mountFrom }: AccessRequest): readonly Scope[] {
  if (repository === undefined) return [{ type: "registry", name: "catalog", actions: ["*"] }];
  const own: Scope = { type: "repository", name: repository, actions: [...withPull(actions)].sort() };
  if (mountFrom === undefined || mountFrom === repository) return [own];
  return [own, { type: "repository", name: mountFrom, actions: ["pull"] }];
}

function needsLogin({ key }: RegistryRow): FaultError {
  return new FaultError({
    status: 401,
    code: "UNAUTHORIZED",
    message: `${key} wants a login for everything`,
    source: "upstream",
  });
}

/**
 * What an upstream's refusal is to the client. One that a login could lift becomes our challenge where clients log in with credentials of
 * their own; elsewhere it is final, and a 401 would only make them ask again and again.
 */
function refusalFor(tokens: Tokens, asked: AccessRequest, fault: Fault): Refusal {
  if (fault.status !== 401 && fault.status !== 403) return { ...fault, ok: false };
  const presented = asked.request.headers.has("authorization");
  if (tokens.policy.mode === "passthrough" && (fault.status === 401 || !presented))
    return challenge(tokens, asked.request, {
      asked,
      error: presented
        ? fault.detail?.["error"] === "invalid_token"
          ? "invalid_token"
          : "insufficient_scope"
        : undefined,
      message: `${fault.message}; log in as ${asked.registry.key}/NAME`,
      source: "upstream",
    });
  return { ...fault, ok: false, status: 403, code: "DENIED" };
}

function challenge(
  tokens: Tokens,
  request: Request,
  about: {
    readonly asked?: AccessRequest | undefined;
    readonly error?: "invalid_token" | "insufficient_scope" | undefined;
    readonly message: string;
    readonly source?: "upstream";
  },
): Refusal {
  return {
    ok: false,
    status: 401,
    code: "UNAUTHORIZED",
    message: about.message,
    source: about.source ?? "proxy",
    headers: { "www-authenticate": ownChallenge(request, tokens.policy, about) },
  };
}
