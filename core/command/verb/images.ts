import type { Digest } from "../../digest/mod.ts";
import { listImages } from "../../image/mod.ts";
import { asEngine, failed } from "../failure.ts";
import { parseFilters } from "../filter.ts";
import { FILTER, flag, TABLE_FORMAT } from "../flag.ts";
import { checkPatterns, pickImages } from "../image-filter.ts";
import { IMAGE_HEADERS, imageRows } from "../image-rows.ts";
import { printImageTree } from "../image-tree.ts";
import type { ParsedFlags } from "../parse-flags.ts";
import { printRows } from "../rows.ts";
import type { Call, VerbSpec } from "../spec.ts";

/** `docker images` */
export const IMAGES: VerbSpec = {
  use: "[OPTIONS] [REPOSITORY[:TAG]]",
  summary: "List images",
  aliases: ["docker image ls", "docker image list", "docker images"],
  flags: [
    flag("-q, --quiet", "Only show image IDs"),
    flag("-a, --all", "Show all images (default hides intermediate images)"),
    flag("--no-trunc", "Don't truncate output"),
    flag("--digests", "Show digests"),
    TABLE_FORMAT,
    FILTER,
    flag("--tree", "List multi-platform images as a tree (EXPERIMENTAL)"),
  ],
  args: { min: 0, max: 1 },
  values: ["repository"],
  async run(call) {
    const { args, flags, context } = call;
    const { store, layers, signal, stdout } = context;
    const filters = parseFilters(flags.all("filter"));
    if (args[0] !== undefined && args[0] !== "") filters.push({ name: "reference", value: args[0] });
    if (flags.on("tree")) refuseWithTree(flags);
    const nowMs = context.now();
    const images = await asEngine(async () => {
      checkPatterns(filters);
      const layerSize = (diffID: Digest): Promise<number | undefined> => layers.sizeOf(diffID);
      const listed = await listImages(store, { layerSize, shares: false, signal });
      const table = await store.table.snapshot();
      return pickImages({ images: listed, table, filters, all: flags.on("all"), now: nowMs / 1000 });
    });
    if (flags.on("tree")) {
      const shown = images.filter(({ tags }) => tags.length > 0 || flags.on("all"));
      await printImageTree(shown, context);
      return 0;
    }
    const { format, digests } = formatOf(flags);
    const options = { nowMs, whole: flags.on("no-trunc"), digests };
    const rows = images.flatMap((image) =>
      imageRows({ ...image, id: image.record.id, sharedSize: undefined }, options),
    );
    const shown = isDefault(format) ? rows.map(withWord) : rows;
    await printRows(shown, { format, headers: IMAGE_HEADERS, type: "formatter.imageContext", stdout });
    if (rows.length === 0) await suggest(call);
    return 0;
  },
};

const DEFAULT = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
const WITH_DIGESTS = "table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";

const isDefault = (format: string): boolean => format === DEFAULT || format === WITH_DIGESTS;

/** In the table that is shown when nobody asks for another, a date that is none is said to be none. */
const withWord = <T extends Readonly<Record<string, string>>>(row: T): T =>
  row["CreatedSince"] === "" ? { ...row, CreatedSince: "N/A" } : row;

function formatOf(flags: ParsedFlags): { readonly format: string; readonly digests: boolean } {
  const given = flags.text("format") || "table";
  const quiet = flags.on("quiet");
  const digests = flags.on("digests");
  const raw = [
    "repository: {{.Repository}}\ntag: {{.Tag}}\n",
    digests ? "digest: {{.Digest}}\n" : "",
    "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n",
  ].join("");
  if (given === "table") {
    const format = quiet ? "{{.ID}}" : digests ? WITH_DIGESTS : DEFAULT;
    return { format, digests: digests && !quiet };
  }
  if (given === "raw") return { format: quiet ? "image_id: {{.ID}}" : raw, digests: digests && !quiet };
  const needs = digests || given.includes("{{.Digest}}");
  const missing = digests && given.startsWith("table") && !given.includes("{{.Digest}}");
  return { format: missing ? `${given}\t{{.Digest}}` : given, digests: needs };
}

function refuseWithTree(flags: ParsedFlags): void {
  const other: readonly (readonly [flag: string, shown: string])[] = [
    ["quiet", "quiet"],
    ["no-trunc", "no-trunc"],
    ["digests", "show-digest"],
    ["format", "format"],
  ];
  for (const [name, shown] of other)
    if (name === "format" ? (flags.text(name) ?? "") !== "" : flags.on(name))
      throw failed(`--${shown} is not yet supported with --tree`);
}

const WORDS = "build history import inspect list load ls prune pull push rm save tag".split(" ");

/** Somebody who types `docker images ls` means something else. */
async function suggest({ path, args, context }: Call): Promise<void> {
  const [name] = args;
  if (path !== "docker images" || name === undefined || !WORDS.includes(name)) return;
  await context.stderr.write(
    `\nNo images found matching ${JSON.stringify(name)}: did you mean "docker image ${name}"?\n`,
  );
}
