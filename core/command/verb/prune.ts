import { parsePruneFilter, pruneImages } from "../../image/mod.ts";
import { asEngine } from "../failure.ts";
import { parseFilters } from "../filter.ts";
import { type FlagSpec, flag } from "../flag.ts";
import { boolFilter } from "../image-filter.ts";
import { confirmed } from "../prompt.ts";
import type { VerbSpec } from "../spec.ts";
import { formatSize } from "../units.ts";

/** `--filter` of commands that prune. */
export const PRUNE_FILTER: FlagSpec = flag(
  "--filter filter",
  'Provide filter values (e.g. "until=<timestamp>")',
  { value: "filter" },
);

/** `--force` of commands that prune. */
export const PRUNE_FORCE: FlagSpec = flag("-f, --force", "Do not prompt for confirmation");

/** `docker image prune` */
export const IMAGE_PRUNE: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Remove unused images",
  flags: [flag("-a, --all", "Remove all unused images, not just dangling ones"), PRUNE_FILTER, PRUNE_FORCE],
  args: { min: 0, max: 0 },
  async run({ flags, context }) {
    const { store, layers, signal, stdout } = context;
    const all = flags.on("all");
    const what = all ? "all images without at least one container associated to them" : "all dangling images";
    if (!flags.on("force") && !(await confirmed(context, `WARNING! This will remove ${what}.`))) return 0;
    const filters = parseFilters(flags.all("filter"));
    const { steps } = await asEngine(() => {
      const dangling = filters.filter(({ name }) => name === "dangling").map(({ value }) => value);
      boolFilter("dangling", [...dangling, all ? "false" : "true"]);
      const others = filters.filter(({ name }) => name !== "dangling");
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
    await stdout.write(`Total reclaimed space: ${formatSize(total, 4)}\n`);
    return 0;
  },
};
