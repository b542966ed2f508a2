import type { Bytes } from "../bytes/mod.ts";
import { paxError, walkPax } from "./pax.ts";

const text = new TextDecoder("utf-8", { ignoreBOM: true });

/** What GNU's pax keys say about a sparse file, as text. */
export interface PaxSparse {
  major: string;
  minor: string;
  name: Bytes | undefined;
  size: string;
  realsize: string;
  numblocks: string;
  map: string;
}

/** Number fields that pax records override; NaN where they do not. */
export interface PaxNumbers {
  size: number;
  uid: number;
  gid: number;
  mtime: number;
}

/** The records of one pax extended header, sorted by what they override. An empty value overrides nothing. */
export interface PaxOverrides extends PaxNumbers {
  /** Archive offset of the records. */
  readonly position: number;
  path: Bytes | undefined;
  linkpath: Bytes | undefined;
  uname: string | undefined;
  gname: string | undefined;
  sparse: PaxSparse | undefined;
  /** The records that no field of an entry holds, whole and end to end. */
  kept: Bytes | undefined;
}

const SPARSE_PREFIX = "GNU.sparse.";

/**
 * Sorts the records in `bytes[start … end]`, byte `start` of which stands at `position` in the archive. Of records with the same key the
 * last counts.
 * @throws CoreError `tar/pax`
 */
export function parseOverrides(
  bytes: Uint8Array,
  range: { readonly start: number; readonly end: number; readonly position: number },
): PaxOverrides {
  const pax: PaxOverrides = {
    position: range.position,
    path: undefined,
    linkpath: undefined,
    uname: undefined,
    gname: undefined,
    size: Number.NaN,
    uid: Number.NaN,
    gid: Number.NaN,
    mtime: Number.NaN,
    sparse: undefined,
    kept: undefined,
  };
  const pairs: string[] = [];
  const kept: Uint8Array[] = [];
  walkPax(bytes, range, ({ key, start, valueStart, valueEnd }) => {
    const empty = valueStart === valueEnd;
    const raw = (): Bytes | undefined => (empty ? undefined : bytes.slice(valueStart, valueEnd));
    const string = (): string => text.decode(bytes.subarray(valueStart, valueEnd));
    const at = range.position + start - range.start;
    switch (key) {
      case "path":
      case "linkpath":
        pax[key] = raw();
        break;
      case "uname":
      case "gname":
        pax[key] = empty ? undefined : string();
        break;
      case "size":
      case "uid":
      case "gid":
        pax[key] = empty ? Number.NaN : parseInteger(string(), { key, at });
        break;
      case "mtime":
        pax.mtime = empty ? Number.NaN : parseTime(string(), { key, at });
        break;
      case "atime":
      case "ctime":
        // Checked like mtime, as Docker's reader does, but nothing shows them.
        if (!empty) parseTime(string(), { key, at });
        break;
      default:
        if (key.startsWith(SPARSE_PREFIX)) {
          pax.sparse ??= {
            major: "",
            minor: "",
            name: undefined,
            size: "",
            realsize: "",
            numblocks: "",
            map: "",
          };
          sparseRecord(pax.sparse, pairs, { key: key.slice(SPARSE_PREFIX.length), string, raw, at });
        } else {
          kept.push(bytes.subarray(start, valueEnd + 1));
        }
    }
  });
  if (pairs.length > 0 && pax.sparse) pax.sparse.map = pairs.join(",");
  if (kept.length > 0) pax.kept = joined(kept);
  return pax;
}

function sparseRecord(
  sparse: PaxSparse,
  pairs: string[],
  record: { readonly key: string; string(): string; raw(): Bytes | undefined; readonly at: number },
): void {
  const { key } = record;
  switch (key) {
    case "offset":
    case "numbytes": {
      // Form 0.0 repeats the two in turn, one pair a region.
      const value = record.string();
      if ((pairs.length % 2 === 0) !== (key === "offset") || value.includes(",")) {
        throw paxError(record.at, `GNU.sparse.${key} is out of order`);
      }
      pairs.push(value);
      break;
    }
    case "name":
      sparse.name = record.raw();
      break;
    case "major":
    case "minor":
    case "size":
    case "realsize":
    case "numblocks":
    case "map":
      sparse[key] = record.string();
      break;
    default:
      break;
  }
}

/** The decimal integer `value` of record `key`. @throws CoreError `tar/pax` */
export function parseInteger(value: string, record: { readonly key: string; readonly at: number }): number {
  const number = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number)) return number + 0;
  throw paxError(
    record.at,
    Number.isNaN(number)
      ? `${record.key} is ${JSON.stringify(value.slice(0, 40))}, expected a decimal number`
      : `${record.key} is beyond 2^53`,
  );
}

/** Seconds with an optional fraction, digits beyond the ninth dropped. @throws CoreError `tar/pax` */
function parseTime(value: string, record: { readonly key: string; readonly at: number }): number {
  const dot = value.indexOf(".");
  if (dot < 0) return parseInteger(value, record);
  const seconds = value.slice(0, dot);
  const fraction = value.slice(dot + 1);
  if (!/^\d*$/.test(fraction)) {
    throw paxError(record.at, `${record.key} is ${JSON.stringify(value.slice(0, 40))}, expected seconds`);
  }
  parseInteger(seconds, record);
  return Number(`${seconds}.${fraction.slice(0, 9)}`) + 0;
}

function joined(parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
