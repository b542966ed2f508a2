import { deflateSync, gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { CoreError, isCoreError } from "../../../core/error.ts";
import { CHUNKINGS } from "../../support/chunkings.ts";
import { decompressed, platformCompressed } from "../../support/decompressed.ts";
import { BitWriter, canonical, dynamicHead, gzipMember, joined } from "../../support/deflate.ts";
import { randomBytes, seeded, textLikeBytes } from "../../support/random.ts";

const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
const same = (found: Uint8Array, expected: Uint8Array): void => {
  expect(found.length).toBe(expected.length);
  expect(found.every((byte, at) => byte === expected[at])).toBe(true);
};
const errorOf = (work: () => unknown): CoreError => {
  try {
    work();
  } catch (error) {
    if (isCoreError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

/** Runs of every short distance and of many lengths, between noise. */
function runs(seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  const parts: Uint8Array[] = [];
  for (let distance = 1; distance <= 40; distance++) {
    const pattern = randomBytes(distance, seed + distance);
    const length = 3 + Math.floor(random() * 600);
    parts.push(
      Uint8Array.from({ length }, (_, at) => pattern[at % distance]),
      randomBytes(1 + (distance % 5), distance),
    );
  }
  return joined(...parts);
}

const CONTENTS: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
  ["nothing", new Uint8Array(0)],
  ["one byte", text("x")],
  ["text", textLikeBytes(300_000, 1)],
  ["noise", randomBytes(150_000, 2)],
  ["zeros", new Uint8Array(2_000_000)],
  ["short runs", runs(3)],
  [
    "text and noise in turns",
    joined(textLikeBytes(70_000, 4), randomBytes(70_000, 5), textLikeBytes(70_000, 4)),
  ],
];

describe("gzip", () => {
  for (const [name, content] of CONTENTS) {
    it(`reads ${name} as the platform compresses it`, async () => {
      same(decompressed("gzip", await platformCompressed(content)), content);
    });

    for (const level of [0, 1, 6, 9] as const) {
      it(`reads ${name} as fflate compresses it at level ${level}`, () => {
        same(decompressed("gzip", gzipSync(content, { level })), content);
      });
    }
  }

  for (const { name, next } of CHUNKINGS) {
    it(`reads all kinds of blocks fed ${name}`, () => {
      const content = joined(textLikeBytes(40_000, 1), randomBytes(2000, 2), new Uint8Array(5000));
      const members = joined(...([0, 1, 9] as const).map((level) => gzipSync(content, { level })));
      same(decompressed("gzip", members, { sizes: next() }), joined(content, content, content));
    });
  }

  it("reads every header field, fed whole and byte by byte", () => {
    const content = text("hello, hold\n");
    const deflated = deflateSync(content);
    for (const header of [
      { extra: [1, 2, 3, 4], name: "a.tar", comment: "by hand", crc: true },
      { extra: [] },
      { extra: Array.from({ length: 65_535 }, (_, at) => at & 255), crc: true },
      { name: "" },
      { name: "n".repeat(200_000) },
      { comment: "only" },
      { crc: true },
    ]) {
      const bytes = gzipMember(deflated, content, header);
      same(decompressed("gzip", bytes), content);
      if (bytes.length < 1000) same(decompressed("gzip", bytes, { sizes: () => 1 }), content);
    }
  });

  it("concatenates members, empty ones too", () => {
    const parts = [
      text("one "),
      new Uint8Array(0),
      text("two "),
      textLikeBytes(100_000, 9),
      new Uint8Array(0),
    ];
    same(decompressed("gzip", joined(...parts.map((part) => gzipSync(part)))), joined(...parts));
  });

  it("does not let a match reach into the member before", () => {
    const reaching = new BitWriter()
      .bits(1, 1)
      .bits(1, 2)
      .code("0000001")
      .code("00000")
      .code("0000000")
      .done();
    const bytes = joined(gzipSync(text("abc")), gzipMember(reaching, text("ccc")));
    expect(errorOf(() => decompressed("gzip", bytes)).message).toContain("distance is 1, expected at most 0");
  });

  it("ignores zeros and anything else after the last member", () => {
    const bytes = gzipSync(text("content"));
    for (const tail of [[0], [0, 0, 0], [1, 2, 3], [0x1f], [0x1f, 0x1f], [0, 0, 7, 0x1f, 0x8b]]) {
      const whole = joined(bytes, Uint8Array.from(tail));
      same(decompressed("gzip", whole), text("content"));
      same(decompressed("gzip", whole, { sizes: () => 1 }), text("content"));
    }
  });

  it("goes on with a member after zero padding", () => {
    const bytes = joined(gzipSync(text("a")), new Uint8Array(500), gzipSync(text("b")));
    same(decompressed("gzip", bytes), text("ab"));
  });

  it("refuses a wrong CRC, size and header CRC", () => {
    const bytes = gzipSync(text("some content"));
    const bad = (at: number): Uint8Array => bytes.with(at, bytes[at] ^ 1);
    const crc = errorOf(() => decompressed("gzip", bad(bytes.length - 8)));
    expect(crc.code).toBe("compression/checksum");
    expect(crc.message).toContain("CRC-32");
    const size = errorOf(() => decompressed("gzip", bad(bytes.length - 4)));
    expect(size.code).toBe("compression/checksum");
    expect(size.message).toBe(
      `Cannot read gzip at byte ${bytes.length - 8}: size is 12 (mod 2^32), expected 13`,
    );
    const member = gzipMember(deflateSync(text("x")), text("x"), { crc: true });
    expect(errorOf(() => decompressed("gzip", member.with(10, member[10] ^ 1))).code).toBe(
      "compression/corrupt",
    );
  });

  it("throws bytes/limit for one byte too many, and not before", () => {
    const bytes = gzipSync(new Uint8Array(700_000));
    expect(decompressed("gzip", bytes, { limit: 700_000 }).length).toBe(700_000);
    expect(errorOf(() => decompressed("gzip", bytes, { limit: 699_999 })).code).toBe("bytes/limit");
  });

  it("says when it is cut short, at every byte of a small stream", () => {
    const bytes = joined(
      gzipMember(deflateSync(textLikeBytes(600, 3)), textLikeBytes(600, 3), { name: "n" }),
      gzipSync(text("b")),
    );
    const first = bytes.length - gzipSync(text("b")).length;
    for (let end = 0; end < bytes.length; end++) {
      if (end === first || end === first + 1) continue;
      const error = errorOf(() => decompressed("gzip", bytes.subarray(0, end)));
      expect(error.code).toBe("compression/truncated");
      expect(error.detail["offset"]).toBe(end);
    }
  });

  it("never decodes to something else when a bit flips", () => {
    const content = joined(textLikeBytes(400, 11), new Uint8Array(300));
    const bytes = gzipSync(content, { mtime: 0 });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.with(bit >> 3, bytes[bit >> 3] ^ (1 << (bit & 7)));
      let found: Uint8Array | undefined;
      try {
        found = decompressed("gzip", flipped, { limit: 10_000_000 });
      } catch (error) {
        expect(isCoreError(error)).toBe(true);
      }
      if (found !== undefined) same(found, content);
    }
  });
});

describe("inflate, block by block", () => {
  const gz = (writer: BitWriter, content: Uint8Array): Uint8Array => gzipMember(writer.done(), content);
  const padded = (writer: BitWriter): Uint8Array =>
    joined(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255), writer.done(), new Uint8Array(64));
  const literals = (...pairs: (readonly [number, number])[]): number[] => {
    const lengths = Array.from({ length: 257 }, () => 0);
    for (const [symbol, length] of pairs) {
      while (lengths.length <= symbol) lengths.push(0);
      lengths[symbol] = length;
    }
    return lengths;
  };

  it("reads codes of every length up to 15 bits, in both alphabets", () => {
    const lengths = literals(
      [65, 1],
      [66, 2],
      [67, 3],
      [68, 4],
      [69, 5],
      [70, 6],
      [71, 7],
      [72, 8],
      [73, 9],
      [74, 10],
      [75, 11],
      [76, 12],
      [77, 13],
      [256, 14],
      [285, 15],
      [257, 15],
    );
    const distances = Array.from({ length: 16 }, (_, symbol) => Math.min(symbol + 1, 15));
    const code = canonical(lengths);
    const distance = canonical(distances);
    const writer = dynamicHead(new BitWriter(), { literals: lengths, distances });
    const expected: number[] = [];
    for (let round = 0; round < 40; round++) {
      for (let symbol = 65; symbol <= 77; symbol++) {
        writer.code(code[symbol]);
        expected.push(symbol);
      }
      const [length, symbol] = round % 2 ? [3, 257] : [258, 285];
      const extra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6];
      const base = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193];
      const slot = round % 10;
      writer.code(code[symbol]).code(distance[slot]).bits(0, extra[slot]);
      for (let left = length; left > 0; left--) expected.push(expected[expected.length - base[slot]]);
    }
    writer.code(code[256]);
    const content = Uint8Array.from(expected);
    same(decompressed("gzip", gz(writer, content)), content);
    same(decompressed("gzip", gz(writer, content), { sizes: () => 1 }), content);
  });

  it("accepts a single one-bit distance code, and no distance code where none is used", () => {
    const lengths = literals([97, 2], [256, 2], [257, 1]);
    const one = dynamicHead(new BitWriter(), { literals: lengths, distances: [1] });
    const code = canonical(lengths);
    one.code(code[97]).code(code[257]).code("0").code(code[256]);
    same(decompressed("gzip", gz(one, text("aaaa"))), text("aaaa"));
    const none = dynamicHead(new BitWriter(), { literals: literals([97, 1], [256, 1]), distances: [0] });
    none.code("0").code("0").code("1");
    same(decompressed("gzip", gz(none, text("aa"))), text("aa"));
  });

  it("accepts a block of nothing but its end in a one-bit code", () => {
    const writer = dynamicHead(new BitWriter(), { literals: literals([256, 1]), distances: [0] }).code("0");
    same(decompressed("gzip", gz(writer, new Uint8Array(0))), new Uint8Array(0));
  });

  const head = (literal: number[], distances: number[]): BitWriter =>
    dynamicHead(new BitWriter(), { literals: literal, distances });
  const hostile: readonly (readonly [string, BitWriter, string])[] = [
    ["block type 3", new BitWriter().bits(7, 3), "block type is 3"],
    [
      "a stored length that its complement denies",
      new BitWriter().bits(1, 3).bytes(5, 0, 0, 0),
      "stored block length is 5",
    ],
    [
      "an oversubscribed literal code",
      head(literals([1, 1], [2, 1], [256, 1]), [1]),
      "literal/length code is oversubscribed",
    ],
    [
      "an incomplete literal code",
      head(literals([1, 2], [256, 2]), [1]),
      "literal/length code is incomplete",
    ],
    [
      "an oversubscribed distance code",
      head(literals([1, 1], [256, 1]), [1, 1, 1]),
      "distance code is oversubscribed",
    ],
    ["an incomplete distance code", head(literals([1, 1], [256, 1]), [2, 2]), "distance code is incomplete"],
    ["a literal code without an end of block", head(literals([1, 1], [2, 1]), [1]), "no end of block"],
    ["287 literal codes", new BitWriter().bits(5, 3).bits(30, 5).bits(0, 9), "287 literal/length codes"],
    ["31 distance codes", new BitWriter().bits(5, 3).bits(0, 5).bits(30, 5).bits(0, 4), "31 distance codes"],
    ["length symbol 286", new BitWriter().bits(3, 3).code("11000110"), "literal/length code is not assigned"],
    [
      "distance symbol 30",
      new BitWriter().bits(3, 3).code("00110000").code("0000001").code("11110"),
      "distance code is not assigned",
    ],
    [
      "a distance past the start",
      new BitWriter().bits(3, 3).code("00110000").code("0000001").code("00001"),
      "distance is 2, expected at most 1",
    ],
    [
      "a hole in a one-bit distance code",
      head(literals([97, 2], [256, 2], [257, 1]), [1])
        .code("10")
        .code("0")
        .code("1"),
      "distance code is not assigned",
    ],
    [
      "a distance where no distance code is",
      head(literals([97, 2], [256, 2], [257, 1]), [0])
        .code("10")
        .code("0")
        .code("0"),
      "distance code is not assigned",
    ],
    [
      "an oversubscribed code of code lengths",
      new BitWriter().bits(5, 3).bits(0, 10).bits(0, 4).bits(1, 3).bits(1, 3).bits(1, 3).bits(0, 3),
      "code of code lengths is oversubscribed",
    ],
    [
      "an incomplete code of code lengths",
      new BitWriter().bits(5, 3).bits(0, 10).bits(0, 4).bits(1, 3).bits(0, 9),
      "code of code lengths is incomplete",
    ],
    [
      "no code of code lengths",
      new BitWriter().bits(5, 3).bits(0, 10).bits(0, 4).bits(0, 12),
      "code of code lengths is not assigned",
    ],
    [
      "a repeat before any code length",
      new BitWriter().bits(5, 3).bits(0, 10).bits(0, 4).bits(1, 3).bits(1, 3).bits(0, 6).bits(0, 3),
      "repeats the one before",
    ],
    [
      "code lengths past their count",
      new BitWriter()
        .bits(5, 3)
        .bits(0, 10)
        .bits(0, 4)
        .bits(0, 6)
        .bits(1, 3)
        .bits(1, 3)
        .code("1")
        .bits(127, 7)
        .code("1")
        .bits(127, 7),
      "code lengths go on for 276, expected 258",
    ],
  ];
  for (const [name, writer, message] of hostile) {
    it(`refuses ${name}`, () => {
      const error = errorOf(() => decompressed("gzip", padded(writer)));
      expect(error.code).toBe("compression/corrupt");
      expect(error.message).toContain(message);
      expect(error.message).toMatch(/^Cannot read gzip at byte \d+: /);
      const slow = errorOf(() => decompressed("gzip", padded(writer), { sizes: () => 1 }));
      expect(slow.message).toContain(message);
    });
  }

  it("names the byte of a bad block behind a megabyte of good ones", () => {
    const good = deflateSync(randomBytes(1_000_000, 8), { level: 0 });
    const lastHead = 15 * (65_535 + 5);
    const bytes = joined(
      Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255),
      good.with(lastHead, 0),
      Uint8Array.of(7, 7, 7),
    );
    const error = errorOf(() => decompressed("gzip", bytes, { sizes: () => 777 }));
    expect(error.code).toBe("compression/corrupt");
    expect(error.detail["offset"]).toBe(bytes.length - 3);
  });
});
