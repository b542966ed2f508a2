/** Bytes in one line of a hex view: as a hex dump has them, or half where there is no room. */
export type HexWidth = 16 | 8;

/** One line of a hex view, in the three columns of `hexdump -C`. */
export interface HexLine {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The line of `bytes` from `at` (an index into `bytes`) which stands at `offset` of a file of `size` bytes. */
export function hexLine(
  bytes: Uint8Array,
  at: number,
  place: { readonly offset: number; readonly size: number; readonly width: HexWidth },
): HexLine {
  const pairs: string[] = [];
  let text = "";
  for (let column = 0; column < place.width; column += 1) {
    const byte = bytes[at + column];
    if (column === place.width / 2) pairs.push("");
    if (byte === undefined) {
      pairs.push("  ");
      continue;
    }
    pairs.push(PAIRS[byte] ?? "");
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
  }
  const width = Math.max(8, place.size.toString(16).length);
  return { offset: place.offset.toString(16).padStart(width, "0"), hex: pairs.join(" "), text };
}
