/** Bounds on the graphs that are followed; every one may be replaced by the caller. */
export const GRAPH_LIMITS = {
  /** Bytes of one manifest or index. Registries refuse more. */
  document: 4 * 1024 * 1024,
  /** Manifests and indexes under one root. */
  documents: 10_000,
  /** Descriptors under one root, those named twice counted twice. */
  descriptors: 1_000_000,
  /** Indexes within indexes. */
  depth: 16,
} as const;

/** The bounds of {@link GRAPH_LIMITS}, each replaceable. */
export type GraphLimits = { readonly [limit in keyof typeof GRAPH_LIMITS]?: number | undefined };

/** `limits` with the defaults filled in. */
export function graphLimits(limits: GraphLimits = {}): {
  readonly [limit in keyof typeof GRAPH_LIMITS]: number;
} {
  return {
    document: limits.document ?? GRAPH_LIMITS.document,
    documents: limits.documents ?? GRAPH_LIMITS.documents,
    descriptors: limits.descriptors ?? GRAPH_LIMITS.descriptors,
    depth: limits.depth ?? GRAPH_LIMITS.depth,
  };
}
