import { resolveImage } from "../../image/mod.ts";
import { asEngine, refuseEmpty } from "../failure.ts";
import { flag, TABLE_FORMAT } from "../flag.ts";
import { historyRows } from "../history.ts";
import { parentsOf, partsOf } from "../image-parts.ts";
import { platformFlag } from "../platform.ts";
import { checkPlatform } from "../platform-check.ts";
import { printRows } from "../rows.ts";
import type { VerbSpec } from "../spec.ts";

const HEADERS = {
  Comment: "COMMENT",
  CreatedAt: "CREATED AT",
  CreatedBy: "CREATED BY",
  CreatedSince: "CREATED",
  ID: "IMAGE",
  Size: "SIZE",
};

/** `docker history` */
export const HISTORY: VerbSpec = {
  use: "[OPTIONS] IMAGE",
  summary: "Show the history of an image",
  aliases: ["docker image history", "docker history"],
  flags: [
    flag("-H, --human", "Print sizes and dates in human readable format", { shownDefault: "true" }),
    flag("-q, --quiet", "Only show image IDs"),
    flag("--no-trunc", "Don't truncate output"),
    TABLE_FORMAT,
    flag(
      "--platform string",
      'Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      { value: "platform" },
    ),
  ],
  args: { min: 1, max: 1 },
  values: ["image"],
  async run({ args: [name = ""], flags, context }) {
    const { store, layers, stdout } = context;
    refuseEmpty([name]);
    const platform = platformFlag(flags.text("platform"));
    const human = flags.on("human", true);
    const rows = await asEngine(async () => {
      const table = await store.table.snapshot();
      const { image } = resolveImage(table, name);
      const parts = await partsOf(store, table, image, context);
      checkPlatform(parts, name, platform);
      const sizes = await Promise.all((parts.config?.diffIDs ?? []).map((diffID) => layers.sizeOf(diffID)));
      return historyRows(parts, {
        sizes,
        nowMs: context.now(),
        images: parentsOf(table, image),
        whole: flags.on("no-trunc"),
        human,
      });
    });
    const given = flags.text("format") || "table";
    const created = human ? "{{.CreatedSince}}" : "{{.CreatedAt}}";
    const standard = `table {{.ID}}\t${created}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`;
    const format = given === "table" ? (flags.on("quiet") ? "{{.ID}}" : standard) : given;
    await printRows(
      rows.map((row) => ({ ...row })),
      { format, headers: HEADERS, type: "image.historyContext", stdout },
    );
    return 0;
  },
};
