import { listContainers } from "../container/mod.ts";
import { listImages } from "../image/mod.ts";
import { CONTAINER_HEADERS, containerRow } from "./container-rows.ts";
import { containerSizes } from "./container-size.ts";
import type { CommandContext } from "./context.ts";
import { IMAGE_HEADERS, imageRows } from "./image-rows.ts";
import { formatRows } from "./rows.ts";
import { formatSize } from "./units.ts";

const IMAGES =
  "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";
const CONTAINERS =
  "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}";
const VOLUMES = { Name: "VOLUME NAME", Links: "LINKS", Size: "SIZE" };
const CACHE = {
  ID: "CACHE ID",
  CacheType: "CACHE TYPE",
  Size: "SIZE",
  CreatedSince: "CREATED",
  LastUsedSince: "LAST USED",
  UsageCount: "USAGE",
  Shared: "SHARED",
};

const tableOf = (headers: object): string =>
  `table ${Object.keys(headers)
    .map((name) => `{{.${name}}}`)
    .join("\t")}`;

/** Prints `docker system df -v`. */
export async function printUsage(context: CommandContext): Promise<void> {
  const { store, layers, signal, stdout } = context;
  const nowMs = context.now();
  const images = await listImages(store, { layerSize: (diffID) => layers.sizeOf(diffID), signal });
  const shown = images.filter(
    ({ tags, digests, children }) => tags.length + digests.length > 0 || children === 0,
  );
  const imageLines = shown.map((image) => imageRows({ ...image, id: image.record.id }, { nowMs })[0]!);
  const table = await store.table.snapshot();
  const records = listContainers(table);
  const sizes = await containerSizes(context, records);
  const containerLines = records.map((record) => ({
    ...containerRow(record, { table, nowMs }),
    Size: formatSize(sizes.get(record.id)?.own ?? 0),
  }));
  await stdout.write(
    [
      "Images space usage:\n",
      formatRows(imageLines, { format: IMAGES, headers: IMAGE_HEADERS, type: "formatter.imageContext" }),
      "Containers space usage:\n",
      formatRows(containerLines, {
        format: CONTAINERS,
        headers: CONTAINER_HEADERS,
        type: "formatter.ContainerContext",
      }),
      "Local Volumes space usage:\n",
      formatRows([], { format: tableOf(VOLUMES), headers: VOLUMES, type: "formatter.volumeContext" }),
      "Build cache usage: 0B\n",
      formatRows([], { format: tableOf(CACHE), headers: CACHE, type: "formatter.buildCacheContext" }),
    ].join("\n"),
  );
}
