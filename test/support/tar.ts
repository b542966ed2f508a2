/** Makes tar archives byte by byte, broken ones too: for tests of readers, so nothing here is shared with the writer under test. */

/** Field positions: offset and length. */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  uname: [265, 32],
  gname: [297, 32],
  major: [329, 8],
  minor: [337, 8],
  prefix: [345, 155],
  sparse: [386, 96],
  extended: [482, 1],
  realSize: [483, 12],
  trailer: [508, 4],
} as const;

/** What goes into a header: text or bytes as they are, numbers in octal. */
export type RawHeader = { readonly [field in keyof typeof FIELDS]?: string | number | Uint8Array };

export const POSIX = "ustar\x0000";
export const GNU = "ustar  \0";

/** ASCII and Latin-1 text as bytes. */
export const latin1 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** UTF-8 text as bytes. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));

/** A header block: POSIX, type `0`, with a right checksum, unless `fields` say otherwise. */
export function block(fields: RawHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(512);
  const all: RawHeader = {
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    type: "0",
    magic: POSIX,
    ...fields,
  };
  const values = new Map(Object.entries(all));
  for (const [field, [at, length]] of Object.entries(FIELDS)) {
    const value = values.get(field);
    if (value === undefined) continue;
    const octal = typeof value === "number" ? value.toString(8).padStart(length - 1, "0") : value;
    bytes.set(typeof octal === "string" ? utf8(octal) : octal, at);
  }
  return fields.checksum === undefined ? signed(bytes) : bytes;
}

/** `bytes` with the checksum that they should have. */
export function signed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  bytes.fill(32, 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.set(latin1(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return bytes;
}

/** Content with its padding. */
export function padded(content: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const bytes = typeof content === "string" ? utf8(content) : content;
  const whole = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
  whole.set(bytes);
  return whole;
}

/** A header and its content, the size field set. */
export function member(fields: RawHeader, content: Uint8Array | string = ""): Uint8Array<ArrayBuffer> {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return cat(block({ size: bytes.length, ...fields }), padded(bytes));
}

/** One pax record; its length is right unless given. */
export function record(key: string, value: string | Uint8Array, length?: number): Uint8Array<ArrayBuffer> {
  const body = cat(utf8(` ${key}=`), typeof value === "string" ? utf8(value) : value, utf8("\n"));
  let total = body.length + 1;
  while (total !== body.length + String(total).length) total = body.length + String(total).length;
  return cat(utf8(String(length ?? total)), body);
}

/** A pax header with `records`. */
export const pax = (...records: Uint8Array[]): Uint8Array<ArrayBuffer> =>
  member({ name: "PaxHeaders/x", type: "x" }, cat(...records));

/** The end mark. */
export const END = new Uint8Array(1024);

/** `parts` end to end. */
export function cat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
