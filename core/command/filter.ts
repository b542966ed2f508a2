/** One `name=value` of `--filter`. */
export interface FilterValue {
  readonly name: string;
  readonly value: string;
}

/** The filters of a command line, names in lower case; empty ones are none. The flag parser has seen to the `=`. */
export function parseFilters(texts: readonly string[]): FilterValue[] {
  return texts
    .filter((text) => text !== "")
    .map((text) => {
      const equals = text.indexOf("=");
      return { name: text.slice(0, equals).trim().toLowerCase(), value: text.slice(equals + 1).trim() };
    });
}
