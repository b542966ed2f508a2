import { seeded } from "./random.ts";
import { signed } from "./tar.ts";

/** `bytes` with a few seeded wounds: flipped bytes, digits changed, ranges zeroed, repeated, cut out or swapped, the end torn off. */
export function mutated(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  let out = new Uint8Array(bytes);
  const wounds = 1 + below(4);
  for (let wound = 0; wound < wounds && out.length > 0; wound++) {
    const at = below(out.length);
    const length = Math.min(out.length - at, 1 + below(random() < 0.5 ? 16 : 1024));
    switch (below(7)) {
      case 0:
        out[at] = below(256);
        break;
      case 1: {
        // Headers are where it hurts: a byte within a block's first 512, as a digit.
        const block = at - (at % 512);
        out[Math.min(out.length - 1, block + below(512))] = 48 + below(10);
        break;
      }
      case 2:
        out.fill(0, at, at + length);
        break;
      case 3:
        out.copyWithin(below(out.length), at, at + length);
        break;
      case 4:
        out = new Uint8Array([...out.subarray(0, at), ...out.subarray(at + length)]);
        break;
      case 5:
        out = out.slice(0, at);
        break;
      default: {
        const from = at - (at % 512);
        const repeated = out.slice(from, from + 512);
        out.set(repeated, Math.max(0, Math.min(out.length - repeated.length, below(out.length) & ~511)));
      }
    }
  }
  return out;
}

/** Values that header fields are forged with: limits of their widths, names that lead astray. */
const NUMBERS = [0, 1, 511, 512, 513, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 33 - 1];
const NAMES = ["", ".", "..", "/", "../../x", ".wh.", ".wh..wh..opq", ".wh..wh.plnk/1", "a/a", "__proto__"];
const TYPES = "0123456710xgLKSAVDMNX7\0";

/**
 * The plain tar `bytes` with a few headers forged: absurd sizes, other types, names and dialects, sparse maps out of nothing. Their
 * checksums are right, so that what lies behind the checksum is met.
 */
export function forged(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const out = new Uint8Array(bytes);
  const headers: number[] = [];
  for (let at = 0; at + 512 <= out.length; at += 512) if (isHeader(out, at)) headers.push(at);
  for (let left = headers.length === 0 ? 0 : 1 + below(5); left > 0; left--) {
    const at = headers[below(headers.length)] ?? 0;
    const header = out.slice(at, at + 512);
    const text = (from: number, length: number, value: string): void => {
      header.fill(0, from, from + length);
      header.set(new TextEncoder().encode(value).subarray(0, length), from);
    };
    const number = (from: number, length: number): void =>
      text(from, length, (NUMBERS[below(NUMBERS.length)] ?? 0).toString(8).padStart(length - 1, "0"));
    const name = (): string => NAMES[below(NAMES.length)] ?? "";
    const forgeries: readonly (() => void)[] = [
      () => number(124, 12),
      () => number(136, 12),
      () => number(108, 8),
      () => text(156, 1, TYPES[below(TYPES.length)] ?? "0"),
      () => text(0, 100, name()),
      () => text(157, 100, name()),
      () => text(345, 155, name()),
      () => text(257, 8, random() < 0.5 ? "ustar  \0" : "ustar\x0000"),
      () => header.set(out.subarray(headers[below(headers.length)] ?? 0).subarray(0, 512)),
      () => {
        text(156, 1, "S");
        text(257, 8, "ustar  \0");
        for (const from of [386, 398, 483]) number(from, 12);
        header[482] = below(2);
      },
      () => header.set([0x80 | below(128), below(256), below(256)], 124),
    ];
    forgeries[below(forgeries.length)]?.();
    out.set(signed(header), at);
  }
  return out;
}

/** Whether the block at `at` is a header with the checksum it should have. */
function isHeader(bytes: Uint8Array, at: number): boolean {
  const block = bytes.slice(at, at + 512);
  const sum = new TextDecoder().decode(block.subarray(148, 154));
  return /^[0-7]{6}$/.test(sum) && new TextDecoder().decode(signed(block).subarray(148, 154)) === sum;
}
