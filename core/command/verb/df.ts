import { chosenFormat, dfRows } from "../df.ts";
import { printUsage } from "../df-verbose.ts";
import { flag, TABLE_FORMAT } from "../flag.ts";
import { printRows } from "../rows.ts";
import type { VerbSpec } from "../spec.ts";

const HEADERS = {
  Active: "ACTIVE",
  Reclaimable: "RECLAIMABLE",
  Size: "SIZE",
  TotalCount: "TOTAL",
  Type: "TYPE",
};

/** `docker system df` */
export const SYSTEM_DF: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Show docker disk usage",
  flags: [flag("-v, --verbose", "Show detailed information on space usage"), TABLE_FORMAT],
  args: { min: 0, max: 0 },
  async run({ flags, context }) {
    const given = flags.text("format") ?? "";
    if (flags.on("verbose") && given === "") {
      await printUsage(context);
      return 0;
    }
    const rows = await dfRows(context);
    const type = "formatter.diskUsageImagesContext";
    await printRows(rows, { format: chosenFormat(given), headers: HEADERS, type, stdout: context.stdout });
    return 0;
  },
};
