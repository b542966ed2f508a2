/** Bounds on what registries send, and on the patience with them; every one may be replaced by the caller. */
export const REGISTRY_LIMITS = {
  /** Bytes of one manifest or index. The specification lets registries refuse more. */
  manifest: 4 * 1024 * 1024,
  /** Bytes of a token service's answer. */
  token: 256 * 1024,
  /** Bytes read of an error. */
  errorBody: 64 * 1024,
  /** Bytes of one page of tags, repositories, referrers or search results. */
  page: 16 * 1024 * 1024,
  /** Bytes of all pages of one list: a million tags. */
  list: 64 * 1024 * 1024,
  /** Bytes of the manifests and configs of one image for all platforms. */
  documents: 64 * 1024 * 1024,
  /** Pages of one list. */
  pages: 10_000,
  /** Redirects of one request. */
  redirects: 5,
  /** Times that one request is sent before it has failed. */
  attempts: 5,
  /** Milliseconds that one request may wait between its attempts in all; a `Retry-After` that is longer fails at once. */
  patienceMs: 120_000,
  /** Milliseconds without a byte after which a connection counts as broken: networks that go away do not say so. */
  silenceMs: 60_000,
} as const;

/** The bounds of {@link REGISTRY_LIMITS}, each replaceable. */
export type RegistryLimits = { readonly [limit in keyof typeof REGISTRY_LIMITS]?: number | undefined };

/** `limits` with the defaults filled in. */
export function registryLimits(limits: RegistryLimits = {}): Record<keyof typeof REGISTRY_LIMITS, number> {
  const set = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { ...REGISTRY_LIMITS, ...Object.fromEntries(set) };
}
