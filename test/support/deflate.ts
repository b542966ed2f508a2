/** Collects bits lowest first, as deflate packs them. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #used = 0;

  /** Appends the low `count` bits of `value`, lowest first. */
  bits(value: number, count: number): this {
    for (let bit = 0; bit < count; bit++) {
      if (this.#used % 8 === 0) this.#bytes.push(0);
      this.#bytes[this.#bytes.length - 1] |= ((value >>> bit) & 1) << (this.#used % 8);
      this.#used++;
    }
    return this;
  }

  /** Appends a Huffman code given as text, first bit first. */
  code(text: string): this {
    for (const bit of text) this.bits(Number(bit), 1);
    return this;
  }

  align(): this {
    while (this.#used % 8 !== 0) this.bits(0, 1);
    return this;
  }

  bytes(...values: number[]): this {
    this.align();
    for (const value of values) this.bits(value, 8);
    return this;
  }

  done(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Canonical codes, as text, of code lengths. */
export function canonical(lengths: readonly number[]): readonly string[] {
  const codes: string[] = lengths.map(() => "");
  let code = 0;
  for (let length = 1; length < 16; length++) {
    lengths.forEach((own, symbol) => {
      if (own === length) codes[symbol] = (code++).toString(2).padStart(length, "0");
    });
    code <<= 1;
  }
  return codes;
}

/** The head of a dynamic block whose code lengths are sent one by one, each as a 4-bit code (0 to 15 only). */
export function dynamicHead(
  writer: BitWriter,
  lengths: { readonly literals: readonly number[]; readonly distances: readonly number[] },
  last = true,
): BitWriter {
  const { literals, distances } = lengths;
  writer.bits(last ? 1 : 0, 1).bits(2, 2);
  writer
    .bits(literals.length - 257, 5)
    .bits(distances.length - 1, 5)
    .bits(15, 4);
  for (const symbol of ORDER) writer.bits(symbol < 16 ? 4 : 0, 3);
  const codes = canonical(ORDER.map((_, symbol) => (symbol < 16 ? 4 : 0)));
  for (const length of [...literals, ...distances]) writer.code(codes[length]);
  return writer;
}

/** CRC-32 one bit at a time: slow, and plainly right. */
export function slowCrc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Puts deflate bits into a gzip member around `content`, with optional header fields. */
export function gzipMember(
  deflated: Uint8Array,
  content: Uint8Array,
  header: {
    readonly extra?: number[];
    readonly name?: string;
    readonly comment?: string;
    readonly crc?: boolean;
  } = {},
): Uint8Array<ArrayBuffer> {
  const { extra, name, comment } = header;
  const flags =
    (header.crc ? 2 : 0) | (extra ? 4 : 0) | (name !== undefined ? 8 : 0) | (comment !== undefined ? 16 : 0);
  const text = (value: string | undefined): number[] =>
    value === undefined ? [] : [...new TextEncoder().encode(value), 0];
  let head = [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255];
  if (extra) head = head.concat(extra.length & 255, extra.length >> 8, extra);
  head = head.concat(text(name), text(comment));
  if (header.crc) {
    const crc = slowCrc32(Uint8Array.from(head));
    head.push(crc & 255, (crc >> 8) & 255);
  }
  const crc = slowCrc32(content);
  const size = content.length;
  const trailer = [crc, size].flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255));
  return Uint8Array.from([...head, ...deflated, ...trailer]);
}

/** All `parts` in a row. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
