import { pathOf, type Usage, usage } from "../../core/tree/mod.ts";
import type { UsageView } from "../model/engine.ts";
import type { ImageTree } from "./image-tree.ts";

/** Most wasted paths listed: enough to scroll through, little enough to send. */
const MOST_WASTED = 1000;

const KINDS = {
  overwritten: "overwritten",
  removed: "removed",
  metadata: "metadata",
  unused: "overwritten",
} as const satisfies Record<Usage["wasted"][number]["kind"], UsageView["wasted"][number]["kind"]>;

const NOTHING: UsageView = {
  layers: [],
  totalBytes: 0,
  finalBytes: 0,
  wastedBytes: 0,
  metadataOnlyBytes: 0,
  wasted: [],
};

/** Where an image's bytes are, as far as its tree has come. */
export function usageView({ tree, folded }: ImageTree): UsageView {
  if (folded === 0) return NOTHING;
  const found = usage(tree, { most: MOST_WASTED });
  return {
    layers: found.layers.map(({ layer, bytes, files, wasted }) => ({ index: layer, bytes, files, wasted })),
    totalBytes: found.totalBytes,
    finalBytes: found.finalBytes,
    wastedBytes: found.wastedBytes,
    metadataOnlyBytes: found.wastedBy.metadata,
    efficiency: found.efficiency,
    wasted: found.wasted.map(({ node, bytes, copies, kind }) => ({
      path: pathOf(tree, node),
      node,
      bytes,
      copies,
      kind: KINDS[kind],
    })),
  };
}
