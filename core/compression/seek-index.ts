import type { DecompressorOptions, SeekPoint } from "./decompressor.ts";
import type { Compression } from "./sniff.ts";
import { packWindow } from "./window.ts";

/**
 * Where decompression of one source can start again: plain numbers and typed arrays, so that it crosses workers and databases as it is.
 * Point `i` is at `out[i]` of the output and at bit `bits[i]` of byte `in[i]` of the source, ascending; the start of the source is not
 * listed. Its window is `windows[windowEnds[i - 1], windowEnds[i])`, deflated; empty when it needs none.
 */
export interface SeekIndex {
  readonly compression: Compression;
  readonly compressedSize: number;
  /** Size of the output. */
  readonly size: number;
  readonly out: Float64Array<ArrayBuffer>;
  readonly in: Float64Array<ArrayBuffer>;
  readonly bits: Uint8Array<ArrayBuffer>;
  /** {@link SeekPoint.state}; 0 for none. */
  readonly state: Float64Array<ArrayBuffer>;
  readonly windowEnds: Float64Array<ArrayBuffer>;
  readonly windows: Uint8Array<ArrayBuffer>;
}

/** Output between two points of an index: what is decompressed in vain before a file, at worst about this much (16 ms of inflating). */
export const SEEK_SPAN = 4 * 1024 * 1024;

/** An index may grow to this part of the compressed bytes, after a first allowance, before points are thinned out. */
const SHARE = 0.01;
const ALLOWANCE = 65_536;
/** How much further apart than the span the budget may push points. */
const STRETCH = 4;

const POINT_BYTES = 8 + 8 + 1 + 8 + 8;

/** Collects the points of one pass: hand `onPoint` to the decompressor and call `finish` after its end. */
export function createIndexBuilder(
  compression: Compression,
  span: number = SEEK_SPAN,
): {
  readonly onPoint: NonNullable<DecompressorOptions["onPoint"]>;
  finish(sizes: { readonly compressedSize: number; readonly size: number }): SeekIndex;
} {
  const points: Omit<SeekPoint, "window">[] = [];
  const windows: Uint8Array[] = [];
  const windowEnds: number[] = [];
  let windowBytes = 0;
  let last = 0;
  return {
    onPoint(point) {
      const { window } = point;
      if (point.out - last < span) return;
      if (window !== undefined && point.out - last < span * STRETCH) {
        const bytes = windowBytes + points.length * POINT_BYTES;
        const average = points.length > 0 ? windowBytes / points.length : 0;
        if (bytes + average > ALLOWANCE + point.in * SHARE) return;
      }
      last = point.out;
      points.push({ out: point.out, in: point.in, bits: point.bits, state: point.state ?? 0 });
      if (window !== undefined && window.length > 0) {
        const packed = packWindow(window);
        windows.push(packed);
        windowBytes += packed.length;
      }
      windowEnds.push(windowBytes);
    },
    finish(sizes) {
      const all = new Uint8Array(windowBytes);
      let end = 0;
      for (const window of windows) {
        all.set(window, end);
        end += window.length;
      }
      return {
        compression,
        compressedSize: sizes.compressedSize,
        size: sizes.size,
        out: Float64Array.from(points, (point) => point.out),
        in: Float64Array.from(points, (point) => point.in),
        bits: Uint8Array.from(points, (point) => point.bits),
        state: Float64Array.from(points, (point) => point.state ?? 0),
        windowEnds: Float64Array.from(windowEnds),
        windows: all,
      };
    },
  };
}

const arraysOf = (index: SeekIndex) => [
  index.out,
  index.in,
  index.bits,
  index.state,
  index.windowEnds,
  index.windows,
];

/** The memory that an index takes. */
export function seekIndexBytes(index: SeekIndex): number {
  return arraysOf(index).reduce((bytes, array) => bytes + array.byteLength, 0);
}

/** The buffers of an index, to be transferred with `postMessage`; the index is dead on this side afterwards. */
export function seekIndexTransfer(index: SeekIndex): ArrayBuffer[] {
  return arraysOf(index).map((array) => array.buffer);
}
