import { containerChanges, openRecord } from "../container/mod.ts";
import { readConfig } from "../image/mod.ts";
import type { ContainerRecord } from "../store/mod.ts";
import { type NodeEntry, nodeEntry, resolve } from "../tree/mod.ts";
import { containerContext } from "./containers.ts";
import type { CommandContext } from "./context.ts";

/** Bytes of what was changed in containers, and of their images, by the containers' IDs. */
export async function containerSizes(
  context: CommandContext,
  records: readonly ContainerRecord[],
): Promise<ReadonlyMap<string, { readonly own: number; readonly image: number }>> {
  const sizes = new Map<string, { own: number; image: number }>();
  for (const record of records) {
    let image = 0;
    const config = await readConfig(context.store, record.image, context);
    for (const diffID of config?.diffIDs ?? []) image += (await context.layers.sizeOf(diffID)) ?? 0;
    sizes.set(record.id, { own: await changedBytes(context, record), image });
  }
  return sizes;
}

async function changedBytes(context: CommandContext, record: ContainerRecord): Promise<number> {
  if (record.drafts.length === 0) return 0;
  const container = await openRecord(containerContext(context), record);
  const { tree, upTo } = container;
  let total = 0;
  for (const { kind, path } of containerChanges(container)) {
    if (kind === "D") continue;
    const way = resolve(tree, path, { layer: upTo, followLast: false });
    const entry: NodeEntry | undefined = way.found ? nodeEntry(tree, way.node, upTo) : undefined;
    if (entry?.contentType === "file") total += entry.size;
  }
  return total;
}
