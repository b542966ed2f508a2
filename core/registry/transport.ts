import type { Bytes, ReadOptions } from "../bytes/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { Authority } from "./authority.ts";
import type { Clock } from "./clock.ts";
import type { CredentialSource } from "./credentials.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Fetch } from "./fetch.ts";
import type { REGISTRY_LIMITS } from "./limits.ts";
import { discardBody } from "./read-answer.ts";
import { nextHop } from "./redirect.ts";
import { type Asked, readRefusal, refusalError, shownUrl } from "./refusal.ts";
import { delayOf, isPassing, retryAfter } from "./retry.ts";
import { parseScopes, type Scope } from "./scope.ts";
import { fetchToken, type Token, type TokenRequest } from "./token.ts";

/** One request to a registry. */
export interface Call extends ReadOptions {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Bytes | undefined;
  /** What it needs to be allowed. */
  readonly scopes: readonly Scope[];
  /** Statuses that are answers; anything else throws. Default: those of success. */
  readonly accept?: readonly number[] | undefined;
  /** `false` to send it once: what it does is not the same when it is done twice. */
  readonly again?: boolean | undefined;
  /** Told of every wait before another attempt. */
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

/** A wait before another attempt. */
export interface Wait {
  readonly ms: number;
  /** How many attempts there have been. */
  readonly attempt: number;
  readonly error: CoreError;
}

/** A response, and where it came from in the end. */
export interface Answer {
  readonly response: Response;
  readonly url: string;
}

/** What a {@link Transport} takes. */
export interface TransportOptions {
  readonly fetch: Fetch;
  readonly endpoint: Endpoint;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly limits: Record<keyof typeof REGISTRY_LIMITS, number>;
  /** Whether tokens are asked for with a refresh token beside them: at login. */
  readonly offline?: boolean | undefined;
}

/**
 * Sends requests to one endpoint: with what it wants to see, after its redirects, and again when it is worth it. RegistryCredentials go to the endpoint's
 * origin and to the realm it names, never along with a redirect to another origin.
 */
export class Transport {
  readonly endpoint: Endpoint;
  readonly limits: TransportOptions["limits"];
  readonly clock: Clock;
  readonly #options: TransportOptions;
  readonly #authority: Authority;
  /** Those of other origins that redirects led to, which get tokens for nobody. */
  readonly #foreign = new Map<string, Authority>();
  #refreshToken: string | undefined;
  /** Whether anything ever came from the endpoint: before that, a host that cannot be reached is not tried again. */
  #reached = false;
  /** A page is not shown where a redirect leads, so it must let the browser follow. */
  #blind = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.endpoint = options.endpoint;
    this.limits = options.limits;
    this.clock = options.clock;
    const { registry, base } = options.endpoint;
    this.#authority = this.#newAuthority(base, () => options.credentials(registry));
  }

