import type { Bytes } from "../bytes/mod.ts";
import { BLOCK, FIELD, type Field, sumBlock } from "./block.ts";
import { XATTR_PREFIX } from "./entry.ts";
import { encodePaxRecord } from "./pax.ts";
import { hasContent, typeCode } from "./row.ts";
import type { EntryType } from "./table.ts";

/** What a header is written from. A {@link TarEntry} is one as it stands. */
export interface HeaderFields {
  /** Written as given, except that a directory gets its `/` at the end. */
  readonly path: string;
  /** Raw bytes to write instead of `path`. */
  readonly pathBytes?: Uint8Array;
  /** `sparse` is written as a plain file, its holes as zeros. */
  readonly type: EntryType;
  /** The type byte to write for `other`; not used for the rest. */
  readonly typeflag?: string;
  /** Bytes of content, default 0. Written as 0 for types without content. */
  readonly size?: number;
  /** Default 0o644, for directories 0o755. */
  readonly mode?: number;
  /** Default 0, as `gid`. */
  readonly uid?: number;
  readonly gid?: number;
  /** Default empty, as `gname`. */
  readonly uname?: string;
  readonly gname?: string;
  /** Seconds since the epoch, default 0; a fraction is kept. */
  readonly mtime?: number;
  /** Target of a symlink or hard link. */
  readonly link?: string;
  /** Raw bytes to write instead of `link`. */
  readonly linkBytes?: Uint8Array;
  /** Device numbers, for `char` and `block`. */
  readonly major?: number;
  readonly minor?: number;
  /** Extended attributes by name. */
  readonly xattrs?: { readonly [name: string]: Uint8Array };
  /** Further pax records by key. */
  readonly pax?: { readonly [key: string]: Uint8Array };
}

const encoder = new TextEncoder();
const SLASH = 0x2f;

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
 * The header of one entry: one ustar block where everything fits it, else pax records before it. The same fields give the same bytes
 * everywhere.
 * @throws RangeError when a field cannot be written: a NUL in a name, a number that is no integer
 * @see formats.md §6.3, §7 "Writers"
 */
export function encodeHeader(fields: HeaderFields): Bytes {
  const { type } = fields;
  const path = pathOf(fields);
  const link = fields.linkBytes ?? encoder.encode(fields.link ?? "");
  const size = hasContent(typeCode(type)) ? (fields.size ?? 0) : 0;
  const mtime = fields.mtime ?? 0;
  if (path.length === 0) throw new RangeError("an entry without a path cannot be written");
  const flag = type === "other" ? (fields.typeflag ?? "") : FLAGS[type];
  if (flag.length !== 1 || flag.charCodeAt(0) > 127) {
    throw new RangeError(`type ${JSON.stringify(flag)} cannot be written`);
  }
  const block = new Uint8Array(BLOCK);
  const records = new Records();

  const split = splitPath(path);
  if (split === undefined) records.add("path", path);
  writeBytes(block, FIELD.name, split?.name ?? path);
  if (split?.prefix) writeBytes(block, FIELD.prefix, split.prefix);
  writeOctal(block, FIELD.mode, (fields.mode ?? (type === "dir" ? 0o755 : 0o644)) & 0o7777);
  records.number(block, FIELD.uid, { key: "uid", value: fields.uid ?? 0 });
  records.number(block, FIELD.gid, { key: "gid", value: fields.gid ?? 0 });
  records.number(block, FIELD.size, { key: "size", value: size });
  if (Number.isInteger(mtime)) records.number(block, FIELD.mtime, { key: "mtime", value: mtime });
  else {
    records.add("mtime", decimal(mtime));
    // For readers without pax: the second it is in.
    writeOctal(block, FIELD.mtime, Math.max(Math.floor(mtime), 0) % 8 ** 11);
  }
  block[FIELD.typeflag.at] = flag.charCodeAt(0);
  records.string(block, FIELD.link, { key: "linkpath", value: link });
  block.set(encoder.encode("ustar\x0000"), FIELD.magic.at);
  records.string(block, FIELD.uname, { key: "uname", value: encoder.encode(fields.uname ?? "") });
  records.string(block, FIELD.gname, { key: "gname", value: encoder.encode(fields.gname ?? "") });
  if (type === "char" || type === "block") {
    records.number(block, FIELD.major, { key: "SCHILY.devmajor", value: fields.major ?? 0 });
    records.number(block, FIELD.minor, { key: "SCHILY.devminor", value: fields.minor ?? 0 });
  }
  for (const [name, value] of sorted(fields.xattrs)) records.add(XATTR_PREFIX + name, value);
  for (const [key, value] of sorted(fields.pax)) records.add(key, value);
  sign(block);
  return records.before(block, path);
}

/** The records that an entry needs beside its block. */
class Records {
  readonly #records: Bytes[] = [];
  #length = 0;
  #raw = false;

  add(key: string, value: string | Uint8Array): void {
    if (key === "" || key.includes("=") || key.includes("\0")) {
      throw new RangeError(`pax key ${JSON.stringify(key)} cannot be written`);
    }
    if (typeof value !== "string" && key !== "hdrcharset" && !key.startsWith(XATTR_PREFIX)) {
      this.#raw ||= !isUtf8(value);
    }
    const record = encodePaxRecord(key, value);
    this.#records.push(record);
    this.#length += record.length;
  }

