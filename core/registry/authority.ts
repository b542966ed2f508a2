import type { ReadOptions } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Clock } from "./clock.ts";
import { basicAuthorization, type RegistryCredentials } from "./credentials.ts";
import { realmUrl } from "./realm.ts";
import { shownUrl } from "./refusal.ts";
import { formatScope, mergeScopes, type Scope } from "./scope.ts";
import type { Token, TokenRequest } from "./token.ts";

/** What an {@link Authority} takes. */
export interface AuthorityOptions {
  /** URL that the challenges come from. */
  readonly base: string;
  /** Asked anew for every token; what it gives goes to {@link base}'s host and to the realm that this names. */
  readonly credentials: () => RegistryCredentials | undefined | Promise<RegistryCredentials | undefined>;
  readonly fetchToken: (request: TokenRequest) => Promise<Token>;
  readonly clock: Clock;
}

interface Kept {
  readonly scopes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly token: string;
  /** Seconds since the epoch. */
  readonly until: number;
}

type Scheme =
  | { readonly kind: "basic" }
  | { readonly kind: "bearer"; readonly realm: URL; readonly service: string | undefined };

/** A token is not used in the last part of its life: a request must arrive before it ends. */
const LAST_PART = 0.2;
const LAST_SECONDS = 30;

/** Most tokens kept; every repository wants its own. */
const MOST_TOKENS = 200;

/**
 * What one server wants to see before it answers, found out from its first refusal, and the tokens for it. Tokens are shared by all requests
 * that need no more than they were asked for, until shortly before they end; requests that need the same new one wait for one.
 */
export class Authority {
  readonly #options: AuthorityOptions;
  #scheme: Scheme | undefined;
  #tokens: Kept[] = [];
  #whose = "";
  readonly #coming = new Map<string, Promise<string>>();

  constructor(options: AuthorityOptions) {
    this.#options = options;
  }

  /** What to send for these scopes; `undefined` for nothing. @throws CoreError as fetching a token does. */
  async header(scopes: readonly Scope[], options: ReadOptions = {}): Promise<string | undefined> {
    const credentials = await this.#credentials();
    if (credentials !== undefined && "registryToken" in credentials)
      return `Bearer ${credentials.registryToken}`;
    const scheme = this.#scheme;
    if (scheme === undefined) return undefined;
    if (scheme.kind === "basic") return this.#basic(credentials);
    return `Bearer ${await this.#token(scheme, mergeScopes(scopes), { credentials, signal: options.signal })}`;
  }

  /**
   * Takes note of a refusal to a request that was sent with `sent`. `true` when the next one may fare better.
   * @throws CoreError `registry/unauthorized` when credentials are wanted and there are none; `registry/realm`.
   */
  async challenged(
    response: Response,
    sent: string | undefined,
    base = this.#options.base,
  ): Promise<boolean> {
    const challenges = parseChallenges(response.headers.get("www-authenticate"));
    const bearer = challenges.find(({ scheme, params }) => scheme === "bearer" && params.has("realm"));
    const credentials = await this.#credentials();
    if (credentials !== undefined && "registryToken" in credentials && sent !== undefined) return false;
    if (bearer !== undefined) {
      const before = this.#scheme;
      const scheme = bearerScheme(bearer, base);
      this.#scheme = scheme;
      if (sent === undefined || !sent.startsWith("Bearer ")) return true;
      if (
        before?.kind === "bearer" &&
        (before.realm.href !== scheme.realm.href || before.service !== scheme.service)
      ) {
        this.#tokens = [];
        return true;
      }
      // The same token again would be refused again; one that was asked for anew may be longer-lived, but grants no more.
      const known = this.#tokens.some(({ token }) => `Bearer ${token}` === sent);
      this.#tokens = this.#tokens.filter(({ token }) => `Bearer ${token}` !== sent);
      return known && bearer.params.get("error") !== "insufficient_scope";
    }
    if (!challenges.some(({ scheme }) => scheme === "basic")) return false;
    this.#scheme = { kind: "basic" };
    return this.#basic(credentials) !== sent;
  }

  async #credentials(): Promise<RegistryCredentials | undefined> {
    const credentials = await this.#options.credentials();
    const whose = JSON.stringify(credentials ?? null);
    if (whose !== this.#whose) {
      this.#whose = whose;
      this.#tokens = [];
      this.#coming.clear();
    }
    return credentials;
  }

  #basic(credentials: RegistryCredentials | undefined): string {
    if (credentials !== undefined && "password" in credentials)
      return basicAuthorization(credentials.username, credentials.password);
    const { host } = new URL(this.#options.base);
    throw new CoreError("registry/unauthorized", `Cannot ask ${host}: it wants a name and a password`, {
      registry: host,
      base: shownUrl(this.#options.base),
      reason: "no basic auth credentials",
      errors: [],
    });
  }

  async #token(
    scheme: Extract<Scheme, { kind: "bearer" }>,
    scopes: readonly Scope[],
    {
      credentials,
      signal,
    }: { readonly credentials: RegistryCredentials | undefined; readonly signal: AbortSignal | undefined },
  ): Promise<string> {
    const now = this.#options.clock.now();
    this.#tokens = this.#tokens.filter(({ until }) => until > now);
    const kept = this.#tokens.find((one) => covers(one, scopes));
    if (kept !== undefined) return kept.token;
    const key = scopes.map(formatScope).join(" ");
    const coming = this.#coming.get(key) ?? this.#fetch({ scheme, scopes, credentials, key });
    return unlessAborted(coming, signal);
  }

  #fetch(ask: {
    readonly scheme: Extract<Scheme, { kind: "bearer" }>;
    readonly scopes: readonly Scope[];
    readonly credentials: RegistryCredentials | undefined;
    readonly key: string;
  }): Promise<string> {
    const { scheme, scopes, credentials, key } = ask;
    const whose = this.#whose;
    const { realm, service } = scheme;
    const fetched = this.#options
      .fetchToken({ realm, service, scopes, credentials })
      .then(({ token, lifetime }) => {
        const spare = Math.min(lifetime * LAST_PART, LAST_SECONDS);
        const until = this.#options.clock.now() + lifetime - spare;
        const granted = new Map(
          scopes.map(({ type, name, actions }) => [`${type}:${name}`, new Set(actions)]),
        );
        if (whose === this.#whose)
          this.#tokens = [...this.#tokens, { scopes: granted, token, until }].slice(-MOST_TOKENS);
        return token;
      });
    this.#coming.set(key, fetched);
    const forget = (): void => void (this.#coming.get(key) === fetched && this.#coming.delete(key));
    void fetched.then(forget, forget);
    return fetched;
  }
}

function bearerScheme({ params }: Challenge, base: string): Extract<Scheme, { kind: "bearer" }> {
  return { kind: "bearer", realm: realmUrl(params.get("realm") ?? "", base), service: params.get("service") };
}

function covers({ scopes: granted }: Kept, wanted: readonly Scope[]): boolean {
  return wanted.every(({ type, name, actions }) => {
    const have = granted.get(`${type}:${name}`);
    return have !== undefined && actions.every((action) => have.has(action));
  });
}

/** What others wait for as well is not stopped for one of them. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  let stop!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
