import { formatDuration, goQuote, type HealthcheckSpec, type Instruction } from "../dockerfile/mod.ts";
import { parsePorts } from "../image/mod.ts";

/** A list as Go's `%v` prints it. */
const list = (values: readonly string[]): string => `[${values.join(" ")}]`;
/** A list as Go's `%q` prints it. */
const quoted = (values: readonly string[]): string => `[${values.map(goQuote).join(" ")}]`;

/** What an instruction that makes no layer leaves in the history, its variables substituted; `undefined`: nothing. */
export function settingHistory(instruction: Instruction, words: readonly string[]): string | undefined {
  switch (instruction.kind) {
    case "env":
    case "label":
      return `${instruction.keyword} ${instruction.pairs.map(({ name, value }) => `${name}=${value}`).join(" ")}`;
    case "cmd":
    case "entrypoint":
      return `${instruction.keyword} ${quoted(words)}`;
    case "expose":
      return `EXPOSE ${list(instruction.values.flatMap(parsePorts))}`;
    case "volume":
      return `VOLUME ${list(instruction.values)}`;
    case "user":
    case "stopsignal":
    case "maintainer":
      return `${instruction.keyword} ${instruction.value}`;
    case "shell":
      return `SHELL ${list(instruction.words)}`;
    case "healthcheck":
      return `HEALTHCHECK ${healthText(instruction.health)}`;
    default:
      return undefined;
  }
}

function healthText({
  test,
  interval,
  timeout,
  startPeriod,
  startInterval,
  retries,
}: HealthcheckSpec): string {
  const times = [interval, timeout, startPeriod, startInterval].map((time) => `"${formatDuration(time)}"`);
  return `&{${quoted(test)} ${times.join(" ")} ${quotedRune(retries)}}`;
}

/** A number as Go's `%q` prints it: as the character of that number. */
function quotedRune(code: number): string {
  if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return "'\ufffd'";
  const char = String.fromCodePoint(code);
  if (char === "'") return "'\\''";
  return char === '"' ? `'"'` : `'${goQuote(char).slice(1, -1)}'`;
}

/** What a COPY or ADD leaves in the history; `words` as written, variables substituted. */
export function copyHistory(
  keyword: string,
  {
    parents,
    chown,
    chmod,
    words,
  }: {
    readonly parents: boolean;
    readonly chown: string | undefined;
    readonly chmod: string | undefined;
    readonly words: readonly string[];
  },
): string {
  const flags = [
    ...(parents ? ["--parents"] : []),
    ...(chown === undefined ? [] : [`--chown=${chown}`]),
    ...(chmod === undefined ? [] : [`--chmod=${chmod}`]),
  ];
  return `${[keyword, ...flags, ...words].join(" ")} # buildkit`;
}

/** What a RUN leaves in the history: the variables given with ARG in front, where there are any. */
export function runHistory(
  command: readonly string[],
  args: ReadonlyMap<string, string | undefined>,
): string {
  const given = [...args].map(([name, value]) => `${name}=${value ?? ""}`);
  const prefix = given.length === 0 ? [] : [`|${given.length}`, ...given];
  return `${["RUN", ...prefix, ...command].join(" ")} # buildkit`;
}
