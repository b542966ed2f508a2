/** A point in time as a document wrote it. */
export interface Timestamp {
  /** Whole seconds since the epoch, rounded down. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The same in Go's spelling, which Docker prints: trailing zeros of the fraction dropped, `Z` for no offset. */
  readonly text: string;
}

/** A time as Go writes it in documents: RFC 3339 in UTC, to the microsecond, trailing zeros of the fraction dropped. */
export function formatTimestamp(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  const whole = Math.floor(micros / 1e6);
  const fraction = String(micros - whole * 1e6)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${new Date(whole * 1000).toISOString().slice(0, -5)}${fraction === "" ? "" : `.${fraction}`}Z`;
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,40}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;

/**
 * The time in an RFC 3339 text; `undefined` when it is none (or names a day or hour that is not there).
 * @see RFC 3339 §5.6
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const [offsetHour, offsetMinute] = [part(10), part(11)];
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const offset = (match[9] === "-" ? -1 : 1) * (offsetHour * 3600 + offsetMinute * 60);
  const fraction = (match[7] ?? "").slice(0, 9);
  const digits = fraction.replace(/0+$/, "");
  const zone = offset === 0 ? "Z" : text.slice(-6);
  return {
    seconds: date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset,
    nanoseconds: Number(fraction.padEnd(9, "0")),
    text: `${text.slice(0, 10)}T${text.slice(11, 19)}${digits === "" ? "" : `.${digits}`}${zone}`,
  };
}
