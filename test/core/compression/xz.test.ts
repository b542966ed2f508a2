import { describe, expect, it } from "vitest";
import { crc32 } from "../../../core/compression/crc32.ts";
import type { SeekPoint } from "../../../core/compression/mod.ts";
import { createUnxz, type UnxzOptions } from "../../../core/compression/xz.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import { joined } from "../../support/deflate.ts";
import { content, fixtureOf, squeezed, XZ } from "../../support/squeezed.ts";

const line = fixtureOf(XZ, "line");
const cycle = fixtureOf(XZ, "cycle");
const runs = fixtureOf(XZ, "runs");

/** What `bytes` decompress to, pushed in pieces of `sizes`. */
function unxz(bytes: Uint8Array, sizes = (): number => 4096, options: UnxzOptions = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  const machine = createUnxz((part) => parts.push(part.slice()), { newHasher: newSha256, ...options });
  for (const chunk of chunked(bytes, sizes)) machine.push(chunk);
  machine.end();
  return joined(...parts);
}

function same(found: Uint8Array, expected: Uint8Array): void {
  expect(found.length).toBe(expected.length);
  expect(found.every((byte, at) => byte === expected[at])).toBe(true);
}

function failure(run: () => unknown): CoreError {
  try {
    run();
  } catch (error) {
    if (error instanceof CoreError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** `bytes` with a header of `length` bytes at `at` changed by `edit`, and its CRC, which ends it, brought into line. */
function edited(
  bytes: Uint8Array,
  { at, length }: { readonly at: number; readonly length: number },
  edit: (header: Uint8Array) => void,
): Uint8Array {
  const copy = bytes.slice();
  const header = copy.subarray(at, at + length);
  edit(header);
  new DataView(copy.buffer).setUint32(at + length - 4, crc32(0, header.subarray(0, -4)), true);
  return copy;
}

describe("xz", () => {
  for (const fixture of XZ) {
    for (const { name, next } of CHUNKINGS) {
      it(`reads ${fixture.content} as \`${fixture.made}\` writes it, ${name}`, () => {
        same(unxz(squeezed(fixture), next()), content(fixture));
      });
    }
  }

  it("reads streams back to back, with and without padding, as one", () => {
    const pad = new Uint8Array(8);
    const bytes = joined(...XZ.flatMap((fixture) => [squeezed(fixture), pad]), ...XZ.map(squeezed));
    const expected = joined(...XZ.map(content), ...XZ.map(content));
    for (const { next } of CHUNKINGS) same(unxz(bytes, next()), expected);
  });

  it("refuses padding that is not a multiple of four, and anything else after a stream", () => {
    for (const extra of [1, 2, 3, 5]) {
      const error = failure(() => unxz(joined(squeezed(line), new Uint8Array(extra))));
      expect(error.code).toBe("compression/truncated");
    }
    const error = failure(() => unxz(joined(squeezed(line), new Uint8Array(12).fill(7))));
    expect(error.code).toBe("compression/corrupt");
    expect(error.message).toBe(
      `Cannot read xz at byte ${squeezed(line).length}: there is no xz stream header`,
    );
  });

  it("is truncated wherever it is cut", () => {
    for (const name of ["line", "x86", "empty"] as const) {
      const bytes = squeezed(fixtureOf(XZ, name));
      for (let length = 0; length < bytes.length; length++) {
        const error = failure(() => unxz(bytes.subarray(0, length)));
        expect(error.code, `${name} cut to ${length} bytes`).toBe("compression/truncated");
      }
    }
  });

  it("gives an error or the right bytes whichever bit is flipped", () => {
    const codes = new Set<string>();
    for (const name of ["line", "runs", "delta"] as const) {
      const bytes = squeezed(fixtureOf(XZ, name));
      const expected = content(fixtureOf(XZ, name));
      for (let at = 0; at < bytes.length; at++) {
        for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
          try {
            same(unxz(bytes.with(at, bytes[at] ^ flip)), expected);
          } catch (error) {
            if (!(error instanceof CoreError)) throw error;
            codes.add(error.code);
          }
        }
      }
    }
    for (const code of codes) expect(code).toMatch(/^compression\//);
    expect(codes).toContain("compression/corrupt");
    expect(codes).toContain("compression/checksum");
  });

  it("names found and expected check of a block", () => {
    const bytes = squeezed(runs);
    // The 32 bytes of SHA-256 stand before the index and the footer.
    const at = bytes.length - 12 - 8 - 32;
    const error = failure(() => unxz(bytes.with(at, bytes[at] ^ 0xff)));
    expect(error.code).toBe("compression/checksum");
    expect(error.message).toMatch(/check of a block is [0-9a-f]{64}, expected [0-9a-f]{64}$/);
  });

  it("does not verify SHA-256 without a hasher", () => {
    const bytes = squeezed(runs);
    const at = bytes.length - 12 - 8 - 32;
    same(unxz(bytes.with(at, bytes[at] ^ 0xff), undefined, { newHasher: undefined }), content(runs));
  });

  it("stops at the limit", () => {
    const size = content(cycle).length;
    same(unxz(squeezed(cycle), undefined, { limit: size }), content(cycle));
    const error = failure(() => unxz(squeezed(cycle), undefined, { limit: size - 1 }));
    expect(error.code).toBe("bytes/limit");
    expect(error.detail).toEqual({ limit: size - 1 });
  });

  it("can start again at every block, in the right place of what follows", () => {
    const bytes = joined(squeezed(line), new Uint8Array(4), squeezed(cycle), squeezed(runs));
    const expected = joined(content(line), content(cycle), content(runs));
    for (const { next } of CHUNKINGS) {
      const points: SeekPoint[] = [];
      unxz(bytes, next(), { onPoint: (point) => points.push(point) });
      expect(points.map((point) => point.out)).toEqual([0, 11, 60_011, 120_011, 180_011, 240_011, 250_011]);
      expect(points.map((point) => point.state)).toEqual([1, 4, 4, 4, 4, 4, 10]);
      for (const [index, resume] of points.entries()) {
        const later: SeekPoint[] = [];
        const options = { resume, onPoint: (point: SeekPoint) => void later.push(point) };
        same(unxz(bytes.subarray(resume.in), next(), options), expected.subarray(resume.out));
        expect(later).toEqual(points.slice(index + 1));
      }
    }
  });

  it("refuses a dictionary larger than the window limit, by its size", () => {
    // The block header of `line`: size, flags, LZMA2, one byte of properties, which is the dictionary size, three of padding, CRC.
    const bytes = squeezed(line);
    const huge = edited(bytes, { at: 12, length: 12 }, (header) => void (header[4] = 40));
    const error = failure(() => unxz(huge));
    expect(error.code).toBe("compression/unsupported");
    expect(error.message).toContain("wants a dictionary of 4294967295 bytes, expected at most 134217728");
    // 1.5 GiB, which is only allocated as far as it is filled.
    const large = edited(bytes, { at: 12, length: 12 }, (header) => void (header[4] = 37));
    expect(failure(() => unxz(large)).code).toBe("compression/unsupported");
    same(unxz(large, undefined, { windowLimit: 2 ** 31 }), content(line));
    const malformed = edited(bytes, { at: 12, length: 12 }, (header) => void (header[4] = 41));
    expect(failure(() => unxz(malformed)).code).toBe("compression/corrupt");
  });

  it("names the filter or check that it does not know", () => {
    const bytes = squeezed(fixtureOf(XZ, "delta"));
    const filters: [id: number, message: RegExp][] = [
      [0x06, /the IA-64 filter \(0x06\) is not supported/],
      [0x0b, /the RISC-V filter \(0x0b\) is not supported/],
      [0x7f, /filter 0x7f is not supported/],
      [0x21, /filter 0x21 is not supported/],
    ];
    for (const [id, message] of filters) {
      const error = failure(() =>
        unxz(edited(bytes, { at: 12, length: 12 }, (header) => void (header[2] = id))),
      );
      expect(error.code).toBe("compression/unsupported");
      expect(error.message).toMatch(message);
    }
    const last = failure(() => unxz(edited(bytes, { at: 12, length: 12 }, (header) => void (header[5] = 3))));
    expect(last.message).toContain("the last filter is 0x3, expected LZMA2 (0x21)");
    const check = failure(() => unxz(editedFlags(squeezed(line), 5)));
    expect(check.code).toBe("compression/unsupported");
    expect(check.message).toContain("check 5 is not known");
  });

  it("refuses a block header that breaks its format", () => {
    const bytes = squeezed(line);
    const cases: [name: string, edit: (header: Uint8Array) => void, message: string][] = [
      ["reserved flags", (header) => (header[1] = 4), "bits that are not defined"],
      ["padding", (header) => (header[7] = 1), "not padded with zeros"],
      ["an endless number", (header) => header.fill(0xff, 2, 8), "too short"],
      ["a longer property", (header) => (header[3] = 20), "too short"],
      ["a compressed size of 0", (header) => header.set([0x40, 0, 0x21, 1, 22], 1), "compressed size of 0"],
      [
        "a wrong compressed size",
        (header) => header.set([0x40, 9, 0x21, 1, 22], 1),
        "compressed size of a block is 15, expected 9",
      ],
      [
        "a wrong uncompressed size",
        (header) => header.set([0x80, 12, 0x21, 1, 22], 1),
        "uncompressed size of a block is 11, expected 12",
      ],
      ["a malformed size", (header) => header.set([0x80, 0x80, 0, 0x21, 1, 22], 1), "malformed"],
    ];
    for (const [name, edit, message] of cases) {
      const error = failure(() => unxz(edited(bytes, { at: 12, length: 12 }, edit)));
      expect(error.code, name).toBe("compression/corrupt");
      expect(error.message, name).toContain(message);
    }
  });

  it("refuses LZMA2 chunks that break the rules of resets and properties", () => {
    const bytes = squeezed(line);
    const cases: [name: string, edit: (chunk: Uint8Array) => void, message: string][] = [
      ["an unknown chunk", (chunk) => (chunk[0] = 3), "an LZMA2 chunk begins with 3"],
      ["no reset of the dictionary", (chunk) => (chunk[0] = 2), "does not reset the dictionary"],
      [
        "no properties",
        (chunk) => chunk.set([1, 0, 0, 65, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        "lacks the properties",
      ],
      [
        "a match before all data",
        (chunk) => chunk.set([0xe0, 0, 9, 0, 5, 0x5d, 0, 0xff, 0xff, 0xff, 0xff]),
        "before the data",
      ],
      ["bad properties", (chunk) => chunk.set([0xe0, 0, 9, 0, 5, 225, 0, 0, 0, 0, 0]), "lc + lp <= 4"],
      ["lc + lp of 5", (chunk) => chunk.set([0xe0, 0, 9, 0, 5, 13, 0, 0, 0, 0, 0]), "lc=4 lp=1"],
      [
        "no zero first",
        (chunk) => chunk.set([0xe0, 0, 9, 0, 5, 0x5d, 1, 0, 0, 0, 0]),
        "does not begin with a zero",
      ],
      [
        "too little input",
        (chunk) => chunk.set([0xe0, 0xff, 0xff, 0, 5, 0x5d, 0, 0, 0, 0, 0]),
        "an LZMA chunk ends too early",
      ],
      [
        "too much input",
        (chunk) => chunk.set([0xe0, 0, 0, 0, 9, 0x5d, 0, 0, 0, 0, 0, 0]),
        "does not end where it should",
      ],
    ];
    for (const [name, edit, message] of cases) {
      const copy = bytes.slice();
      edit(copy.subarray(24));
      const error = failure(() => unxz(copy));
      expect(error.code, name).toBe("compression/corrupt");
      expect(error.message, name).toContain(message);
    }
  });

  it("compares the index and the footer with what was read", () => {
    const bytes = squeezed(line);
    const index = { at: bytes.length - 12 - 8, length: 8 };
    const cases: [name: string, edit: (index: Uint8Array) => void, message: string][] = [
      ["a second block", (index) => (index[1] = 2), "the index lists 2 blocks, expected 1"],
      ["another block size", (index) => index[2]++, "does not list the sizes"],
      ["another content size", (index) => index[3]++, "does not list the sizes"],
      ["a malformed number", (index) => index.set([0x80, 0x00], 2), "a number in the index is malformed"],
    ];
    for (const [name, edit, message] of cases) {
      expect(failure(() => unxz(edited(bytes, index, edit))).message, name).toContain(message);
    }
    const footer = bytes.slice();
    const view = new DataView(footer.buffer);
    const at = footer.length - 12;
    view.setUint32(at + 4, 5, true);
    view.setUint32(at, crc32(0, footer.subarray(at + 4, at + 10)), true);
    expect(failure(() => unxz(footer)).message).toContain("the footer says 24 bytes of index, expected 8");
  });
});

/** `bytes` whose stream header asks for check `kind`. */
function editedFlags(bytes: Uint8Array, kind: number): Uint8Array {
  const copy = bytes.slice();
  copy[7] = kind;
  new DataView(copy.buffer).setUint32(8, crc32(0, copy.subarray(6, 8)), true);
  return copy;
}
