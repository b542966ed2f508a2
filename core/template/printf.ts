import { type Flags, noFlags } from "./format.ts";
import { printVerb } from "./print.ts";
import { type Call, unboxed, type Value } from "./value.ts";

/** Widths and precisions beyond this are none. */
const LARGEST = 1_000_000;

/** `format` with its verbs replaced by the arguments, as Go's fmt does; misuse is shown in the text, never raised. */
export function printFormat(format: string, values: readonly Value[], call: Call): string {
  return new Formatter(format, values, call).run();
}

class Formatter {
  readonly #format: string;
  readonly #values: readonly Value[];
  readonly #call: Call;
  #at = 0;
  #next = 0;
  #reordered = false;
  #goodIndex = true;
  #afterIndex = false;

  constructor(format: string, values: readonly Value[], call: Call) {
    this.#format = format;
    this.#values = values;
    this.#call = call;
  }

  run(): string {
    const parts: string[] = [];
    for (;;) {
      const percent = this.#format.indexOf("%", this.#at);
      parts.push(this.#format.slice(this.#at, percent < 0 ? undefined : percent));
      if (percent < 0) break;
      this.#at = percent + 1;
      this.#call.spend(1);
      parts.push(this.#verb());
    }
    if (!this.#reordered && this.#next < this.#values.length) parts.push(this.#extra());
    return parts.join("");
  }

  #verb(): string {
    this.#goodIndex = true;
    this.#afterIndex = false;
    const flags = this.#flags();
    const width = this.#width(flags);
    const precision = this.#precision(flags);
    const complaints = width + precision;
    if (!this.#afterIndex) this.#index();
    const code = this.#format.codePointAt(this.#at);
    if (code === undefined) return `${complaints}%!(NOVERB)`;
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    if (verb === "%") return `${complaints}%`;
    if (!this.#goodIndex) return `${complaints}%!${verb}(BADINDEX)`;
    if (this.#next >= this.#values.length) return `${complaints}%!${verb}(MISSING)`;
    if (verb === "v" || verb === "w") {
      flags.sharpV = flags.sharp;
      flags.sharp = false;
      flags.plusV = flags.plus;
      flags.plus = false;
    }
    return complaints + printVerb(this.#values[this.#next++], { verb, flags, call: this.#call });
  }

  #flags(): Flags {
    const flags = noFlags();
    for (; ; this.#at++) {
      const char = this.#format[this.#at];
      if (char === "#") flags.sharp = true;
      else if (char === "0") flags.zero = true;
      else if (char === "+") flags.plus = true;
      else if (char === "-") flags.minus = true;
      else if (char === " ") flags.space = true;
      else return flags;
    }
  }

  #width(flags: Flags): string {
    this.#index();
    if (this.#format[this.#at] !== "*") {
      flags.width = this.#number();
      if (this.#afterIndex && flags.width !== undefined) this.#goodIndex = false;
      return "";
    }
    this.#at++;
    const width = this.#integer();
    this.#afterIndex = false;
    if (width === undefined) return "%!(BADWIDTH)";
    if (width < 0) {
      flags.minus = true;
      flags.zero = false;
    }
    flags.width = Math.abs(width);
    return "";
  }

  #precision(flags: Flags): string {
    if (this.#format[this.#at] !== ".") return "";
    this.#at++;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#index();
    if (this.#format[this.#at] !== "*") {
      flags.precision = this.#number() ?? 0;
      return "";
    }
    this.#at++;
    const precision = this.#integer();
    this.#afterIndex = false;
    if (precision === undefined || precision < 0) return "%!(BADPREC)";
    flags.precision = precision;
    return "";
  }

  /** `[n]`: the argument that comes next. */
  #index(): void {
    this.#afterIndex = false;
    if (this.#format[this.#at] !== "[") return;
    this.#reordered = true;
    const close = this.#format.indexOf("]", this.#at);
    if (close < 0) {
      this.#goodIndex = false;
      this.#at++;
      return;
    }
    const text = this.#format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const index = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(index) || index > LARGEST) {
      this.#goodIndex = false;
      return;
    }
    this.#afterIndex = true;
    if (index >= 1 && index <= this.#values.length) this.#next = index - 1;
    else this.#goodIndex = false;
  }

  #number(): number | undefined {
    const start = this.#at;
    while (/^[0-9]$/.test(this.#format[this.#at] ?? "")) this.#at++;
    if (this.#at === start) return undefined;
    const number = Number(this.#format.slice(start, this.#at));
    // Go looks before it takes in the last digit.
    if (Math.floor(number / 10) <= LARGEST) return number;
    this.#at = this.#format.length;
    return undefined;
  }

  /** The next argument as a width or precision. */
  #integer(): number | undefined {
    if (this.#next >= this.#values.length) return undefined;
    const value = unboxed(this.#values[this.#next++]);
    if (value?.kind !== "int" && value?.kind !== "uint") return undefined;
    const number = Number(value.content);
    return Math.abs(number) <= LARGEST ? number : undefined;
  }

  #extra(): string {
    const extra = this.#values.slice(this.#next).map((boxedValue) => {
      const value = unboxed(boxedValue);
      if (value === undefined) return "<nil>";
      return `${value.type.name}=${printVerb(value, { verb: "v", flags: noFlags(), call: this.#call })}`;
    });
    return `%!(EXTRA ${extra.join(", ")})`;
  }
}
