import { zlibSync } from "fflate";

const WIDTH = 192;
const HEIGHT = 112;

/** Red, green and blue of each colour, by its number in the picture. */
const PALETTE = [
  [0xd8, 0xe8, 0xf4], // sky
  [0x1f, 0x4e, 0x79], // sea
  [0x14, 0x2a, 0x3e], // hull
  [0xf4, 0x7a, 0x20], // cargo orange
  [0x2f, 0x80, 0xc4], // hull blue
  [0x5a, 0x9e, 0x6f], // green
  [0xc2, 0x4a, 0x3a], // red
  [0xf6, 0xf6, 0xf2], // bridge
  [0x3a, 0x6f, 0x9e], // swell
] as const;

/** A container ship at sea, as the bytes of a PNG with a palette. */
export function shipPicture(): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  const fill = (
    box: readonly [x: number, y: number, width: number, height: number],
    colour: number,
  ): void => {
    const [x, y, width, height] = box;
    for (let row = y; row < y + height; row++) pixels.fill(colour, row * WIDTH + x, row * WIDTH + x + width);
  };
  fill([0, 78, WIDTH, HEIGHT - 78], 1);
  for (let row = 0; row < 20; row++) fill([14 + row, 62 + row, 162 - Math.floor(row * 1.6), 1], 2);
  fill([14, 60, 162, 3], 4);
  fill([146, 24, 20, 36], 7);
  fill([149, 28, 14, 4], 2);
  fill([152, 14, 6, 10], 3);
  for (let column = 0; column < 9; column++) {
    const high = 2 + ((column * 5) % 3);
    for (let row = 0; row < high; row++)
      fill([24 + column * 13, 52 - row * 9, 12, 8], 3 + ((column * 2 + row * 3) % 4));
  }
  for (let wave = 0; wave < 22; wave++) fill([(wave * 37) % 184, 84 + ((wave * 11) % 26), 8, 1], 8);
  return png(pixels);
}

/** @see https://www.w3.org/TR/png-3/ §5, §11.2 */
function png(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, WIDTH);
  view.setUint32(4, HEIGHT);
  // Eight bits a pixel, colour type 3: palette.
  header.set([8, 3, 0, 0, 0], 8);
  const lines = new Uint8Array((WIDTH + 1) * HEIGHT);
  for (let row = 0; row < HEIGHT; row++)
    lines.set(pixels.subarray(row * WIDTH, (row + 1) * WIDTH), row * (WIDTH + 1) + 1);
  const chunks = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("PLTE", Uint8Array.from(PALETTE.flat())),
    chunk("IDAT", zlibSync(lines, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const bytes = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of chunks) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

/** Bit by bit: the picture has a few kilobytes. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
