import { pruneContainers } from "../container-prune.ts";
import { confirmed } from "../prompt.ts";
import type { VerbSpec } from "../spec.ts";
import { formatSize } from "../units.ts";
import { PRUNE_FILTER, PRUNE_FORCE } from "./prune.ts";

/** `docker container prune` */
export const CONTAINER_PRUNE: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Remove all stopped containers",
  flags: [PRUNE_FORCE, PRUNE_FILTER],
  args: { min: 0, max: 0 },
  async run({ flags, context }) {
    const warning = "WARNING! This will remove all stopped containers.";
    if (!flags.on("force") && !(await confirmed(context, warning))) return 0;
    const freed = await pruneContainers(context, flags.all("filter"));
    await context.stdout.write(`Total reclaimed space: ${formatSize(freed, 4)}\n`);
    return 0;
  },
};
