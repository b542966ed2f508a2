const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
/** Fraction digits that spell out any double below 1000 exactly. */
const EXACT = 60;

/**
 * Bytes as Docker prints them: decimal units, 3 significant digits in listings, 4 in sums and progress. Since it divides before it
 * rounds, 999500 is `1e+03kB` in three digits.
 */
export function formatSize(bytes: number, digits: 3 | 4 = 3): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${formatG(value, digits)}${UNITS[unit]!}`;
}

/** A number as C's `%.<digits>g`: trailing zeros dropped, exponent form from 10^digits up, exact halves to even. */
function formatG(value: number, digits: number): string {
  if (value === 0) return "0";
  const [rounded = "", exponentText = "0"] = roundHalfEven(value, digits).split("e");
  const exponent = Number(exponentText);
  const significant = rounded.replace(".", "").replace(/0+$/, "");
  if (exponent < -4 || exponent >= digits) {
    const fraction = significant.slice(1);
    const sign = exponent < 0 ? "-" : "+";
    return `${significant[0] ?? "0"}${fraction && `.${fraction}`}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${significant}`;
  const whole = significant.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = significant.slice(exponent + 1);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** `toExponential` takes an exact half up; C and Go take it to the even neighbour. */
function roundHalfEven(value: number, digits: number): string {
  const exact = value.toExponential(EXACT);
  const kept = exact.slice(0, digits + 1);
  const [rest = ""] = exact.slice(digits + 1).split("e");
  const half = /^50*$/.test(rest) && Number(kept.at(-1)) % 2 === 0;
  return half ? `${kept}e${exact.split("e")[1] ?? "0"}` : value.toExponential(digits - 1);
}

/** The first 12 characters of an ID after its algorithm; `<missing>` stays as it is. */
export function shortID(id: string): string {
  return id.slice(id.indexOf(":") + 1).slice(0, 12);
}