  /** Writes a number into its field in octal, or as a record where it does not fit. */
  number(block: Uint8Array, field: Field, record: { readonly key: string; readonly value: number }): void {
    const { key, value } = record;
    if (!Number.isSafeInteger(value)) throw new RangeError(`${key} ${value} cannot be written`);
    const fits = value >= 0 && value < 8 ** (field.length - 1);
    if (!fits) this.add(key, String(value));
    writeOctal(block, field, fits ? value : 0);
  }

  /** Writes a string into its field, or as a record where it does not fit or is not ASCII. */
  string(
    block: Uint8Array,
    field: Field,
    record: { readonly key: string; readonly value: Uint8Array },
  ): void {
    const { key, value } = record;
    if (value.includes(0)) throw new RangeError(`${key} with a NUL cannot be written`);
    if (value.length > field.length || needsRecord(value)) this.add(key, value);
    writeBytes(block, field, value);
  }

  /** `block`, after a pax header with the records where there are some. */
  before(block: Bytes, path: Uint8Array): Bytes {
    if (this.#records.length === 0) return block;
    const charset = this.#raw ? encodePaxRecord("hdrcharset", "BINARY") : new Uint8Array(0);
    const length = this.#length + charset.length;
    const whole = new Uint8Array(BLOCK + Math.ceil(length / BLOCK) * BLOCK + BLOCK);
    writeBytes(whole, FIELD.name, paxName(path));
    writeOctal(whole, FIELD.mode, 0o644);
    for (const field of [FIELD.uid, FIELD.gid, FIELD.mtime]) writeOctal(whole, field, 0);
    writeOctal(whole, FIELD.size, length);
    whole[FIELD.typeflag.at] = 0x78;
    whole.set(encoder.encode("ustar\x0000"), FIELD.magic.at);
    sign(whole.subarray(0, BLOCK));
    let at = BLOCK;
    for (const record of [charset, ...this.#records]) {
      whole.set(record, at);
      at += record.length;
    }
    whole.set(block, whole.length - BLOCK);
    return whole;
  }
}

function pathOf(fields: HeaderFields): Uint8Array {
  const path = fields.pathBytes ?? encoder.encode(fields.path);
  if (path.includes(0)) throw new RangeError("a path with a NUL cannot be written");
  if (fields.type !== "dir" || path.at(-1) === SLASH || path.length === 0) return path;
  const slashed = new Uint8Array(path.length + 1);
  slashed.set(path);
  slashed[path.length] = SLASH;
  return slashed;
}

/** `path` as name and prefix, the name as long as can be; undefined when it fits neither way. */
function splitPath(
  path: Uint8Array,
): { readonly name: Uint8Array; readonly prefix: Uint8Array | undefined } | undefined {
  if (needsRecord(path)) return undefined;
  if (path.length <= FIELD.name.length) return { name: path, prefix: undefined };
  for (let i = Math.max(path.length - FIELD.name.length - 1, 1); i < path.length - 1; i++) {
    if (i > FIELD.prefix.length) return undefined;
    if (path[i] === SLASH) return { name: path.subarray(i + 1), prefix: path.subarray(0, i) };
  }
  return undefined;
}

/** Text beyond ASCII goes into a record, where it is UTF-8 by definition. Bytes that are not UTF-8 stay in the block as they are. */
const needsRecord = (value: Uint8Array): boolean => value.some((byte) => byte > 127) && isUtf8(value);

const strict = new TextDecoder("utf-8", { fatal: true });

function isUtf8(value: Uint8Array): boolean {
  try {
    strict.decode(value);
    return true;
  } catch {
    return false;
  }
}

/** `<directory>/PaxHeaders.0/<name>`, ASCII only and cut to the field: what readers without pax unpack the records as. */
function paxName(path: Uint8Array): Uint8Array {
  const text = String.fromCharCode(...path.filter((byte) => byte < 128).subarray(0, 4096)).replace(
    /\/+$/,
    "",
  );
  const slash = text.lastIndexOf("/") + 1;
  return encoder.encode(`${text.slice(0, slash)}PaxHeaders.0/${text.slice(slash)}`.slice(0, 100));
}

/** A number with a fraction as the shortest decimal that gives it back. */
function decimal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`mtime ${value} cannot be written`);
  const text = String(value);
  // Below a microsecond from the epoch: exponents are no decimals.
  return text.includes("e") ? value.toFixed(9) : text;
}

function sorted(records: { readonly [key: string]: Uint8Array } = {}): [string, Uint8Array][] {
  return Object.entries(records).sort(([a], [b]) => (a < b ? -1 : 1));
}

function writeBytes(block: Uint8Array, field: Field, value: Uint8Array): void {
  block.set(value.subarray(0, field.length), field.at);
}

function writeOctal(block: Uint8Array, field: Field, value: number): void {
  block.set(encoder.encode(value.toString(8).padStart(field.length - 1, "0")), field.at);
}

/** Writes the checksum: six digits, NUL, space. */
function sign(block: Uint8Array): void {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK);
  const sum = sumBlock(view, 0) + 8 * 0x20;
  block.set(encoder.encode(`${sum.toString(8).padStart(6, "0")}\0 `), FIELD.checksum.at);
}
