import { isCoreError } from "../../error.ts";
import { searchRepositories, searchTerm } from "../../registry/mod.ts";
import type { CommandContext } from "../context.ts";
import { refused } from "../failure.ts";
import { type FilterValue, parseFilters } from "../filter.ts";
import { FILTER, flag } from "../flag.ts";
import { boolFilter } from "../image-filter.ts";
import type { ParsedFlags } from "../parse-flags.ts";
import { registryOf } from "../pulling.ts";
import { registryRefusal } from "../registry-words.ts";
import { printRows } from "../rows.ts";
import type { VerbSpec } from "../spec.ts";
import { truncateText } from "../width.ts";

const WIDTH = 45;
const NAMES = new Set(["is-automated", "is-official", "stars"]);
const HEADERS = { Description: "DESCRIPTION", IsOfficial: "OFFICIAL", Name: "NAME", StarCount: "STARS" };
const DEFAULT = "table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}";

/** `docker search` */
export const SEARCH: VerbSpec = {
  use: "[OPTIONS] TERM",
  summary: "Search Docker Hub for images",
  flags: [
    flag("--no-trunc", "Don't truncate output"),
    FILTER,
    flag("--limit int", "Max number of search results"),
    flag("--format string", "Pretty-print search using a Go template", { value: "format" }),
    // Docker took these away in 20.10; people still type them.
    flag("-s, --stars int", "Only displays with at least x stars", { hidden: true }),
    flag("--automated", "Only show automated builds", { hidden: true }),
  ],
  args: { min: 1, max: 1 },
  async run({ args: [term = ""], flags, context }) {
    const filters = filtersOf(flags);
    if (filters.some(({ name }) => name === "is-automated"))
      await context.stderr.write(
        'WARNING: the "is-automated" filter is deprecated, and searching for "is-automated=true" will not yield any results in future.\n',
      );
    const passes = filterOf(filters);
    const limit = Number(flags.text("limit") ?? 0);
    const found = (await searched(context, { term, limit })).filter(passes);
    const given = flags.text("format") || "table";
    const table = given.startsWith("table");
    const whole = flags.on("no-trunc");
    const rows = found.map(({ name, description, stars, official }) => {
      const text = description.replaceAll("\n", " ").replaceAll("\r", " ");
      return {
        Description: whole ? text : truncateText(text, WIDTH),
        IsOfficial: table ? (official ? "[OK]" : "") : String(official),
        Name: name,
        StarCount: String(stars),
      };
    });
    const format = given === "table" ? DEFAULT : given;
    await printRows(rows, {
      format,
      headers: HEADERS,
      type: "registry.searchContext",
      stdout: context.stdout,
    });
    return 0;
  },
};

function filtersOf(flags: ParsedFlags): FilterValue[] {
  const filters = parseFilters(flags.all("filter"));
  const stars = flags.text("stars");
  if (stars !== undefined) filters.push({ name: "stars", value: stars });
  if (flags.on("automated")) filters.push({ name: "is-automated", value: "true" });
  return filters;
}

interface Found {
  readonly stars: number;
  readonly official: boolean;
}

/** @throws CoreError `command/failed` with Docker's words. */
function filterOf(filters: readonly FilterValue[]): (found: Found) => boolean {
  const of = (wanted: string): string[] =>
    filters.filter(({ name }) => name === wanted).map(({ value }) => value);
  const unknown = filters.find(({ name }) => !NAMES.has(name));
  if (unknown !== undefined) throw refused(`invalid filter '${unknown.name}'`);
  const automated = boolFilter("is-automated", of("is-automated"));
  const official = boolFilter("is-official", of("is-official"));
  const stars = of("stars").map((value) => {
    if (!/^[+-]?\d+$/.test(value))
      throw refused(
        `invalid filter 'stars=${value}': strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`,
      );
    return Number(value);
  });
  const least = Math.max(...stars);
  // Nothing is built automatically any more.
  return (found) =>
    automated !== true && (official === undefined || found.official === official) && found.stars >= least;
}

async function searched(
  context: CommandContext,
  { term, limit }: { readonly term: string; readonly limit: number },
): ReturnType<typeof searchRepositories> {
  try {
    return await searchRepositories(registryOf(context), { term, limit, signal: context.signal });
  } catch (error) {
    context.signal?.throwIfAborted();
    throw isCoreError(error, "registry/unreachable")
      ? unreachable(error, { context, term, limit })
      : registryRefusal(error, context);
  }
}

/** Of Docker Hub the address is told that was asked; of others, that neither way led there. */
function unreachable(
  error: { readonly cause?: unknown; readonly message: string },
  {
    context,
    term,
    limit,
  }: { readonly context: CommandContext; readonly term: string; readonly limit: number },
): Error {
  const { domain, term: rest } = searchTerm(term);
  const hub = domain === "docker.io";
  const host = hub ? "index.docker.io" : domain;
  const why = context.dial?.(error.cause, host) ?? error.message;
  if (hub) {
    const query = new URLSearchParams({ q: rest, n: String(limit <= 0 ? 25 : limit) });
    return refused(
      `Get ${JSON.stringify(`https://${host}/v1/search?${query.toString()}`)}: ${why}`,
      {},
      error,
    );
  }
  const attempt = (scheme: string): string => `Get "${scheme}://${host}/v1/_ping": ${why}`;
  return refused(
    `invalid registry endpoint "http://${host}/v1/". HTTPS attempt: ${attempt("https")}. HTTP attempt: ${attempt("http")}`,
    {},
    error,
  );
}
