import type { Bytes } from "../bytes/mod.ts";
import { BLOCK, FIELD, type Field, sumBlock } from "./block.ts";
import type { HeaderFields } from "./encode.ts";
import { XATTR_PREFIX } from "./entry.ts";
import { cleanPath } from "./path.ts";
import { encodePaxRecord } from "./pax.ts";
import { hasContent, typeCode } from "./row.ts";
import type { EntryType } from "./table.ts";

const encoder = new TextEncoder();
const latin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
const bytesOf = (text: string): Bytes => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const FLAGS: { readonly [type in Exclude<EntryType, "other">]: string } = {
  file: "0",
  sparse: "0",
  link: "1",
  symlink: "2",
  char: "3",
  block: "4",
  dir: "5",
  fifo: "6",
};

/**
 * The header of one entry, byte for byte as Go's `archive/tar` writes it: what every engine and builder writes layers with, so that the same files
 * in the same order have the same diff ID. Of a fraction in `mtime` only the second is kept, as engines do.
 * @throws RangeError when a field cannot be written: a NUL in a name, a number that is no integer
 * @see https://cs.opensource.google/go/go/+/refs/tags/go1.24.0:src/archive/tar/writer.go
 */
export function encodeGoHeader(fields: HeaderFields): Bytes {
  const { type } = fields;
  const flag = type === "other" ? (fields.typeflag ?? "") : FLAGS[type];
  if (flag.length !== 1) throw new RangeError(`type ${JSON.stringify(flag)} cannot be written`);
  // Go works on strings of bytes: Latin-1 text is one here.
  const raw = latin1(fields.pathBytes ?? encoder.encode(fields.path));
  if (raw === "") throw new RangeError("an entry without a path cannot be written");
  const name = type === "dir" && !raw.endsWith("/") ? `${raw}/` : raw;
  const link = latin1(fields.linkBytes ?? encoder.encode(fields.link ?? ""));
  const device = type === "char" || type === "block";
  const records = new Map<string, Bytes>();
  const needed = { pax: false };

  const split = splitPath(name);
  text(records, needed, { key: "path", value: name, room: FIELD.name.length, split: split !== undefined });
  text(records, needed, { key: "linkpath", value: link, room: FIELD.link.length });
  const uname = latin1(encoder.encode(fields.uname ?? ""));
  const gname = latin1(encoder.encode(fields.gname ?? ""));
  text(records, needed, { key: "uname", value: uname, room: FIELD.uname.length });
  text(records, needed, { key: "gname", value: gname, room: FIELD.gname.length });
  const numbers = [
    { field: FIELD.uid, key: "uid", value: fields.uid ?? 0 },
    { field: FIELD.gid, key: "gid", value: fields.gid ?? 0 },
    { field: FIELD.size, key: "size", value: hasContent(typeCode(type)) ? (fields.size ?? 0) : 0 },
    { field: FIELD.mtime, key: "mtime", value: Math.floor(fields.mtime ?? 0) },
    { field: FIELD.major, key: "SCHILY.devmajor", value: device ? (fields.major ?? 0) : 0 },
    { field: FIELD.minor, key: "SCHILY.devminor", value: device ? (fields.minor ?? 0) : 0 },
  ];
  for (const { field, key, value } of numbers) {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${key} ${value} cannot be written`);
    if (fits(field, value)) continue;
    needed.pax = true;
    records.set(key, encoder.encode(String(value)));
  }
  for (const [key, value] of Object.entries(fields.xattrs ?? {})) add(records, XATTR_PREFIX + key, value);
  for (const [key, value] of Object.entries(fields.pax ?? {})) add(records, key, value);
  if (Object.keys({ ...fields.xattrs, ...fields.pax }).length > 0) needed.pax = true;

  const block = new Uint8Array(BLOCK);
  const written = needed.pax ? ascii : (value: string): string => value;
  write(block, FIELD.name, written(needed.pax ? name : (split?.name ?? name)));
  if (!needed.pax && split !== undefined) write(block, FIELD.prefix, split.prefix);
  octal(block, FIELD.mode, (fields.mode ?? (type === "dir" ? 0o755 : 0o644)) & 0o7777);
  for (const { field, value } of numbers) octal(block, field, fits(field, value) ? value : 0);
  write(block, FIELD.typeflag, flag);
  write(block, FIELD.link, written(link));
  write(block, FIELD.magic, "ustar\x0000");
  write(block, FIELD.uname, written(uname));
  write(block, FIELD.gname, written(gname));
  sign(block);
  return needed.pax ? withRecords(block, name, records) : block;
}

/** Notes a record for a text that its field cannot hold; a path may also be split, and then needs none by itself. */
function text(
  records: Map<string, Bytes>,
  needed: { pax: boolean },
  { key, value, room, split }: { key: string; value: string; room: number; split?: boolean },
): void {
  if (value.includes("\0")) throw new RangeError(`${key} with a NUL cannot be written`);
  if (value.length <= room && isAscii(value)) return;
  records.set(key, bytesOf(value));
  if (split !== true) needed.pax = true;
}

function add(records: Map<string, Bytes>, key: string, value: Uint8Array): void {
  if (key === "" || key.includes("=") || key.includes("\0")) {
    throw new RangeError(`pax key ${JSON.stringify(key)} cannot be written`);
  }
  records.set(key, new Uint8Array(value));
}

/** The pax header with the records in the order of their keys, and the block after it. */
function withRecords(block: Bytes, name: string, records: ReadonlyMap<string, Bytes>): Bytes {
  const encoded = [...records]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => encodePaxRecord(key, value));
  const length = encoded.reduce((sum, record) => sum + record.length, 0);
  const whole = new Uint8Array(BLOCK + Math.ceil(length / BLOCK) * BLOCK + BLOCK);
  write(whole, FIELD.name, paxName(name));
  for (const field of [FIELD.mode, FIELD.uid, FIELD.gid, FIELD.mtime]) octal(whole, field, 0);
  octal(whole, FIELD.size, length);
  write(whole, FIELD.typeflag, "x");
  write(whole, FIELD.magic, "ustar\x0000");
  sign(whole.subarray(0, BLOCK));
  let at = BLOCK;
  for (const record of encoded) {
    whole.set(record, at);
    at += record.length;
  }
  whole.set(block, whole.length - BLOCK);
  return whole;
}

/** `path.Join(dir, "PaxHeaders.0", file)`, ASCII only and cut to the field. */
function paxName(name: string): string {
  const slash = name.lastIndexOf("/") + 1;
  const joined = cleanPath(`${name.slice(0, slash)}PaxHeaders.0/${name.slice(slash)}`);
  return ascii(joined).slice(0, FIELD.name.length).replace(/\/+$/, "");
}

/** Name and prefix, the prefix as long as can be; undefined when the name field holds the path, or nothing does. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } | undefined {
  if (path.length <= FIELD.name.length || !isAscii(path)) return undefined;
  const most = FIELD.prefix.length + 1;
  const length = path.length > most ? most : path.endsWith("/") ? path.length - 1 : path.length;
  const slash = path.lastIndexOf("/", length - 1);
  const name = path.slice(slash + 1);
  if (slash <= 0 || name === "" || name.length > FIELD.name.length) return undefined;
  return { name, prefix: path.slice(0, slash) };
}

const isAscii = (value: string): boolean => {
  for (let at = 0; at < value.length; at++) if (value.charCodeAt(at) > 127) return false;
  return true;
};
const ascii = (value: string): string => (isAscii(value) ? value : value.replace(/[^\0-\x7f]/g, ""));
const fits = (field: Field, value: number): boolean => value >= 0 && value < 8 ** (field.length - 1);

/** Writes a text into its field. One that is cut right after a slash ends before it, so that old readers take no file for a directory. */
function write(block: Uint8Array, field: Field, value: string): void {
  const cut = value.slice(0, field.length);
  const kept = value.length > field.length && cut.endsWith("/") ? cut.replace(/\/+$/, "") : cut;
  for (let at = 0; at < kept.length; at++) block[field.at + at] = kept.charCodeAt(at);
}

function octal(block: Uint8Array, field: Field, value: number): void {
  write(block, field, value.toString(8).padStart(field.length - 1, "0"));
}

/** Writes the checksum: six digits, NUL, space. */
function sign(block: Uint8Array): void {
  const sum = sumBlock(new DataView(block.buffer, block.byteOffset, BLOCK), 0) + 8 * 0x20;
  write(block, FIELD.checksum, `${sum.toString(8).padStart(6, "0")}\0 `);
}
