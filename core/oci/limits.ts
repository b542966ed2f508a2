/** Bounds on documents that come from outside; every reader takes others as a parameter. */
export const DOCUMENT_LIMITS = {
  /** Bytes of one JSON document. Docker refuses metadata above this in archives; registries cut off at 4 MiB. */
  bytes: 20 * 1024 * 1024,
  /** Arrays and objects inside each other. Real documents need six. */
  depth: 512,
} as const;

/** The bounds of {@link DOCUMENT_LIMITS}, each replaceable. */
export type DocumentLimits = { readonly [limit in keyof typeof DOCUMENT_LIMITS]?: number | undefined };
