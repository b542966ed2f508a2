/** How a number is written: as digits, with an exponent, or as whichever is shorter. */
export type FloatVerb = "e" | "E" | "f" | "g" | "G" | "x" | "X" | "b";

/** Digits of a positive number, and how many of them stand before the point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** `value` with `precision` digits, or with as many as tell it from its neighbours. */
export function formatFloat(value: number, verb: FloatVerb, precision: number | undefined): string {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign === "" ? "+" : "-"}Inf`;
  if (verb === "b") return sign + binaryText(size);
  if (verb === "x" || verb === "X") {
    const text = hexText(size, precision);
    return sign + (verb === "X" ? text.toUpperCase() : text);
  }
  const exact = precision === undefined ? shortest(size) : exactDecimal(size);
  if (verb === "f")
    return sign + fixedText(rounded(exact, (precision ?? 0) + exact.point, precision), precision);
  if (verb === "e" || verb === "E") {
    const digits = precision === undefined ? exact : rounded(exact, precision + 1, precision);
    return sign + exponentText(digits, precision, verb);
  }
  return sign + shorterText(exact, precision, verb === "G" ? "E" : "e");
}

/** Trailing zeros go; an exponent is written when it is below -4, or as large as the precision (6 when none was given). */
function shorterText(exact: Decimal, precision: number | undefined, verb: "e" | "E"): string {
  const limit = precision === 0 ? 1 : precision;
  const { digits, point } = limit === undefined ? exact : rounded(exact, limit, limit);
  const significant = digits.replace(/0+$/, "");
  const kept = { digits: significant === "" ? "0" : significant, point };
  const { length } = kept.digits;
  const bound = limit === undefined ? 6 : limit > length && length >= point ? length : limit;
  const exponent = kept.digits === "0" ? 0 : point - 1;
  if (exponent < -4 || exponent >= bound) return exponentText(kept, length - 1, verb);
  return fixedText(kept, Math.max(length - point, 0));
}

function exponentText({ digits, point }: Decimal, precision: number | undefined, verb: "e" | "E"): string {
  const shown = precision === undefined ? digits : digits.padEnd(precision + 1, "0").slice(0, precision + 1);
  const exponent = /^0*$/.test(digits) ? 0 : point - 1;
  const tail = `${verb}${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  return `${shown[0] ?? "0"}${shown.length > 1 ? `.${shown.slice(1)}` : ""}${tail}`;
}

function fixedText({ digits, point }: Decimal, precision: number | undefined): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const behind = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  const decimals = precision ?? behind.length;
  return decimals === 0 ? whole : `${whole}.${behind.padEnd(decimals, "0").slice(0, decimals)}`;
}

/** JavaScript's own shortest digits are Go's. */
function shortest(size: number): Decimal {
  if (size === 0) return { digits: "0", point: 1 };
  const [mantissa = "", exponent = "0"] = size.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** All digits of a double: at most 1,075. */
function exactDecimal(size: number): Decimal {
  if (size === 0) return { digits: "0", point: 1 };
  const { mantissa, exponent } = parts(size);
  if (exponent >= 0) {
    const digits = String(mantissa << BigInt(exponent));
    return { digits, point: digits.length };
  }
  const digits = String(mantissa * 5n ** BigInt(-exponent));
  return { digits, point: digits.length + exponent };
}

/** The first `count` digits; a half goes to the even neighbour. Without a precision nothing is cut. */
function rounded(decimal: Decimal, count: number, precision: number | undefined): Decimal {
  const { digits, point } = decimal;
  if (precision === undefined || count >= digits.length) return decimal;
  if (count < 0) return { digits: "", point };
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const half = rest[0] === "5" && /^50*$/.test(rest);
  const odd = Number(kept.at(-1) ?? "0") % 2 === 1;
  const up = half ? odd : (rest[0] ?? "0") >= "5";
  if (!up) return { digits: kept, point };
  const more = String(BigInt(`0${kept}`) + 1n).padStart(count, "0");
  return more.length > count ? { digits: more, point: point + 1 } : { digits: more, point };
}

const BITS = new DataView(new ArrayBuffer(8));

/** A double as an integer times a power of two. */
function parts(size: number): { readonly mantissa: bigint; readonly exponent: number } {
  BITS.setFloat64(0, size);
  const bits = BITS.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  if (biased === 0) return { mantissa: fraction, exponent: -1074 };
  return { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

function binaryText(size: number): string {
  const { mantissa, exponent } = parts(size);
  return `${mantissa}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function hexText(size: number, precision: number | undefined): string {
  let { mantissa, exponent } = parts(size);
  if (mantissa === 0n) exponent = -52;
  while (mantissa !== 0n && mantissa < 1n << 52n) {
    mantissa <<= 1n;
    exponent--;
  }
  if (precision !== undefined && precision < 13) {
    const drop = BigInt((13 - precision) * 4);
    const half = 1n << (drop - 1n);
    const rest = mantissa & ((1n << drop) - 1n);
    mantissa >>= drop;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= drop;
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const digits = mantissa.toString(16).padStart(14, "0");
  const behind = digits.slice(1);
  const shown =
    precision === undefined ? behind.replace(/0+$/, "") : behind.padEnd(precision, "0").slice(0, precision);
  const power = exponent + 52;
  const tail = `p${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  return `0x${digits[0] ?? "0"}${shown === "" ? "" : `.${shown}`}${tail}`;
}