  #newAuthority(base: string, credentials: () => ReturnType<CredentialSource>): Authority {
    const { clock } = this.#options;
    return new Authority({ base, credentials, clock, fetchToken: (request) => this.fetchToken(request) });
  }

  /** The last refresh token that a token service gave. */
  get refreshToken(): string | undefined {
    return this.#refreshToken;
  }

  /** A token, by the rules of {@link fetchToken}. */
  async fetchToken(request: TokenRequest): Promise<Token> {
    const { limits, offline } = this.#options;
    const token = await fetchToken(offline === true ? { ...request, offline } : request, {
      limits,
      patience: this,
      send: (url, { method, headers, body }, { signal }) =>
        this.#retried({ method, url, signal }, () => {
          const own = this.#atHome(url) ? this.endpoint.headers : {};
          const init: RequestInit = { method, headers: { ...own, ...headers }, redirect: "manual" };
          if (body !== undefined) init.body = body;
          return this.#fetch(url, init, signal);
        }),
    });
    this.#refreshToken = token.refreshToken ?? this.#refreshToken;
    return token;
  }

  /**
   * The answer to a request. Its body must be read or cancelled.
   * @throws CoreError `registry/*`, with `status`, `method`, `url`, `reason` and `errors` in its detail when the registry answered.
   */
  async send(call: Call): Promise<Answer> {
    const { method, signal, onWait, again } = call;
    let url = call.url;
    const asked = { method, url, signal, onWait, once: again === false };
    const response = await this.#retried(asked, async () => {
      const answer = await this.#follow(call);
      url = answer.url;
      return answer.response;
    });
    const accepted = call.accept === undefined ? response.ok : call.accept.includes(response.status);
    if (accepted) return { response, url };
    throw await this.#refusal(call, response);
  }

  async #refusal({ method, url }: Asked, response: Response): Promise<CoreError> {
    const wait = retryAfter(response, this.#options.clock.now());
    const refusal = await readRefusal(response, { limit: this.limits.errorBody, patience: this });
    return refusalError({ method, url }, refusal, wait === undefined ? {} : { retryAfter: wait });
  }

  /** Attempts until one gives an answer, even one of refusal, that is not passing. */
  async #retried(
    asked: Asked & {
      readonly signal?: AbortSignal | undefined;
      readonly onWait?: Call["onWait"];
      readonly once?: boolean;
    },
    attempt: () => Promise<Response>,
  ): Promise<Response> {
    const { attempts, patienceMs } = this.limits;
    let waited = 0;
    for (let count = 1; ; count++) {
      let error: CoreError;
      let told: number | undefined;
      try {
        const response = await attempt();
        if (!isPassing(response.status) || asked.once === true || count >= attempts) return response;
        told = retryAfter(response, this.#options.clock.now());
        if (told !== undefined && told * 1000 > patienceMs - waited) return response;
        error = await this.#refusal(asked, response);
      } catch (caught) {
        asked.signal?.throwIfAborted();
        if (!isCoreError(caught, "registry/unreachable") || asked.once === true) throw caught;
        if (count >= attempts || !this.#reached) throw caught;
        error = caught;
      }
      const ms = told === undefined ? delayOf(count) : told * 1000;
      if (waited + ms > patienceMs) throw error;
      waited += ms;
      asked.onWait?.({ ms, attempt: count, error });
      await this.#options.clock.sleep(ms, asked.signal ?? undefined);
    }
  }

  /** One attempt: with authorization, once more after a challenge, through redirects. */
  async #follow(call: Call): Promise<Answer> {
    let { method, url } = call;
    for (let hops = 0; ; hops++) {
      const response = await this.#authorized({ ...call, method, url });
      const next = nextHop(response, url);
      if (next === undefined) {
        if (response.url !== "" && this.#blind) url = response.url;
        return { response, url };
      }
      await discardBody(response);
      if (hops >= this.limits.redirects) throw tooManyHops(call.url, this.limits.redirects);
      url = next;
      if (response.status === 303 && method !== "HEAD") method = "GET";
    }
  }

  #atHome(url: string): boolean {
    return new URL(url).origin === new URL(this.endpoint.base).origin;
  }

  async #authorized(call: Call): Promise<Response> {
    const atHome = this.#atHome(call.url);
    const authority = atHome ? this.#authority : this.#foreign.get(new URL(call.url).origin);
    const scopes = atHome ? call.scopes : foreignScopes(call.url);
    const { signal } = call;
    const sent = await authority?.header(scopes, { signal });
    const response = await this.#once(call, sent);
    // What a browser was led to says nothing of the registry that led there, and must not be told its password.
    const led = this.#blind && response.url !== "" && this.#atHome(response.url) !== atHome;
    if (response.status !== 401 || led) return response;
    const asked = authority ?? this.#strangers(call.url);
    // A storage host that refuses is no registry that challenges.
    if (asked === undefined || !(await asked.challenged(response, sent))) return response;
    const better = await asked.header(scopes, { signal });
    if (better === undefined) return response;
    await discardBody(response);
    return this.#once(call, better);
  }

  /** The authority of a registry that another one sent us to: it gets to know nobody's credentials. */
  #strangers(url: string): Authority | undefined {
    const { origin, pathname } = new URL(url);
    if (!pathname.includes("/v2/")) return undefined;
    const authority = this.#foreign.get(origin) ?? this.#newAuthority(`${origin}/v2/`, () => undefined);
    this.#foreign.set(origin, authority);
    return authority;
  }

  async #once(call: Call, authorization: string | undefined): Promise<Response> {
    const { method, url, body, signal } = call;
    const own = this.#atHome(url) ? this.endpoint.headers : {};
    const headers: Record<string, string> = { ...own, ...call.headers };
    if (authorization !== undefined) headers["authorization"] = authorization;
    const init: RequestInit = { method, headers, redirect: this.#blind ? "follow" : "manual" };
    if (body !== undefined) init.body = body;
    const response = await this.#fetch(url, init, signal);
    if (response.type !== "opaqueredirect") return response;
    // A browser takes Authorization away on the way to another origin, and nothing else.
    if (own !== undefined && Object.keys(own).length > 0) throw keptBack(url);
    this.#blind = true;
    return this.#fetch(url, { ...init, redirect: "follow" }, signal);
  }

  async #fetch(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
    signal?.throwIfAborted();
    const silent = new AbortController();
    const sent = typeof init.body === "string" || init.body instanceof Uint8Array ? init.body.length : 0;
    const alarm = this.clock.alarm?.(this.limits.silenceMs + sent / SLOWEST, () => silent.abort());
    const either = signal === undefined ? silent.signal : AbortSignal.any([signal, silent.signal]);
    let request: Request;
    try {
      request = new Request(url, { ...init, ...REQUEST_MANNERS, signal: either });
    } catch {
      alarm?.off();
      // What the host says of it has the header's value, which may be a secret.
      throw new CoreError(
        "registry/refused",
        `Cannot ask ${shownUrl(url)}: what proves who asks cannot stand in a header`,
        {
          reason: "a key or token has characters that cannot be sent",
        },
      );
    }
    try {
      const response = await this.#options.fetch(request);
      this.#reached = true;
      return response;
    } catch (cause) {
      signal?.throwIfAborted();
      if (isCoreError(cause)) throw cause;
      const { host } = new URL(url);
      const method = init.method ?? "GET";
      throw new CoreError(
        "registry/unreachable",
        `Cannot ${method} ${shownUrl(url)}: no answer from ${host}`,
        {
          host,
          method,
          url: shownUrl(url),
          registry: this.endpoint.registry,
          base: shownUrl(this.endpoint.base),
        },
        { cause },
      );
    } finally {
      alarm?.off();
    }
  }
}

/** Bytes in a millisecond that an upload is waited for with: no answer comes before all of it is there. */
const SLOWEST = 16;

/** No cookies, no prompt for a password, and no second copy of every layer in the browser's cache. Some hosts know none of these. */
const REQUEST_MANNERS: RequestInit = ((): RequestInit => {
  const manners: RequestInit = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
  try {
    return new Request("https://localhost/", manners).bodyUsed ? {} : manners;
  } catch {
    return {};
  }
})();

/** What reading something at another registry takes, as its address says. */
function foreignScopes(url: string): readonly Scope[] {
  const name = /\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\/[^/]+$/.exec(new URL(url).pathname)?.[1];
  return name === undefined ? [] : parseScopes(`repository:${name}:pull`);
}

function keptBack(url: string): CoreError {
  const shown = shownUrl(url);
  return new CoreError(
    "registry/redirect",
    `Cannot follow the redirect of ${shown}: the access key would go along with it`,
    { url: shown, flaw: "the access key would go along with it" },
  );
}

function tooManyHops(url: string, limit: number): CoreError {
  const shown = shownUrl(url);
  return new CoreError("registry/redirect", `Cannot read ${shown}: it was sent on more than ${limit} times`, {
    url: shown,
    limit,
  });
}
