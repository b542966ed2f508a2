import { openArchive } from "../../core/archive/mod.ts";
import { pump, type Source } from "../../core/bytes/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { CoreError } from "../../core/error.ts";
import { contentOf } from "../../core/tar/mod.ts";
import { foldLayers, layerContent, mergedEntries, scanLayer, usage } from "../../core/tree/mod.ts";

/** How looking through an archive ended. */
export interface Explored {
  /** `undefined` when it opened; else the code of its refusal. */
  readonly refused: string | undefined;
  readonly images: number;
  readonly entries: number;
  readonly problems: number;
}

/** Most bytes that one layer may expand to here: mutated headers announce anything. */
const MOST = 64 * 1024 * 1024;
/** Most bytes of one file that are read. */
const FILE = 100_000;

/**
 * Does to an archive all that the page does: opens it, scans and folds every layer, walks the merged file system, reads the first bytes of files.
 * Whatever is wrong must come as a CoreError; anything else passes through and fails the test that called.
 */
export async function explore(source: Source): Promise<Explored> {
  let entries = 0;
  let problems = 0;
  try {
    const archive = await openArchive(source, { newHasher: newSha256, limits: { content: 4 * MOST } });
    problems += archive.problems.length;
    for (const image of archive.images) {
      problems += image.problems.length;
      const layers = image.layers.filter((layer) => layer.source !== undefined);
      const scans = [];
      for (const layer of layers) {
        const scan = layer.scan ?? (await scanLayer(layer.source!, { newHasher: newSha256, maxSize: MOST }));
        problems += scan.problems.length;
        scans.push(scan);
      }
      if (scans.length === 0) continue;
      const tree = foldLayers(scans.map((scan) => scan.table));
      usage(tree);
      let read = 0;
      for (const { entry } of mergedEntries(tree, scans.length - 1)) {
        entries++;
        if (entry.content === undefined || read++ > 5) continue;
        const { layer, row } = entry.content;
        const content = contentOf(layerContent(layers[layer].source!, scans[layer]), scans[layer].table, row);
        await pump(content.slice(0, FILE), () => {}).catch(onlyCoreErrors);
      }
    }
    return { refused: undefined, images: archive.images.length, entries, problems };
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return { refused: error.code, images: 0, entries, problems };
  }
}

function onlyCoreErrors(error: unknown): void {
  if (!(error instanceof CoreError)) throw error;
}
