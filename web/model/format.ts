/** Numbers, sizes and times in the words of one locale. */
export interface Format {
  readonly locale: string;
  /** `78.1 MB`: decimal units, three digits. */
  bytes(value: number): string;
  /** `78,123,456`. */
  count(value: number): string;
  /** `12.4 %`; `share` is 0 to 1. */
  percent(share: number): string;
  /** `2026-05-01 12:34` in the reader's time zone: one width, for columns. */
  stamp(seconds: number): string;
  /** A whole date and time with its zone, for reading. */
  moment(seconds: number): string;
  /** `12 ms`, `3.4 s`. */
  took(ms: number): string;
  /** The form for `value`; languages without a singular use `other`. */
  plural(value: number, forms: { readonly one: string; readonly other: string }): string;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Splits a number of bytes into at most three digits and a decimal unit, rounding up into the next unit where it must. */
export function scaleBytes(value: number): { readonly amount: number; readonly unit: string } {
  let amount = value;
  let step = 0;
  while (amount >= 999.5 && step < UNITS.length - 1) {
    amount /= 1000;
    step += 1;
  }
  return { amount, unit: UNITS[step] ?? "B" };
}

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

/** `2026-05-01 12:34`, or `undefined` for a time no calendar has. */
export function stampOf(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** The formats of `locale`. */
export function createFormat(locale: string): Format {
  const digits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  // Made on first use: loading a browser's calendar takes longer than drawing the first screen.
  let moments: Intl.DateTimeFormat | undefined;
  const rules = new Intl.PluralRules(locale);
  return {
    locale,
    bytes(value) {
      const { amount, unit } = scaleBytes(value);
      return `${digits.format(amount)}\u00a0${unit}`;
    },
    count: (value) => whole.format(value),
    percent: (value) => share.format(value),
    stamp: (seconds) => stampOf(seconds) ?? "–",
    moment(seconds) {
      const date = new Date(seconds * 1000);
      if (Number.isNaN(date.getTime())) return String(seconds);
      moments ??= new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "long" });
      return moments.format(date);
    },
    took: (ms) =>
      ms < 1000 ? `${whole.format(Math.max(1, ms))}\u00a0ms` : `${digits.format(ms / 1000)}\u00a0s`,
    plural: (value, forms) => (rules.select(value) === "one" ? forms.one : forms.other),
  };
}
