import { type ArchiveLayer, verifyLayer } from "../../core/archive/mod.ts";
import type { WireError } from "../../core/error.ts";
import type { LayerUsage } from "../../core/tree/mod.ts";
import type { LayerView, Verification } from "../model/engine.ts";
import type { StoredLayer } from "./stored-layer.ts";

/** A layer of an image as the page shows it: what the image says of it, what is stored, and what it did to the tree. */
export function layerView(
  layer: ArchiveLayer,
  stored: StoredLayer,
  usage: LayerUsage | undefined,
): LayerView {
  const { verification, problems } = verdict(layer, stored);
  return {
    index: layer.index,
    diffID: layer.diffID ?? stored.scan?.diffID,
    digest: layer.digest ?? stored.scan?.blobDigest,
    mediaType: layer.mediaType,
    path: stored.path,
    compression: stored.compression,
    storedSize: layer.size,
    tarSize: stored.compression === "none" ? layer.size : stored.scan?.size,
    contentSize: stored.contentSize,
    entries: stored.table?.count,
    added: usage?.added,
    changed: usage && usage.changed + usage.metadata,
    removed: usage?.removed,
    state: stored.state,
    verification,
    readBytes: stored.readBytes,
    problems: [...stored.problems, ...problems],
  };
}

function verdict(
  layer: ArchiveLayer,
  { scan, checking }: StoredLayer,
): { readonly verification: Verification; readonly problems: readonly WireError[] } {
  if (scan === undefined) return { verification: checking ? "pending" : "unverifiable", problems: [] };
  const { state, problems } = verifyLayer(layer, scan);
  return { verification: state, problems };
}
