import type { Source } from "../bytes/mod.ts";
import type { LayerScan } from "../tree/mod.ts";
import type { ArchiveImage } from "./types.ts";

/** A file tree without tables, shown as an image of one layer: the file itself, as stored. */
export function bareImage(source: Source, scan: LayerScan | undefined): ArchiveImage {
  return {
    id: undefined,
    tags: [],
    platform: undefined,
    config: undefined,
    configBytes: undefined,
    format: "docker",
    layers: [{ index: 0, diffID: undefined, path: "", source, size: source.size, scan }],
    problems: [],
  };
}
