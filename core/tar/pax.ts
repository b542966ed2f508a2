import type { Bytes } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";

/** One record of a pax extended header. `key` is text (lossy where it is not UTF-8); `value` is a copy of the raw bytes. */
export interface PaxRecord {
  readonly key: string;
  readonly value: Bytes;
}

const text = new TextDecoder("utf-8", { ignoreBOM: true });
const SPACE = 0x20;
const NEWLINE = 0x0a;
const EQUALS = 0x3d;

/** The four keys whose value may hold no NUL; of all others it is the key that may not. */
const isName = (key: string): boolean =>
  key === "path" || key === "linkpath" || key === "uname" || key === "gname";

/** Bounds of one record within the bytes walked, with its key decoded. */
export interface PaxSpan {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/**
 * Calls `each` with every record of `bytes[start … end]`; byte `start` stands at `position` in the archive.
 * @throws CoreError `tar/pax` at the first malformed record, naming the byte.
 * @see POSIX.1-2017 pax, "pax Extended Header"
 */
export function walkPax(
  bytes: Uint8Array,
  range: { readonly start: number; readonly end: number; readonly position: number },
  each: (span: PaxSpan) => void,
): void {
  const { end } = range;
  const fail = (at: number, what: string): CoreError => paxError(range.position + at - range.start, what);
  let at = range.start;
  while (at < end) {
    let length = 0;
    let i = at;
    // Nine digits already exceed any limit on special entries that memory allows.
    for (; i < end && i - at < 10; i++) {
      const digit = bytes[i]! - 0x30;
      if (digit < 0 || digit > 9) break;
      length = length * 10 + digit;
    }
    if (i === at || bytes[i] !== SPACE || i >= end) {
      throw fail(at, "a record does not begin with its length and a space");
    }
    const next = at + length;
    if (length < 5 || next > end) {
      throw fail(at, `a record says it is ${length} bytes long, ${end - at} bytes are there`);
    }
    if (bytes[next - 1] !== NEWLINE || next - 1 <= i) throw fail(at, "a record does not end in a newline");
    const keyStart = i + 1;
    let keyEnd = keyStart;
    while (keyEnd < next - 1 && bytes[keyEnd] !== EQUALS) keyEnd++;
    if (keyEnd === next - 1) throw fail(at, "a record has no equals sign");
    if (keyEnd === keyStart) throw fail(at, "a record has no key");
    const key = keyText(bytes, keyStart, keyEnd);
    const valueStart = keyEnd + 1;
    const valueEnd = next - 1;
    if (isName(key) ? hasNul(bytes, valueStart, valueEnd) : hasNul(bytes, keyStart, keyEnd)) {
      throw fail(at, `the ${isName(key) ? "value" : "key"} of a record ${JSON.stringify(key)} holds a NUL`);
    }
    each({ key, start: at, valueStart, valueEnd });
    at = next;
  }
}

/** All records of well-formed `bytes`, in order. @throws CoreError `tar/pax` */
export function paxRecords(bytes: Uint8Array): PaxRecord[] {
  const records: PaxRecord[] = [];
  walkPax(bytes, { start: 0, end: bytes.length, position: 0 }, ({ key, valueStart, valueEnd }) => {
    records.push({ key, value: bytes.slice(valueStart, valueEnd) });
  });
  return records;
}

const encoder = new TextEncoder();

/** The record `<length> <key>=<value>\n`. */
export function encodePaxRecord(key: string, value: string | Uint8Array): Bytes {
  const head = encoder.encode(key);
  const body = typeof value === "string" ? encoder.encode(value) : value;
  const rest = head.length + body.length + 3;
  // The length counts its own digits: one more round settles it.
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  const record = new Uint8Array(length);
  const prefix = encoder.encode(`${length} `);
  record.set(prefix);
  record.set(head, prefix.length);
  record[prefix.length + head.length] = EQUALS;
  record.set(body, prefix.length + head.length + 1);
  record[length - 1] = NEWLINE;
  return record;
}

/** An error about the pax record at byte `offset` of the archive. */
export function paxError(offset: number, what: string): CoreError {
  return new CoreError("tar/pax", `Cannot read pax record at byte ${offset}: ${what}`, { offset });
}

/** ASCII without a decoder call: a layer may have a pax header for every file, and keys are short. */
function keyText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 32) return text.decode(bytes.subarray(start, end));
  let key = "";
  for (let i = start; i < end; i++) {
    if (bytes[i]! > 127) return text.decode(bytes.subarray(start, end));
    key += String.fromCharCode(bytes[i]!);
  }
  return key;
}

function hasNul(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === 0) return true;
  return false;
}
