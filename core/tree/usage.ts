import type { Tree } from "./tree.ts";

/** Why bytes are shipped and yet not needed. */
export type WasteKind = "overwritten" | "removed" | "metadata" | "duplicate";

/** What one layer ships. */
export interface LayerUsage {
  readonly layer: number;
  readonly bytes: number;
  readonly files: number;
  /** Of `bytes`, those not in the final tree. */
  readonly wasted: number;
  /** Paths by what the layer did to them. */
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly metadata: number;
  /** Bytes of lower layers that it hides. */
  readonly hidden: number;
}

/** One path that ships bytes nobody sees. */
export interface WastedPath {
  readonly node: number;
  readonly bytes: number;
  readonly copies: number;
  readonly kind: WasteKind;
}

/** Where an image's bytes are; `totalBytes = finalBytes + wastedBytes` always. */
export interface Usage {
  readonly layers: readonly LayerUsage[];
  readonly totalBytes: number;
  readonly finalBytes: number;
  readonly wastedBytes: number;
  readonly wastedBy: { readonly [K in WasteKind]: number };
  /** `finalBytes / totalBytes`, from 0 to 1; `undefined` for an image without bytes. */
  readonly efficiency: number | undefined;
  /** Efficiency as dive defines it (RULES.md), for comparison. */
  readonly diveEfficiency: number | undefined;
  /** Largest first. */
  readonly wasted: readonly WastedPath[];
}

/** Where the bytes are as of layer `upTo` (default: the last). */
export function usage(
  tree: Tree,
  options: {
    readonly upTo?: number | undefined /** Most paths in `wasted`. */;
    readonly most?: number | undefined;
  } = {},
): Usage {
  void tree;
  void options;
  throw new Error("stub");
}
