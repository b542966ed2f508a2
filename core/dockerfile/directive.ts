import { dockerfileError } from "./error.ts";
import { trimSpace } from "./space.ts";

/** What the comments at the very top of a Dockerfile ask of the parser. */
export interface Directives {
  /** The frontend image that was asked for. It is not used here. */
  readonly syntax?: string | undefined;
  readonly escape: "\\" | "`";
  /** How the file wants to be checked, as written: `skip=Rule,…;error=true`. */
  readonly check?: string | undefined;
}

const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const NAMES = new Set(["syntax", "escape", "check"]);

/**
 * The directives at the top of `lines` (without line ends): the first line that is none ends them.
 * @throws CoreError `dockerfile/invalid` when one comes twice, or the escape character is no such.
 */
export function parseDirectives(lines: readonly string[]): Directives {
  const found = new Map<string, string>();
  for (const [at, line] of lines.entries()) {
    // A line is bounded by the caller; the pattern has no nested repeats.
    const match = DIRECTIVE.exec(trimSpace(line));
    const name = match?.[1]?.toLowerCase() ?? "";
    if (!NAMES.has(name)) break;
    if (found.has(name)) {
      // BuildKit names the line before.
      const lines = at > 0 ? { start: at, end: at } : undefined;
      throw dockerfileError(`only one ${name} parser directive can be used`, lines);
    }
    found.set(name, match![2]!);
  }
  return {
    syntax: found.get("syntax"),
    escape: escapeOf(found.get("escape")),
    check: found.get("check"),
  };
}

function escapeOf(value = "\\"): "\\" | "`" {
  if (value === "\\" || value === "`") return value;
  throw dockerfileError(`invalid escape token '${value}' does not match \` or \\`);
}
