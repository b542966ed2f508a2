import { listContainers, removeContainers } from "../container/mod.ts";
import { carriesLabel, parsePruneFilter, parseRunConfig } from "../image/mod.ts";
import type { ContainerRecord } from "../store/mod.ts";
import { containerSizes } from "./container-size.ts";
import { containerContext } from "./containers.ts";
import type { CommandContext } from "./context.ts";
import { asEngine } from "./failure.ts";
import { parseFilters } from "./filter.ts";

/** Removes the containers that filters leave, and prints them. Gives the bytes of what was changed in them. */
export async function pruneContainers(context: CommandContext, filters: readonly string[]): Promise<number> {
  const {
    until,
    labels = [],
    withoutLabels = [],
  } = await asEngine(() => parsePruneFilter(parseFilters(filters), context.now() / 1000));
  const table = await context.store.table.snapshot();
  const chosen = listContainers(table).filter(
    (record) =>
      (until === undefined || record.created <= until) &&
      labels.every((label) => carries(record, label)) &&
      !withoutLabels.some((label) => carries(record, label)),
  );
  if (chosen.length === 0) return 0;
  const sizes = await containerSizes(context, chosen);
  const { removed } = await removeContainers(
    containerContext(context),
    chosen.map(({ id }) => id),
  );
  await context.stdout.write(
    `Deleted Containers:\n${removed.map(({ record }) => `${record.id}\n`).join("")}\n`,
  );
  return removed.reduce((sum, { record }) => sum + (sizes.get(record.id)?.own ?? 0), 0);
}

const carries = ({ config }: ContainerRecord, label: string): boolean =>
  carriesLabel(parseRunConfig(config).labels, label);
