/** Whether a path, without a slash at either end, is meant. */
export type PathTest = (path: string) => boolean;

/**
 * Tells the paths that these patterns mean, and everything below them. `*` and `?` stand for characters within a name, `**` for any number of
 * names; everything else stands for itself. Leading and trailing slashes do not count. Time: path times pattern.
 */
export function pathTest(patterns: readonly string[]): PathTest {
  const split = patterns.map((pattern) => partsOf(pattern)).filter((parts) => parts.length > 0);
  return (path) => {
    const names = partsOf(path);
    return split.some((pattern) => matches(pattern, names));
  };
}

const partsOf = (text: string): string[] => text.split("/").filter((part) => part !== "" && part !== ".");

/** Whether the pattern matches the path or a folder above it. */
function matches(pattern: readonly string[], names: readonly string[]): boolean {
  // `open[i]`: the first i parts of the pattern can match the names so far.
  let open = startOf(pattern);
  for (const name of names) {
    const next = Array.from<unknown, boolean>({ length: pattern.length + 1 }, () => false);
    for (let at = 0; at < pattern.length; at++) {
      if (open[at] !== true) continue;
      const part = pattern[at]!;
      if (part === "**") next[at] = true;
      else if (matchesName(part, name)) next[at + 1] = true;
    }
    skipStars(pattern, next);
    if (next[pattern.length] === true) return true;
    open = next;
  }
  return false;
}

function startOf(pattern: readonly string[]): boolean[] {
  const open = Array.from<unknown, boolean>({ length: pattern.length + 1 }, () => false);
  open[0] = true;
  skipStars(pattern, open);
  // The whole pattern has to match at least one name: `**` alone is everything, but not nothing.
  open[pattern.length] = false;
  return open;
}

function skipStars(pattern: readonly string[], open: boolean[]): void {
  for (let at = 0; at < pattern.length; at++)
    if (open[at] === true && pattern[at] === "**") open[at + 1] = true;
}

/** One name against one part, by going back to the last star only: never more than name times part. */
function matchesName(part: string, name: string): boolean {
  let [at, from, star, resume] = [0, 0, -1, 0];
  while (from < name.length) {
    if (at < part.length && part[at] === "*") {
      star = at++;
      resume = from;
    } else if (at < part.length && (part[at] === "?" || part[at] === name[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++resume;
    } else return false;
  }
  while (part[at] === "*") at++;
  return at === part.length;
}
