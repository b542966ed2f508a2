import { DEFAULT_REGISTRIES, type RegistryRow } from "./registries.ts";

/**
 * What an operator decides about one deployment: plain values, checked once at the start by `parsePolicy`, then never changed.
 * @see README of the edge: `.github/DEPLOY.md`
 */
export interface Policy {
  /** Scheme, host and path that clients reach the proxy by, without a slash at the end; `undefined` takes each request's own. */
  readonly publicUrl: string | undefined;
  /**
   * Whose credentials reach the upstreams: `anonymous` none, `passthrough` the client's own (it logs in at this proxy's token endpoint),
   * `gateway` the operator's, for clients that hold an access key.
   */
  readonly mode: "anonymous" | "passthrough" | "gateway";
  readonly registries: readonly RegistryRow[];
  /** Key of the registry that a request means that names none. */
  readonly default: string | undefined;
  /** Secrets that open the proxy; several so that one can be replaced. */
  readonly accessKeys: readonly string[];
  /** Whether everyone may use it without a key. Without keys and without this a host that is not loopback refuses to start. */
  readonly public: boolean;
  /** Whether pushes and deletions may pass, to the registries whose row allows them. */
  readonly write: boolean;
  /** Origins whose pages may read answers; `["*"]` is all of them. */
  readonly origins: readonly string[];
  readonly repositories: RepositoryPolicy;
  readonly limits: Limits;
  readonly cache: CachePolicy;
  readonly rates: RatePolicy;
  /** How many proxies in front of this one write X-Forwarded-For and can be believed; 0 believes none. */
  readonly trustedHops: number;
  /** Secrets that tokens and upload tickets are sealed with: the first seals, all open. With none, a random one that lasts as long as the process. */
  readonly sealingSecrets: readonly string[];
  /** Where to complain, shown on the proxy's own page. */
  readonly abuseContact: string | undefined;
}

/** Patterns over `registry/repository` or `registry/repository:tag`; `*` stays within a segment, `**` does not. */
export interface RepositoryPolicy {
  /** What may be asked for; empty is everything. */
  readonly allow: readonly string[];
  /** What may not, even when it is allowed. */
  readonly deny: readonly string[];
}

/** Bounds on what one request may cost; bytes unless the name says otherwise. */
export interface Limits {
  readonly tokenBody: number;
  readonly tokenAnswer: number;
  readonly manifest: number;
  readonly errorBody: number;
  readonly searchAnswer: number;
  readonly redirects: number;
  readonly headerWaitMs: number;
  readonly idleMs: number;
  readonly scopes: number;
  readonly ranges: number;
  readonly path: number;
  readonly headers: number;
  /** The largest request body that gets through to the proxy; `undefined` where nothing in front of it limits that. */
  readonly requestBody: number | undefined;
}

/** What is kept, and for how long. */
export interface CachePolicy {
  /** Bytes that the cache may hold; 0 keeps nothing. */
  readonly bytes: number;
  /** The largest object that is kept. */
  readonly objectBytes: number;
  /** Seconds that a tag's digest is believed. */
  readonly tagSeconds: number;
  /** Seconds that a list of tags is believed. */
  readonly listSeconds: number;
  /** Seconds past its time that an answer may still stand in for a failing upstream. */
  readonly staleSeconds: number;
  /** Folder of the cache on hosts that have files; `undefined` keeps it in memory. */
  readonly folder: string | undefined;
}

/** What one client may use in a minute, in one instance; 0 does not limit. */
export interface RatePolicy {
  readonly tokens: number;
  readonly manifests: number;
  readonly blobBytes: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** Bounds that hold unless the policy says otherwise. */
export const DEFAULT_LIMITS: Limits = {
  tokenBody: 64 * KiB,
  tokenAnswer: 256 * KiB,
  manifest: 8 * MiB,
  errorBody: 64 * KiB,
  searchAnswer: 2 * MiB,
  redirects: 5,
  headerWaitMs: 30_000,
  idleMs: 60_000,
  scopes: 16,
  ranges: 8,
  path: 1024,
  headers: 32 * KiB,
  requestBody: undefined,
};

/** The policy of a deployment that is told nothing: pull-only, private unless on loopback, clients bring their own credentials. */
export const DEFAULT_POLICY: Policy = {
  publicUrl: undefined,
  mode: "passthrough",
  registries: DEFAULT_REGISTRIES,
  default: "docker.io",
  accessKeys: [],
  public: false,
  write: false,
  origins: ["*"],
  repositories: { allow: [], deny: [] },
  limits: DEFAULT_LIMITS,
  cache: {
    bytes: 256 * MiB,
    objectBytes: 64 * MiB,
    tagSeconds: 60,
    listSeconds: 30,
    staleSeconds: 3600,
    folder: undefined,
  },
  rates: { tokens: 0, manifests: 0, blobBytes: 0 },
  trustedHops: 0,
  sealingSecrets: [],
  abuseContact: undefined,
};
