import { CoreError } from "../error.ts";
import { BLOCK, FIELD, numberAt } from "./block.ts";

const NEWLINE = 0x0a;

/** An error about the sparse map at byte `offset` of the archive. */
export function sparseError(offset: number, what: string): CoreError {
  return new CoreError("tar/sparse", `Cannot read sparse map at byte ${offset}: ${what}`, { offset });
}

function checkFragments(count: number, place: { readonly limit: number; readonly position: number }): void {
  if (count <= place.limit) return;
  throw new CoreError(
    "bytes/limit",
    `Cannot read sparse map at byte ${place.position}: it has more than ${place.limit} regions`,
    { offset: place.position, limit: place.limit },
  );
}

/**
 * Appends to `regions` the old GNU map of `slots` pairs at `at`, which stands at `position` in the archive. A pair whose first byte is
 * NUL ends the map, as GNU tar writes it.
 * @throws CoreError `tar/sparse`, `bytes/limit`
 */
export function readOldMap(
  bytes: Uint8Array,
  at: number,
  map: { readonly slots: number; readonly position: number; readonly limit: number; regions: number[] },
): void {
  for (let slot = 0; slot < map.slots; slot++) {
    const start = at + slot * 24;
    if (bytes[start] === 0) return;
    for (const i of [start, start + 12]) {
      const value = numberAt(bytes, i, 12);
      if (value - value !== 0)
        throw sparseError(map.position + i - at, "a number is malformed or beyond 2^53");
      map.regions.push(value);
    }
    checkFragments(map.regions.length >>> 1, map);
  }
}

/** Pairs in a header and in each extension block that follows it, and where the latter says that another follows. */
export const OLD_MAP = { headerSlots: FIELD.gnuSparse.length / 24, blockSlots: 21, extendedAt: 504 } as const;

/** A map of pax form 0.0 or 0.1, `offset,length,…`, of `blocks` regions, from the pax header at `position`. @throws CoreError `tar/sparse`, `bytes/limit` */
export function parsePaxMap(
  map: string,
  blocks: string,
  place: { readonly position: number; readonly limit: number },
): number[] {
  const count = /^\d+$/.test(blocks) ? Number(blocks) : -1;
  if (count < 0) throw sparseError(place.position, `GNU.sparse.numblocks is ${JSON.stringify(blocks)}`);
  checkFragments(count, place);
  const numbers = map === "" ? [] : map.split(",");
  if (numbers.length !== 2 * count) {
    throw sparseError(place.position, `the map has ${numbers.length} numbers, expected ${2 * count}`);
  }
  return numbers.map((text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value))
      throw sparseError(place.position, "a number of the map is malformed or beyond 2^53");
    return value;
  });
}

/** Reads a map of pax form 1.0, which stands in whole blocks at the start of the content. */
export class MapReader {
  readonly regions: number[] = [];
  readonly #limit: number;
  /** Numbers still to come, the count of regions included; unknown until that is read. */
  #left = -1;
  #value = 0;
  #digits = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes the block at `at`, `position` in the archive; true when the map is complete. @throws CoreError `tar/sparse`, `bytes/limit` */
  block(bytes: Uint8Array, at: number, position: number): boolean {
    for (let i = at; i < at + BLOCK && this.#left !== 0; i++) {
      const byte = bytes[i]!;
      if (byte === NEWLINE) {
        if (this.#digits === 0) throw sparseError(position + i - at, "a line is empty, expected a number");
        this.#number(position + i - at);
      } else if (byte >= 0x30 && byte <= 0x39) {
        this.#value = this.#value * 10 + byte - 0x30;
        this.#digits++;
        if (this.#value > Number.MAX_SAFE_INTEGER)
          throw sparseError(position + i - at, "a number is beyond 2^53");
      } else {
        throw sparseError(position + i - at, `a line holds byte ${byte}, expected a decimal digit`);
      }
    }
    return this.#left === 0;
  }

  #number(position: number): void {
    if (this.#left < 0) {
      checkFragments(this.#value, { limit: this.#limit, position });
      this.#left = 2 * this.#value;
    } else {
      this.regions.push(this.#value);
      this.#left--;
    }
    this.#value = 0;
    this.#digits = 0;
  }
}

/**
 * Checks that `regions` ascend without overlapping within a file of `size` bytes; the map stands at `position` in the archive.
 * @throws CoreError `tar/sparse`
 */
export function checkRegions(regions: readonly number[], size: number, position: number): void {
  let end = 0;
  for (let i = 0; i < regions.length; i += 2) {
    const offset = regions[i]!;
    const length = regions[i + 1]!;
    if (offset < 0 || length < 0) throw sparseError(position, `region ${i / 2} is negative`);
    if (offset < end)
      throw sparseError(
        position,
        `region ${i / 2} begins at ${offset}, before the end of the one before it, ${end}`,
      );
    end = offset + length;
    if (end > size)
      throw sparseError(position, `region ${i / 2} ends at ${end}, beyond the file's size, ${size}`);
  }
}
