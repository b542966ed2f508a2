import { type Bytes, readExact, type Source, sliceBounds } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { createDecompressor } from "./create.ts";
import type { SeekPoint } from "./decompressor.ts";
import { Pace } from "./pace.ts";
import type { SeekIndex } from "./seek-index.ts";
import { turn } from "./turn.ts";
import { unpackWindow } from "./window.ts";

/** Work done for a read: compressed bytes read and bytes they decompressed to, wanted or not. */
export interface SeekWork {
  readonly read: number;
  readonly inflated: number;
}

/** What {@link openSeekable} takes. */
export interface SeekableOptions {
  /** Called after every step of a read with what that step did. */
  readonly onWork?: ((work: SeekWork) => void) | undefined;
}

/** Bytes of compressed source read at first, and at most, in one go: a small file costs one small read, a large one few large ones. */
const FIRST_READ = 262_144;
const LARGEST_READ = 4 * 1024 * 1024;
/** Output dropped on the way to what is wanted between two turns of the event loop. */
const TURN_OUT = 16 * 1024 * 1024;

/**
 * The decompressed bytes of `source` as a {@link Source} of their own. A read starts at the nearest point before it, drops what lies
 * between, and stops right after its last byte; slices compose. Holds the index; every open stream holds a decompressor (about 400 KiB, more
 * for formats with larger windows) and one piece of the source. What is read this way is checked for decoding errors only: checksums cover
 * whole streams, and were checked when the index was made.
 * @throws CoreError from reads: `compression/corrupt`, `compression/truncated`, `bytes/truncated`.
 */
export function openSeekable(source: Source, index: SeekIndex, options: SeekableOptions = {}): Source {
  if (index.compression === "none") return source;
  return view({ source, index, onWork: options.onWork ?? (() => {}) }, 0, index.size);
}

interface Whole {
  readonly source: Source;
  readonly index: SeekIndex;
  readonly onWork: (work: SeekWork) => void;
}

function view(whole: Whole, from: number, to: number): Source {
  return {
    size: to - from,
    slice(start, end) {
      const [first, last] = sliceBounds(to - from, start, end);
      return view(whole, from + first, from + last);
    },
    stream() {
      const steps = decode(whole, from, to);
      return new ReadableStream<Bytes>(
        {
          async pull(controller) {
            const { done, value } = await steps.next();
            if (done) controller.close();
            else for (const chunk of value) controller.enqueue(chunk);
          },
          async cancel() {
            await steps.return();
          },
        },
        { highWaterMark: 0 },
      );
    },
    async arrayBuffer() {
      const bytes = new Uint8Array(to - from);
      let at = 0;
      for await (const chunks of decode(whole, from, to)) {
        for (const chunk of chunks) {
          bytes.set(chunk, at);
          at += chunk.length;
        }
      }
      return bytes.buffer;
    },
  };
}

/** Thrown through a decompressor by its sink when everything wanted has come out. */
const ENOUGH = new Error("enough");

/** The bytes `[from, to)` in order, at least one chunk at a time. */
async function* decode(whole: Whole, from: number, to: number): AsyncGenerator<Bytes[], void, undefined> {
  if (from === to) return;
  const { source, index, onWork } = whole;
  const at = lastAtOrBefore(index.out, from);
  const resume = pointAt(index, at);
  const likelyEnd = endOf(index, to);
  let out = resume?.out ?? 0;
  let chunks: Bytes[] = [];
  let inflated = 0;
  let dropped = 0;
  const pace = new Pace(index.compression);
  const machine = createDecompressor(
    index.compression,
    (bytes) => {
      const start = out;
      out += bytes.length;
      inflated += bytes.length;
      if (out > from) chunks.push(bytes.slice(Math.max(from - start, 0), Math.min(to - start, bytes.length)));
      if (out >= to) throw ENOUGH;
    },
    { resume },
  );

  let next = resume?.in ?? 0;
  let size = FIRST_READ;
  while (next < index.compressedSize) {
    const hint = next < likelyEnd ? likelyEnd - next : size;
    const end = Math.min(next + Math.min(size, hint), index.compressedSize);
    const bytes = await readExact(source, { from: next, to: end });
    let read = bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const step = bytes.subarray(at, at + pace.size);
      const enough = !goesOn(() => machine.push(step));
      at += step.length;
      onWork({ read, inflated });
      pace.gave(inflated);
      dropped += inflated;
      read = 0;
      inflated = 0;
      if (chunks.length === 0 && dropped >= TURN_OUT) {
        dropped = 0;
        await turn();
      }
      if (chunks.length > 0) yield chunks;
      chunks = [];
      if (enough) return;
    }
    next = end;
    size = Math.min(size * 2, LARGEST_READ);
  }
  const enough = !goesOn(() => machine.end());
  if (chunks.length > 0) yield chunks;
  if (enough) return;
  throw new CoreError(
    "bytes/truncated",
    `Cannot read bytes ${from} to ${to} of ${index.compression}: it decompresses to ${out} bytes, expected ${index.size}`,
    { from, to, found: out },
  );
}

/** Runs `work`; false when the sink has had enough. */
function goesOn(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error === ENOUGH) return false;
    throw error;
  }
}

/** The index of the last of ascending `values` that is at most `value`; -1 when there is none. */
function lastAtOrBefore(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function pointAt(index: SeekIndex, at: number): SeekPoint | undefined {
  if (at < 0) return undefined;
  const from = at === 0 ? 0 : index.windowEnds[at - 1]!;
  const to = index.windowEnds[at]!;
  return {
    out: index.out[at]!,
    in: index.in[at]!,
    bits: index.bits[at]!,
    state: index.state[at]!,
    window: to > from ? unpackWindow(index.windows.subarray(from, to)) : undefined,
  };
}

/** Where, in the source, the first point at or after output offset `to` lies: reading need not go past its first byte. */
function endOf(index: SeekIndex, to: number): number {
  const at = lastAtOrBefore(index.out, to - 1) + 1;
  return at < index.in.length ? index.in[at]! + 1 : index.compressedSize;
}
