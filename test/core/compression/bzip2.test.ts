import { describe, expect, it } from "vitest";
import { createBunzip2 } from "../../../core/compression/bzip2.ts";
import type { DecompressorOptions, SeekPoint } from "../../../core/compression/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import { joined } from "../../support/deflate.ts";
import { BZIP2, content, fixtureOf, squeezed } from "../../support/squeezed.ts";

const line = fixtureOf(BZIP2, "line");
const cycle = fixtureOf(BZIP2, "cycle");

/** What `bytes` decompress to, pushed in pieces of `sizes`. */
function bunzip2(
  bytes: Uint8Array,
  sizes = (): number => 4096,
  options: DecompressorOptions = {},
): Uint8Array {
  const parts: Uint8Array[] = [];
  const machine = createBunzip2((part) => parts.push(part.slice()), options);
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

describe("bzip2", () => {
  for (const fixture of BZIP2) {
    for (const { name, next } of CHUNKINGS) {
      it(`reads ${fixture.content} as \`${fixture.made}\` writes it, ${name}`, () => {
        same(bunzip2(squeezed(fixture), next()), content(fixture));
      });
    }
  }

  it("reads streams back to back, of different levels, as one", () => {
    const bytes = joined(...BZIP2.map(squeezed), ...BZIP2.map(squeezed));
    const expected = joined(...BZIP2.map(content), ...BZIP2.map(content));
    for (const { next } of CHUNKINGS) same(bunzip2(bytes, next()), expected);
  });

  it("skips zeros after a stream", () => {
    const bytes = joined(squeezed(line), new Uint8Array(1000), squeezed(line), new Uint8Array(7));
    for (const { next } of CHUNKINGS) same(bunzip2(bytes, next()), joined(content(line), content(line)));
  });

  it("refuses anything else after a stream", () => {
    const error = failure(() => bunzip2(joined(squeezed(line), Uint8Array.of(0, 1, 2, 3, 4))));
    expect(error.code).toBe("compression/corrupt");
    expect(error.message).toMatch(/^Cannot read bzip2 at byte \d+: there is no bzip2 stream header/);
  });

  it("names found and expected CRC of a block and of a stream", () => {
    const bytes = squeezed(line);
    const block = failure(() => bunzip2(bytes.with(12, bytes[12] ^ 1)));
    expect(block.code).toBe("compression/checksum");
    expect(block.message).toMatch(/CRC of the block is [0-9a-f]{8}, expected [0-9a-f]{8}$/);
    const empty = squeezed(fixtureOf(BZIP2, "empty"));
    const stream = failure(() => bunzip2(empty.with(13, 1)));
    expect(stream.code).toBe("compression/checksum");
    expect(stream.message).toContain("CRC of the stream is 00000000, expected 00000001");
  });

  it("refuses randomised blocks by name", () => {
    const bytes = squeezed(line);
    const error = failure(() => bunzip2(bytes.with(14, bytes[14] | 0x80)));
    expect(error.code).toBe("compression/unsupported");
    expect(error.message).toContain("randomised");
  });

  it("is truncated wherever it is cut", () => {
    for (const fixture of ["line", "runs", "empty"] as const) {
      const bytes = squeezed(fixtureOf(BZIP2, fixture));
      for (let length = 0; length < bytes.length; length++) {
        const error = failure(() => bunzip2(bytes.subarray(0, length)));
        expect(error.code, `${fixture} cut to ${length} bytes`).toBe("compression/truncated");
      }
    }
  });

  it("gives an error or the right bytes whichever bit is flipped", () => {
    const codes = new Set<string>();
    for (const fixture of ["line", "runs"] as const) {
      const bytes = squeezed(fixtureOf(BZIP2, fixture));
      const expected = content(fixtureOf(BZIP2, fixture));
      for (let at = 0; at < bytes.length; at++) {
        const flips = fixture === "line" ? [1, 2, 4, 8, 16, 32, 64, 128, 255] : [1 << (at % 8)];
        for (const flip of flips) {
          const flipped = bytes.with(at, bytes[at] ^ flip);
          try {
            same(bunzip2(flipped), expected);
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

  it("stops at the limit", () => {
    const size = content(cycle).length;
    same(bunzip2(squeezed(cycle), undefined, { limit: size }), content(cycle));
    const error = failure(() => bunzip2(squeezed(cycle), undefined, { limit: size - 1 }));
    expect(error.code).toBe("bytes/limit");
    expect(error.detail).toEqual({ limit: size - 1 });
  });

  it("can start again at every block, in the right place of what follows", () => {
    const bytes = joined(squeezed(line), squeezed(cycle), squeezed(line));
    const expected = joined(content(line), content(cycle), content(line));
    for (const { next } of CHUNKINGS) {
      const points: SeekPoint[] = [];
      bunzip2(bytes, next(), { onPoint: (point) => points.push(point) });
      expect(points.map((point) => point.out)).toEqual([0, 11, 99_992, 199_973, 250_011]);
      expect(points[0]).toEqual({ out: 0, in: 4, bits: 0, state: 1 });
      expect(points.some((point) => point.bits > 0)).toBe(true);
      for (const [index, resume] of points.entries()) {
        const later: SeekPoint[] = [];
        const options = { resume, onPoint: (point: SeekPoint) => void later.push(point) };
        same(bunzip2(bytes.subarray(resume.in), next(), options), expected.subarray(resume.out));
        expect(later).toEqual(points.slice(index + 1));
      }
    }
  });

  it("counts the limit and the offsets of errors from the start of the source when it starts at a point", () => {
    const bytes = squeezed(cycle);
    const points: SeekPoint[] = [];
    bunzip2(bytes, undefined, { onPoint: (point) => points.push(point) });
    const resume = points.at(-1)!;
    const late = failure(() =>
      bunzip2(bytes.subarray(resume.in), undefined, { resume, limit: resume.out + 1 }),
    );
    expect(late.code).toBe("bytes/limit");
    const cut = failure(() => bunzip2(bytes.subarray(resume.in, -1), undefined, { resume }));
    expect(cut.code).toBe("compression/truncated");
    expect(cut.detail["offset"]).toBeGreaterThan(resume.in);
  });

  it("refuses headers that no encoder writes", () => {
    const hostile: [name: string, bits: string, message: string][] = [
      ["no byte values", `0${"0".repeat(24)}${"0".repeat(16)}`, "no byte value is in use"],
      ["rows without byte values", `0${"0".repeat(24)}${"1".repeat(16)}`, "no byte value is in use"],
      ["one prefix code", `0${"0".repeat(24)}${USED}001`, "there are 1 prefix codes, expected 2 to 6"],
      ["seven prefix codes", `0${"0".repeat(24)}${USED}111`, "there are 7 prefix codes"],
      ["no selectors", `0${"0".repeat(24)}${USED}010${"0".repeat(15)}`, "there is no selector"],
      ["a selector too far", `0${"0".repeat(24)}${USED}010${ONE}11`, "selector 0 is 2, expected less than 2"],
      ["a code length of 0", `0${"0".repeat(24)}${USED}010${ONE}000000`, "a code has 0 bits"],
      ["a code length of 31", `0${"0".repeat(24)}${USED}010${ONE}011111`, "a code has 31 bits"],
      ["a code length past 20", `0${"0".repeat(24)}${USED}010${ONE}01010010`, "a code has 21 bits"],
      [
        "an endless code length",
        `0${"0".repeat(24)}${USED}010${ONE}001010${"1011".repeat(60)}`,
        "too many steps",
      ],
      [
        "codes of 1, 1, 1 bits",
        `0${"0".repeat(24)}${USED}010${ONE}000001000`,
        "more codes than its lengths allow",
      ],
    ];
    for (const [name, bits, message] of hostile) {
      const error = failure(() => bunzip2(joined(HEAD, packed(bits), new Uint8Array(100))));
      expect(error.code, name).toBe("compression/corrupt");
      expect(error.message, name).toContain(message);
    }
  });

  it("refuses a block that begins behind its last byte, holds too much, or runs out of selectors", () => {
    // The code for one value: 0 for RUNA, 10 for RUNB, 11 for the end; for two: 10 for the second value, 11 for the end.
    const one = `${USED}010${ONE}0${"0000101000".repeat(2)}`;
    const two = `${USED.replace(/10{15}$/, `11${"0".repeat(14)}`)}010${ONE}0${"000100000".repeat(2)}`;
    const block = (origin: string, rest: string): Uint8Array =>
      joined(HEAD, packed(`0${origin}${rest}`), new Uint8Array(100));
    const cases: [name: string, bytes: Uint8Array, message: string][] = [
      ["no bytes at all", block("0".repeat(24), `${one}11`), "begins at row 0, expected less than 0"],
      ["a late origin", block(`${"0".repeat(23)}1`, `${one}011`), "begins at row 1, expected less than 1"],
      ["a run past the block", block("0".repeat(24), one + "10".repeat(40)), "holds more than 900000 bytes"],
      [
        "51 symbols, one selector",
        block("0".repeat(24), two + "10".repeat(60)),
        "more symbols than its 1 selectors",
      ],
    ];
    for (const [name, bytes, message] of cases) {
      const error = failure(() => bunzip2(bytes));
      expect(error.code, name).toBe("compression/corrupt");
      expect(error.message, name).toContain(message);
    }
  });
});

/** A stream header and a block's magic and CRC. */
const HEAD = Uint8Array.of(0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 0, 0, 0);
/** The bits that say: of all byte values, only 0x00. */
const USED = "10000000000000001000000000000000";
/** The number 1 in fifteen bits. */
const ONE = `${"0".repeat(14)}1`;

/** Bits, most significant first, as bytes. */
function packed(bits: string): Uint8Array {
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  return Uint8Array.from({ length: whole.length / 8 }, (_, at) =>
    Number.parseInt(whole.slice(at * 8, at * 8 + 8), 2),
  );
}
