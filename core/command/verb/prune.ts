import { type FlagSpec, flag } from "../flag.ts";
import { pruneImageList } from "../image-prune.ts";
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
    const all = flags.on("all");
    const what = all ? "all images without at least one container associated to them" : "all dangling images";
    if (!flags.on("force") && !(await confirmed(context, `WARNING! This will remove ${what}.`))) return 0;
    const total = await pruneImageList(context, { all, filters: flags.all("filter") });
    await context.stdout.write(`Total reclaimed space: ${formatSize(total, 4)}\n`);
    return 0;
  },
};
