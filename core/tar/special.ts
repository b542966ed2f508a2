import type { Bytes } from "../bytes/mod.ts";
import { stringEnd } from "./block.ts";
import { type PaxOverrides, parseOverrides } from "./extension.ts";

/** Type bytes of the entries that say something about the next one. */
const X = 0x78;
const SOLARIS_X = 0x58;
const G = 0x67;
const LONG_NAME = 0x4c;
const LONG_LINK = 0x4b;

/** Whether a header with type byte `flag` is about the next entry, or all that follow, and no entry itself. */
export const isSpecial = (flag: number): boolean =>
  flag === X || flag === SOLARIS_X || flag === G || flag === LONG_NAME || flag === LONG_LINK;

/** What special entries have said about the next entry. */
export interface Extensions {
  readonly longName: Uint8Array | undefined;
  readonly longLink: Uint8Array | undefined;
  readonly pax: PaxOverrides | undefined;
}

const NONE: Extensions = { longName: undefined, longLink: undefined, pax: undefined };

/** Where the content of a special entry lies, byte `start` of it at `position` in the archive. */
export interface SpecialContent {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly position: number;
}

/**
 * `extensions` after the special entry of type `flag`: a later one of the same kind replaces the earlier, and a global header, which is
 * checked and otherwise ignored, drops them all.
 * @throws CoreError `tar/pax`
 */
export function extended(
  extensions: Extensions | undefined,
  flag: number,
  content: SpecialContent,
): Extensions | undefined {
  const { bytes, start, end } = content;
  if (flag === G) {
    parseOverrides(bytes, content);
    return undefined;
  }
  const before = extensions ?? NONE;
  if (flag === X || flag === SOLARIS_X) return { ...before, pax: parseOverrides(bytes, content) };
  const stop = stringEnd(bytes, start, end - start);
  const value = stop > start ? bytes.slice(start, stop) : undefined;
  return flag === LONG_NAME ? { ...before, longName: value } : { ...before, longLink: value };
}

/** Gathers the content of one special entry out of chunks; where one chunk has all of it, it is not copied. */
export class Gatherer {
  #bytes: Bytes | undefined;
  #length = 0;

  /** Takes `run` bytes at `at`, `position` in the archive, of the `left` that are missing; gives back the whole when that is all. */
  take(
    bytes: Uint8Array,
    at: number,
    { run, left, position }: { readonly run: number; readonly left: number; readonly position: number },
  ): SpecialContent | undefined {
    if (run === left && this.#length === 0) return { bytes, start: at, end: at + run, position };
    this.#bytes ??= new Uint8Array(left);
    this.#bytes.set(bytes.subarray(at, at + run), this.#length);
    this.#length += run;
    if (run < left) return undefined;
    const whole = {
      bytes: this.#bytes,
      start: 0,
      end: this.#length,
      position: position + run - this.#length,
    };
    this.#bytes = undefined;
    this.#length = 0;
    return whole;
  }
}
