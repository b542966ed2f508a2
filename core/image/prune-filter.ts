import { CoreError } from "../error.ts";
import { parseTimestamp } from "../oci/mod.ts";
import type { PruneFilter } from "./prune.ts";

const UNITS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};
const DURATION = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|us|µs|ns|m|s))+$/;
const SECONDS = /^\d+(?:\.\d+)?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?$/;

/**
 * The filter that values of `--filter` mean to `docker image prune`: `until=`, `label=`, `label!=`, as name and value.
 * @throws CoreError `image/filter` with Docker's words.
 */
export function parsePruneFilter(
  values: readonly { readonly name: string; readonly value: string }[],
  now: number,
): PruneFilter {
  const of = (wanted: string): string[] =>
    values.filter(({ name }) => name === wanted).map(({ value }) => value);
  const unknown = values.find(({ name }) => !["until", "label", "label!"].includes(name));
  if (unknown !== undefined) throw refused(`invalid filter '${unknown.name}'`);
  const [until, ...more] = of("until");
  if (more.length > 0) throw refused("more than one until filter specified");
  return {
    ...(until === undefined ? {} : { until: parseMoment(until, now) }),
    labels: of("label"),
    withoutLabels: of("label!"),
  };
}

/**
 * A moment as filters give it, in seconds since the epoch: a duration before `now` (`1h30m`), a date, a time as in RFC 3339 with or without a
 * zone (UTC), or seconds since the epoch.
 * @throws CoreError `image/filter` with Docker's words.
 */
export function parseMoment(text: string, now: number): number {
  if (DURATION.test(text) || text === "0") return now - durationOf(text);
  if (SECONDS.test(text)) return Number(text);
  const whole = DAY.test(text) ? `${text}T00:00:00Z` : TIME.test(text) ? `${padded(text)}Z` : text;
  const at = parseTimestamp(whole);
  if (at === undefined) {
    const beyond = partBeyond(whole);
    if (beyond !== undefined) throw refused(`parsing time ${JSON.stringify(text)}: ${beyond} out of range`);
    throw refused(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  }
  return at.seconds + at.nanoseconds / 1e9;
}

/** The first part of a time of the right shape that no calendar has. */
function partBeyond(text: string): string | undefined {
  const parts = /^\d{4}-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  if (month < 1 || month > 12) return "month";
  if (hour > 23) return "hour";
  if (minute > 59) return "minute";
  if (second > 59) return "second";
  return day < 1 || day > 31 || parseTimestamp(`${text.slice(0, 10)}T00:00:00Z`) === undefined
    ? "day"
    : undefined;
}

/** A time without its seconds or minutes, with them. */
function padded(text: string): string {
  return text.length < 19 ? `${text}${":00:00".slice(text.length - 19)}` : text;
}

function durationOf(text: string): number {
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(h|ms|us|µs|ns|m|s)/g))
    seconds += Number(amount) * (UNITS[unit!] ?? 0);
  return text.startsWith("-") ? -seconds : seconds;
}

function refused(reason: string): CoreError {
  return new CoreError("image/filter", reason, { reason });
}
