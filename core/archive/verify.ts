import type { LayerScan } from "../tree/mod.ts";
import type { ArchiveLayer, Problem } from "./types.ts";

/** What a scan says about a layer that was promised certain digests. */
export interface LayerVerdict {
  /**
   * `verified`: at least one digest was promised, and all are right. `unverifiable`: none was promised, or only in an algorithm that is
   * not computed here. `mismatch`: see the problems.
   */
  readonly state: "verified" | "mismatch" | "unverifiable";
  readonly problems: readonly Problem[];
}

/** Compares the digests that a scan found with those the image promises for the layer. */
export function verifyLayer(layer: ArchiveLayer, scan: LayerScan): LayerVerdict {
  const problems: Problem[] = [];
  let promised = 0;
  const check = (what: "diffID" | "digest", found: string | undefined): void => {
    const expected = layer[what];
    if (expected === undefined || !expected.startsWith("sha256:")) return;
    promised++;
    if (found === expected) return;
    const got =
      found === undefined ? "none, since the layer cannot be decompressed to its end" : `"${found}"`;
    problems.push({
      code: "digest/mismatch",
      message: `invalid ${what} for layer ${layer.index}: expected "${expected}", got ${got} (${layer.path})`,
      detail: {
        layer: layer.index,
        path: layer.path,
        what,
        expected,
        ...(found === undefined ? {} : { found }),
      },
    });
  };
  check("digest", scan.blobDigest);
  check("diffID", scan.diffID);
  if (problems.length > 0) return { state: "mismatch", problems };
  return { state: promised > 0 ? "verified" : "unverifiable", problems };
}
