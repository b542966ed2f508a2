import { pickContainers } from "../container-filter.ts";
import { CONTAINER_COLUMNS, CONTAINER_HEADERS, containerRow } from "../container-rows.ts";
import { containerSizes } from "../container-size.ts";
import { parseFilters } from "../filter.ts";
import { FILTER, flag, TABLE_FORMAT } from "../flag.ts";
import { printRows } from "../rows.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker ps` */
export const PS: VerbSpec = {
  use: "[OPTIONS]",
  summary: "List containers",
  aliases: ["docker container ls", "docker container list", "docker container ps", "docker ps"],
  flags: [
    flag("-q, --quiet", "Only display container IDs"),
    flag("-s, --size", "Display total file sizes"),
    flag("-a, --all", "Show all containers (default shows just running)"),
    flag("--no-trunc", "Don't truncate output"),
    flag("-l, --latest", "Show the latest created container (includes all states)"),
    flag("-n, --last int", "Show n last created containers (includes all states)", { shownDefault: "-1" }),
    TABLE_FORMAT,
    FILTER,
  ],
  args: { min: 0, max: 0 },
  async run({ flags, context }) {
    const table = await context.store.table.snapshot();
    const last = flags.on("latest") ? 1 : Number(flags.text("last") ?? -1);
    const records = pickContainers({
      table,
      filters: parseFilters(flags.all("filter")),
      all: flags.on("all"),
      limit: last > 0 ? last : undefined,
    });
    const given = flags.text("format") || "table";
    const size = flags.on("size") || /\.Size\b/.test(given);
    const standard = `table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}${size ? "\t{{.Size}}" : ""}`;
    const format = given === "table" ? (flags.on("quiet") ? "{{.ID}}" : standard) : given;
    const sizes = size ? await containerSizes(context, records) : undefined;
    const options = { table, nowMs: context.now(), whole: flags.on("no-trunc"), sizes };
    await printRows(
      records.map((record) => containerRow(record, options)),
      {
        format,
        headers: CONTAINER_HEADERS,
        more: CONTAINER_COLUMNS,
        type: "formatter.ContainerContext",
        stdout: context.stdout,
      },
    );
    return 0;
  },
};
