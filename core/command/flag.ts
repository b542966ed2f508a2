/** What a word of a command line means, for completion. */
export type ValueKind =
  | "image"
  | "container"
  | "repository"
  | "file"
  | "directory"
  | "server"
  | "format"
  | "filter"
  | "platform"
  | "text";

/** A flag of a command. */
export interface FlagSpec {
  /** Without its dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string | undefined;
  /** As help shows it: `string`, `list`, `int` …; "" for a switch. */
  readonly type: string;
  readonly usage: string;
  /** As help shows it, where help does. */
  readonly shownDefault?: string | undefined;
  /** Taken, but not shown. */
  readonly hidden?: boolean | undefined;
  /** Said when it is used. */
  readonly deprecated?: string | undefined;
  readonly value?: ValueKind | undefined;
}

/**
 * A flag from the way help spells it: `-f, --filter filter`.
 * @throws TypeError when it is not spelled so.
 */
export function flag(spelling: string, usage: string, more: Partial<FlagSpec> = {}): FlagSpec {
  const match = /^(?:-(\w), )?--([\w-]+)(?: (\S+))?$/.exec(spelling);
  if (match === null) throw new TypeError(`Cannot read the flag ${JSON.stringify(spelling)}`);
  return { name: match[2]!, short: match[1], type: match[3] ?? "", usage, ...more };
}

const JSON_FORMAT = "'json':             Print in JSON format\n";
const TEMPLATE_FORMAT = `'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

/** `--format` of commands that print tables. */
export const TABLE_FORMAT: FlagSpec = flag(
  "--format string",
  `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
${JSON_FORMAT}${TEMPLATE_FORMAT}`,
  { value: "format" },
);

/** `--format` of commands that print documents. */
export const DOCUMENT_FORMAT: FlagSpec = flag(
  "-f, --format string",
  `Format output using a custom template:\n${JSON_FORMAT}${TEMPLATE_FORMAT}`,
  { value: "format" },
);

/** `--filter` of commands that list. */
export const FILTER: FlagSpec = flag("-f, --filter filter", "Filter output based on conditions provided", {
  value: "filter",
});

/** `--disable-content-trust`, which was never of use here and is taken all the same. */
export const contentTrust = (usage: string): FlagSpec =>
  flag("--disable-content-trust", usage, { shownDefault: "true" });
