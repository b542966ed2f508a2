import { formatSize } from "../../core/command/mod.ts";
import { CoreError } from "../../core/error.ts";
import { type PruneFilter, parsePruneFilter, type RemovalResult } from "../../core/image/mod.ts";
import { formatFamiliar, parseReference } from "../../core/oci/mod.ts";
import type { RemovalView } from "../model/images.ts";
import type { Edit } from "./edits.ts";
import type { LayerSizes } from "./layer-sizes.ts";
import { wireOf } from "./rpc.ts";

/** What a removal did, for the page; `prune` in the words of `docker image prune`. */
export function removalView(
  { result: { steps, errors }, names, images, frees }: Edit<RemovalResult>,
  sizes: LayerSizes,
  prune = false,
): RemovalView {
  let reclaimed = 0;
  for (const { diffID } of steps) if (diffID !== undefined) reclaimed += sizes.of(diffID) ?? 0;
  const did = steps.map(({ kind, text }) => {
    if (prune) return `${kind}: ${text}`;
    return `${kind === "untagged" ? "Untagged" : "Deleted"}: ${text}`;
  });
  const total = `Total reclaimed space: ${formatSize(reclaimed, 4)}`;
  const pruned = did.length === 0 ? [total] : ["Deleted Images:", ...did, "", total];
  return {
    lines: prune ? pruned : did,
    names: names.map((name) => formatFamiliar(parseReference(name))),
    images,
    layers: steps.filter(({ diffID }) => diffID !== undefined).map(({ text }) => text),
    errors: errors.map(wireOf),
    frees,
    reclaimed,
  };
}

/** Filters as `--filter` takes them. @throws CoreError `image/filter`. */
export function pruneFilter(filters: readonly string[], now: number): PruneFilter {
  const values = filters.map((text) => {
    const equals = text.indexOf("=");
    if (equals < 0) {
      const reason = "invalid argument: bad format of filter (expected name=value)";
      throw new CoreError("image/filter", reason, { reason });
    }
    const name = text.slice(0, equals).trim().toLowerCase();
    return { name, value: text.slice(equals + 1).trim() };
  });
  return parsePruneFilter(values, now);
}
