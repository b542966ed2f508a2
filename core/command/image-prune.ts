import { parsePruneFilter, pruneImages } from "../image/mod.ts";
import type { CommandContext } from "./context.ts";
import { asEngine } from "./failure.ts";
import { parseFilters } from "./filter.ts";
import { boolFilter } from "./image-filter.ts";

/** Removes the images that nobody needs and filters leave, and prints what went. Gives the bytes of the layers that went. */
export async function pruneImageList(
  context: CommandContext,
  { all, filters }: { readonly all: boolean; readonly filters: readonly string[] },
): Promise<number> {
  const { store, layers, signal, stdout } = context;
  const values = parseFilters(filters);
  const { steps } = await asEngine(() => {
    const dangling = values.filter(({ name }) => name === "dangling").map(({ value }) => value);
    boolFilter("dangling", [...dangling, all ? "false" : "true"]);
    const others = values.filter(({ name }) => name !== "dangling");
    const filter = parsePruneFilter(others, context.now() / 1000);
    return pruneImages(store, { ...filter, all, signal });
  });
  let total = 0;
  for (const { diffID } of steps) if (diffID !== undefined) total += (await layers.sizeOf(diffID)) ?? 0;
  if (steps.length > 0) {
    await stdout.write("Deleted Images:\n");
    for (const { kind, text } of steps) await stdout.write(`${kind}: ${text}\n`);
    await stdout.write("\n");
  }
  return total;
}
