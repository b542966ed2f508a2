import { CoreError } from "../error.ts";
import {
  BLOCK,
  type Dialect,
  FIELD,
  type Field,
  headerError,
  numberAt,
  readNumber,
  stringEnd,
} from "./block.ts";
import type { Columns } from "./columns.ts";
import type { PaxOverrides } from "./extension.ts";
import type { TarLimits } from "./limits.ts";
import type { Extensions } from "./special.ts";
import { ENTRY_TYPES, type EntryType } from "./table.ts";

const SLASH = 0x2f;

/** Number of a type in the type column. */
export const typeCode = (type: EntryType): number => ENTRY_TYPES.indexOf(type);

const FILE = typeCode("file");
const DIR = typeCode("dir");
const CHAR = typeCode("char");
const BLOCK_DEVICE = typeCode("block");
/** The number of the type that content with holes has. */
export const SPARSE = typeCode("sparse");
const OTHER = typeCode("other");

/** Type of an entry by the type byte of its header. */
const CODES = new Uint8Array(256).fill(OTHER);
for (const [flag, type] of [
  ["\0", "file"],
  ["0", "file"],
  ["1", "link"],
  ["2", "symlink"],
  ["3", "char"],
  ["4", "block"],
  ["5", "dir"],
  ["6", "fifo"],
  ["7", "file"],
  ["S", "sparse"],
] as const) {
  CODES[flag.charCodeAt(0)] = typeCode(type);
}

/** Whether entries of type `code` have content after the header. Links, directories, devices and pipes have none, whatever their size says. */
export const hasContent = (code: number): boolean => code === FILE || code === SPARSE || code === OTHER;

/** The header of an entry, still as bytes. */
export interface RawHeader {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Archive offset of the header. */
  readonly position: number;
  readonly dialect: Dialect;
  readonly size: number;
  readonly mtime: number;
  readonly mode: number;
  readonly owner: number;
}

/**
 * Writes the header into the row after the last of `columns`, extensions applied, without counting the row yet; gives back the bytes of
 * content that follow in the archive.
 * @throws CoreError `tar/header`, `bytes/limit`
 */
export function writeRow(
  columns: Columns,
  header: RawHeader,
  context: { readonly extensions: Extensions | undefined; readonly limits: TarLimits },
): number {
  const { bytes, at, position } = header;
  const { extensions, limits } = context;
  const pax = extensions?.pax;
  const longName = extensions?.longName ?? pax?.path;
  const longLink = extensions?.longLink ?? pax?.linkpath;
  columns.reserve((longName?.length ?? 0) + (longLink?.length ?? 0) + BLOCK);
  const row = columns.count;
  const strings = columns.bytes;
  const start = columns.used;
  let end = start;
  if (longName === undefined) {
    if (header.dialect !== "v7") end = copyPrefix(header, strings, end);
    end = copyString(bytes, at, { to: strings, end, width: FIELD.name.length });
  } else {
    strings.set(longName, end);
    end += longName.length;
  }
  const middle = end;
  if (longLink === undefined) {
    end = copyString(bytes, at + FIELD.link.at, { to: strings, end, width: FIELD.link.length });
  } else {
    strings.set(longLink, end);
    end += longLink.length;
  }
  if (middle - start > limits.path || end - middle > limits.path) {
    throw tooLong(position, middle - start > limits.path ? "path" : "link target", limits.path);
  }
  columns.used = end;
  columns.path[row] = start;
  columns.link[row] = middle;
  columns.path[row + 1] = end;

  const flag = bytes[at + FIELD.typeflag.at]!;
  let code = CODES[flag]!;
  if (flag === 0 && middle > start && strings[middle - 1] === SLASH) code = DIR;
  let { size, mtime, owner } = header;
  if (pax !== undefined) {
    if (pax.size === pax.size) size = pax.size;
    if (pax.mtime === pax.mtime) mtime = pax.mtime;
    owner = overrideOwner(columns, owner, pax);
  }
  const stored = hasContent(code) ? size : 0;
  const offset = position + BLOCK;
  if (stored < 0) throw headerError(position, `size is ${size}, expected 0 or more`);
  if (offset + stored > Number.MAX_SAFE_INTEGER) {
    throw headerError(position, `size ${size} ends beyond byte 2^53`);
  }
  columns.type[row] = code;
  columns.typeflag[row] = flag;
  columns.mode[row] = header.mode;
  columns.owner[row] = owner;
  columns.size[row] = size;
  columns.mtime[row] = mtime;
  if (code === CHAR || code === BLOCK_DEVICE) {
    const v7 = header.dialect === "v7";
    const number = (field: Field): number => (v7 ? 0 : readNumber(bytes, at, { field, position }));
    columns.addDevice(row, number(FIELD.major), number(FIELD.minor));
  }
  return stored;
}

/** Checks the fields that only some dialects have and that no column shows. @throws CoreError `tar/header` */
export function checkStarTimes(bytes: Uint8Array, at: number, position: number): void {
  readNumber(bytes, at, { field: FIELD.starAtime, position });
  readNumber(bytes, at, { field: FIELD.starCtime, position });
}

function overrideOwner(columns: Columns, owner: number, pax: PaxOverrides): number {
  const { uid, gid, uname, gname } = pax;
  if (uid !== uid && gid !== gid && uname === undefined && gname === undefined) return owner;
  const own = columns.owners[owner]!;
  return columns.intern({
    uid: uid === uid ? uid : own.uid,
    gid: gid === gid ? gid : own.gid,
    uname: uname ?? own.uname,
    gname: gname ?? own.gname,
  });
}

/** Copies the string of at most `width` bytes at `from`; gives back the new end. */
function copyString(
  bytes: Uint8Array,
  from: number,
  target: { readonly to: Uint8Array; readonly end: number; readonly width: number },
): number {
  const { to } = target;
  let { end } = target;
  for (let i = from, stop = from + target.width; i < stop; i++) {
    const byte = bytes[i]!;
    if (byte === 0) break;
    to[end++] = byte;
  }
  return end;
}

/** Copies the prefix and its slash, where the dialect has one; gives back the new end. */
function copyPrefix(header: RawHeader, to: Uint8Array, end: number): number {
  const { bytes, at, dialect } = header;
  const from = at + FIELD.prefix.at;
  if (bytes[from] === 0) return end;
  if (dialect === "gnu" && !isMisplacedPrefix(bytes, at)) return end;
  const { length } = dialect === "star" ? FIELD.starPrefix : FIELD.prefix;
  const after = copyString(bytes, from, { to, end, width: length });
  to[after] = SLASH;
  return after + 1;
}

/**
 * GNU headers have no prefix, but Go before 1.8 wrote one into them. It shows by the times that should stand there being no numbers
 * while the field is ASCII.
 */
function isMisplacedPrefix(bytes: Uint8Array, at: number): boolean {
  const broken = (field: Field): boolean =>
    bytes[at + field.at] !== 0 && Number.isNaN(numberAt(bytes, at + field.at, field.length));
  if (!broken(FIELD.gnuAtime) && !broken(FIELD.gnuCtime)) return false;
  const start = at + FIELD.prefix.at;
  for (let i = start, end = stringEnd(bytes, start, FIELD.prefix.length); i < end; i++) {
    if (bytes[i]! > 127) return false;
  }
  return true;
}

function tooLong(position: number, what: string, limit: number): CoreError {
  return new CoreError(
    "bytes/limit",
    `Cannot read tar header at byte ${position}: its ${what} is longer than ${limit} bytes`,
    { offset: position, limit },
  );
}
