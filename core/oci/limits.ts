/** Bounds on documents that come from outside; every reader takes others as a parameter. */
export const DOCUMENT_LIMITS = {
  /** Bytes of one JSON document. Docker refuses metadata above this in archives; registries cut off at 4 MiB. */
  bytes: 20 * 1024 * 1024,
  /** Arrays and objects inside each other. Real documents need six. */
  depth: 512,
  /** Values of one JSON document: a short object takes fifty times the memory of its text. The largest index known has 30,000. */
  values: 2_000_000,
} as const;

/** The bounds of {@link DOCUMENT_LIMITS}, each replaceable. */
export type DocumentLimits = { readonly [limit in keyof typeof DOCUMENT_LIMITS]?: number | undefined };
