import { pruneContainers } from "../container-prune.ts";
import { flag } from "../flag.ts";
import { pruneImageList } from "../image-prune.ts";
import { confirmed } from "../prompt.ts";
import type { VerbSpec } from "../spec.ts";
import { formatSize } from "../units.ts";
import { PRUNE_FORCE } from "./prune.ts";

/** `docker system prune` */
export const SYSTEM_PRUNE: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Remove unused data",
  flags: [
    PRUNE_FORCE,
    flag("-a, --all", "Remove all unused images not just dangling ones"),
    flag("--volumes", "Prune anonymous volumes"),
    flag("--filter filter", 'Provide filter values (e.g. "label=<key>=<value>")', { value: "filter" }),
  ],
  args: { min: 0, max: 0 },
  async run({ flags, context }) {
    const all = flags.on("all");
    const filters = flags.all("filter");
    const what = [
      "all stopped containers",
      "all networks not used by at least one container",
      ...(flags.on("volumes") ? ["all anonymous volumes not used by at least one container"] : []),
      all ? "all images without at least one container associated to them" : "all dangling images",
      all ? "all build cache" : "unused build cache",
    ];
    const items =
      filters.length === 0
        ? ""
        : `\n  Items to be pruned will be filtered with:\n  - ${filters.join("\n  - ")}`;
    const warning = `WARNING! This will remove:\n${what.map((line) => `  - ${line}`).join("\n")}\n${items}`;
    if (!flags.on("force") && !(await confirmed(context, warning))) return 0;
    const freed = await pruneContainers(context, filters);
    const total = freed + (await pruneImageList(context, { all, filters }));
    await context.stdout.write(`Total reclaimed space: ${formatSize(total, 4)}\n`);
    return 0;
  },
};
