import type { Digest } from "../digest/mod.ts";
import { type ImageConfigs, openLayer, readStoredImage } from "../image/mod.ts";
import type { ImageRecord } from "../store/mod.ts";
import type { CommandContext } from "./context.ts";

/** Looks into the layers of an image whose sizes nobody knows: those that were just made. */
export async function learnSizes(
  context: CommandContext,
  { id, target }: Pick<ImageRecord, "id" | "target">,
): Promise<void> {
  const { store, layers, newHasher, signal } = context;
  const { config, manifest } = await readStoredImage(store, { id, target }, { newHasher, signal });
  for (const [at, descriptor] of manifest.layers.entries()) {
    const diffID = config.diffIDs[at];
    if (diffID === undefined || (await layers.sizeOf(diffID)) !== undefined) continue;
    await openLayer(store, descriptor, { newHasher, signal, shelf: layers });
  }
}

/** Bytes of all layers of these images, each chain of them once, as `docker system df` counts them. */
export async function layersTotal(
  { layers }: Pick<CommandContext, "layers">,
  configs: ImageConfigs,
): Promise<number> {
  const chains = new Map<string, Digest>();
  for (const { diffIDs } of configs.values()) {
    let below = "";
    for (const diffID of diffIDs) {
      below += ` ${diffID}`;
      chains.set(below, diffID);
    }
  }
  let total = 0;
  for (const diffID of chains.values()) total += (await layers.sizeOf(diffID)) ?? 0;
  return total;
}
