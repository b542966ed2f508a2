const UNITS: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["μs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

const PART = /^([0-9]*)(\.[0-9]*)?(ns|us|µs|μs|ms|s|m|h)/;

/**
 * Nanoseconds of a duration such as `1m30s`; `undefined` when it is none.
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): number | undefined {
  const negative = text.startsWith("-");
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0;
  if (rest === "" || rest.length > 100) return undefined;
  let total = 0;
  while (rest !== "") {
    const match = PART.exec(rest);
    if (match === null || (match[1] === "" && (match[2] ?? ".") === ".")) return undefined;
    total += Number(`${match[1] || "0"}${match[2] ?? ""}`) * UNITS.get(match[3]!)!;
    rest = rest.slice(match[0].length);
  }
  const whole = Math.trunc(total);
  if (whole > 2 ** 63) return undefined;
  return negative && whole > 0 ? -whole : whole;
}

/** Nanoseconds as Go prints a duration: `1m30s`, `500ms`, `0s`. */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  const sign = nanoseconds < 0 ? "-" : "";
  const value = Math.abs(nanoseconds);
  for (const [unit, size] of [
    ["ns", 1],
    ["µs", 1e3],
    ["ms", 1e6],
  ] as const) {
    if (value < size * 1000 && value < 1e9) return `${sign}${value / size}${unit}`;
  }
  const seconds = value / 1e9;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = Number(((value % 60e9) / 1e9).toFixed(9));
  if (hours > 0) return `${sign}${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${sign}${minutes}m${rest}s` : `${sign}${rest}s`;
}
