import { type BasicType, type GoFunction, INT64, STRING, type StructType } from "./type.ts";
import { boolValue, type GoValue, intValue, type StructValue, stringValue, type Value } from "./value.ts";

/** A moment and the zone it is shown in. */
export interface Moment {
  /** Seconds since the epoch. */
  readonly seconds: number;
  /** From 0 to 999,999,999. */
  readonly nanos: number;
  /** Minutes that the zone is ahead of UTC. */
  readonly offset: number;
}

/** A moment as the calendar of its zone has it. */
interface Calendar {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** From 0, Sunday. */
  readonly weekday: number;
  readonly yearDay: number;
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const ZERO_SECONDS = -62_135_596_800;

const named = (name: string, names: readonly string[], first: number): BasicType => ({
  kind: "int",
  name,
  methods: new Map<string, GoFunction>([
    [
      "String",
      {
        parameters: [],
        run: ([value]) =>
          stringValue(names[(value?.kind === "int" ? Number(value.content) : 0) - first] ?? ""),
      },
    ],
  ]),
});
const MONTH = named("time.Month", MONTHS, 1);
const WEEKDAY = named("time.Weekday", DAYS, 0);

function method(run: (moment: Moment, calendar: Calendar) => GoValue): GoFunction {
  return {
    parameters: [],
    run: ([receiver]) => {
      const moment = momentOf(receiver);
      return run(moment, calendarOf(moment));
    },
  };
}

/** Go's `time.Time`. */
export const TIME: StructType = {
  kind: "struct",
  name: "time.Time",
  // Seconds count from the year 1, so that the time of a variable never set is the zero time.
  fields: [
    { name: "wall", type: INT64 },
    { name: "ext", type: INT64 },
    { name: "loc", type: INT64 },
  ],
  toJson: (value) => `"${formatTime(momentOf(value), RFC3339_NANO)}"`,
  methods: new Map<string, GoFunction>([
    [
      "String",
      method((moment) => stringValue(formatTime(moment, "2006-01-02 15:04:05.999999999 -0700 MST"))),
    ],
    [
      "Format",
      {
        parameters: [STRING],
        run: ([receiver, layout]) =>
          stringValue(formatTime(momentOf(receiver), layout?.kind === "string" ? layout.content : "")),
      },
    ],
    ["Year", method((_, { year }) => intValue(year))],
    ["Month", method((_, { month }) => intValue(month, MONTH))],
    ["Day", method((_, { day }) => intValue(day))],
    ["Hour", method((_, { hour }) => intValue(hour))],
    ["Minute", method((_, { minute }) => intValue(minute))],
    ["Second", method((_, { second }) => intValue(second))],
    ["Nanosecond", method(({ nanos }) => intValue(nanos))],
    ["Weekday", method((_, { weekday }) => intValue(weekday, WEEKDAY))],
    ["YearDay", method((_, { yearDay }) => intValue(yearDay))],
    ["Unix", method(({ seconds }) => intValue(seconds, INT64))],
    ["UnixMilli", method(({ seconds, nanos }) => intValue(seconds * 1000 + Math.floor(nanos / 1e6), INT64))],
    [
      "UnixNano",
      method(({ seconds, nanos }) =>
        intValue(BigInt.asIntN(64, BigInt(seconds) * 1_000_000_000n + BigInt(nanos)), INT64),
      ),
    ],
    ["UTC", method((moment) => timeValue({ ...moment, offset: 0 }))],
    ["Local", method((moment) => timeValue({ ...moment, offset: 0 }))],
    ["IsZero", method(({ seconds, nanos }) => boolValue(seconds === ZERO_SECONDS && nanos === 0))],
  ]),
};

const RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00";

/** A moment as a value. */
export function timeValue({ seconds, nanos, offset }: Moment): StructValue {
  const content = [nanos, seconds - ZERO_SECONDS, offset].map((number) => intValue(number, INT64));
  return { kind: "struct", type: TIME, content };
}

/** The value of a time in RFC 3339; undefined when the text is none. */
export function parseTime(text: string): StructValue | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (parts === null) return undefined;
  const [, local = "", fraction = "", sign, hours = "0", minutes = "0"] = parts;
  const milliseconds = Date.parse(`${local}Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  const nanos = Number(fraction.slice(0, 9).padEnd(9, "0"));
  return timeValue({ seconds: milliseconds / 1000 - offset * 60, nanos, offset });
}

function momentOf(value: Value): Moment {
  const [nanos = 0, seconds = 0, offset = 0] =
    value?.kind === "struct"
      ? value.content.map((field) => (field.kind === "int" ? Number(field.content) : 0))
      : [];
  return { seconds: seconds + ZERO_SECONDS, nanos, offset };
}

function calendarOf({ seconds, offset }: Moment): Calendar {
  const date = new Date((seconds + offset * 60) * 1000);
  const year = date.getUTCFullYear();
  // Date.UTC reads years below 100 as of the 20th century.
  const newYear = new Date(0).setUTCFullYear(year, 0, 1);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - newYear) / 86_400_000) + 1,
  };
}

/** The parts that a layout may name by the reference time, the longest first. */
const LAYOUT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,]0+(?!\d)|[.,]9+(?!\d)|__2|002|01|02|03|04|05|06|15|_2(?!006)|PM|pm|1|2|3|4|5/g;

/** A moment as Go's layouts have it. */
export function formatTime(moment: Moment, layout: string): string {
  const calendar = calendarOf(moment);
  return layout.replace(LAYOUT, (part) => layoutPart(part, moment, calendar));
}

function layoutPart(part: string, moment: Moment, calendar: Calendar): string {
  const { year, month, day, hour, minute, second, weekday, yearDay } = calendar;
  const two = (number: number): string => String(number).padStart(2, "0");
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  switch (part) {
    case "January":
      return MONTHS[month - 1] ?? "";
    case "Jan":
      return (MONTHS[month - 1] ?? "").slice(0, 3);
    case "Monday":
      return DAYS[weekday] ?? "";
    case "Mon":
      return (DAYS[weekday] ?? "").slice(0, 3);
    case "2006":
      return String(year).padStart(4, "0");
    case "06":
      return two(year % 100);
    case "01":
      return two(month);
    case "1":
      return String(month);
    case "02":
      return two(day);
    case "_2":
      return String(day).padStart(2);
    case "2":
      return String(day);
    case "002":
      return String(yearDay).padStart(3, "0");
    case "__2":
      return String(yearDay).padStart(3);
    case "15":
      return two(hour);
    case "03":
      return two(twelve);
    case "3":
      return String(twelve);
    case "04":
      return two(minute);
    case "4":
      return String(minute);
    case "05":
      return two(second);
    case "5":
      return String(second);
    case "PM":
      return hour < 12 ? "AM" : "PM";
    case "pm":
      return hour < 12 ? "am" : "pm";
    case "MST":
      return moment.offset === 0 ? "UTC" : zone(moment.offset, "-0700").replace(/00$/, "");
  }
  if (part.startsWith(".") || part.startsWith(",")) return fraction(part, moment.nanos);
  if (part.startsWith("Z") && moment.offset === 0) return "Z";
  return zone(moment.offset, part.replace("Z", "-"));
}

function fraction(part: string, nanos: number): string {
  const digits = String(nanos)
    .padStart(9, "0")
    .slice(0, part.length - 1);
  if (part[1] === "0") return (part[0] ?? "") + digits.padEnd(part.length - 1, "0");
  const short = digits.replace(/0+$/, "");
  return short === "" ? "" : (part[0] ?? "") + short;
}

function zone(offset: number, part: string): string {
  const size = Math.abs(offset);
  const hours = String(Math.floor(size / 60)).padStart(2, "0");
  const minutes = String(size % 60).padStart(2, "0");
  const sign = offset < 0 ? "-" : "+";
  if (part === "-07") return sign + hours;
  const colon = part.includes(":") ? ":" : "";
  const seconds = part.length > 6 || part === "-070000" ? `${colon}00` : "";
  return sign + hours + colon + minutes + seconds;
}
