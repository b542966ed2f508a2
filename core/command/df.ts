import { listContainers } from "../container/mod.ts";
import { listImages, readConfigs } from "../image/mod.ts";
import { containerSizes } from "./container-size.ts";
import type { CommandContext } from "./context.ts";
import { layersTotal } from "./layer-sizes.ts";
import type { Row } from "./rows.ts";
import { formatSize } from "./units.ts";

const DEFAULT = "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";

/** The format that is meant where none is given. */
export const chosenFormat = (given: string): string => (given === "" || given === "table" ? DEFAULT : given);

/** The lines of `docker system df`: what there is, what is in use, what could be had back. */
export async function dfRows(context: CommandContext): Promise<Row[]> {
  const { store, layers, signal } = context;
  const table = await store.table.snapshot();
  const images = await listImages(store, { layerSize: (diffID) => layers.sizeOf(diffID), signal });
  const total = await layersTotal(context, await readConfigs(store, table, { signal }));
  const used = images
    .filter(({ users }) => users > 0)
    .reduce((sum, { size = 0, sharedSize = 0 }) => sum + size - sharedSize, 0);
  const shown = images.filter(
    ({ tags, digests, children }) => tags.length + digests.length > 0 || children === 0,
  );
  const containers = listContainers(table);
  const sizes = await containerSizes(context, containers);
  const changed = [...sizes.values()].reduce((sum, { own }) => sum + own, 0);
  const none = { TotalCount: "0", Active: "0", Size: "0B", Reclaimable: "0B" };
  return [
    {
      Type: "Images",
      TotalCount: String(shown.length),
      Active: String(shown.filter(({ users }) => users > 0).length),
      Size: formatSize(total, 4),
      Reclaimable: share(total - used, total),
    },
    {
      ...none,
      Type: "Containers",
      TotalCount: String(containers.length),
      Size: formatSize(changed, 4),
      Reclaimable: share(changed, changed),
    },
    { ...none, Type: "Local Volumes" },
    { ...none, Type: "Build Cache" },
  ];
}

function share(bytes: number, total: number): string {
  const text = formatSize(bytes, 4);
  return total > 0 ? `${text} (${Math.floor((bytes * 100) / total)}%)` : text;
}
