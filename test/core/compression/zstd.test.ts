import { describe, expect, it } from "vitest";
import { type CoreError, isCoreError } from "../../../core/error.ts";
import { CHUNKINGS } from "../../support/chunkings.ts";
import { decompressed } from "../../support/decompressed.ts";
import { joined } from "../../support/deflate.ts";
import { randomBytes, seeded, textLikeBytes } from "../../support/random.ts";
import {
  type Block,
  huffmanLiterals,
  rawLiterals,
  type Sequence,
  sameLiterals,
  sequencesSection,
  skippableFrame,
  slowXxh64,
  zstdFrame,
} from "../../support/zstd.ts";

const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
const errorOf = (work: () => unknown): CoreError => {
  try {
    work();
  } catch (error) {
    if (isCoreError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};
const fromBase64 = (value: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));

/** What the reference implementation (zstd 1.5.4) makes of textLikeBytes(5000, 31): with `-19 --check`, and with `-1 --no-check`. */
const REFERENCE_19 =
  "KLUv/QRoxT4AanrAERWQVweIwEagbdu2bU1KKbm7O9NdRRwUARIBGwE3UvttanynpC9Ie2vUdoE28j19v9mzniCNHsfhPBMMvApKs1kewJERsi" +
  "yiqslt4v88+xbkNAFJmOe7rSrRv7yohPv6er0DjfFNRN7ItV1eYKe+8wX97Z4lFVyQHp2jbP7kND1aE7qGphTum0jzSFCV2Ooa4Knq6K8nTK4/" +
  "XbsZAl1qrXXQJqztS3GCVoZYXGArnVbR8Du0io1XwoOPVvl1LcHXayS/Wxc5oqYcvkcw34dXeU0CxLnvgkSEbmIDDTKmpK8pJhXjBtjII1JsJF" +
  "qzi4GfQeu/wh6f5RSrCHeSibdIxi0sW0YsT9TEz2n0JfphOAcF7NXIJpDmohsSPEWN/FiAea4CviBukDeSeWMAHLl22f8n+3Z+RDndklz3a+Dh" +
  "V5uSNxadNIGU7ECg4n8+yBIFs5TvyIXCXEhimU2noEEnkd9QEInmzy+To4XKCvJcXEhTWPfvk/0Cpr0IkvW9yJtpvR+mYdz/fIdq5edhIaThYz" +
  "l5bUohcfhP0wqgNCcEYbnwKG/OMd9IB+Pns0WLI1yLAFhPaZZnoNdiPdBV0uiNPq47Dzms4IATdcsDmHFkiZleHPkN+X4Fl220XJv5An2BWVvT" +
  "g1xn5Hx40c4kMj8jbiRUwGjF+fDLC/16KrDnJHwp3cpYOL5YGaT46ebfoA++37yR++DIYa1AOCDP0Qn8Jxd+dJezCCeZRrZPjU2g4MMrz8lYxH" +
  "kRZPCnb1v2HH7FyellzWhFuEX2MHj5WZiotRjoGKNHj27kOdmd9qnrjEhWDAhMFNrKAvXkRoob364eWaZ7+xOcOMCvk5qhMNgyUp5iz8N2nKpa" +
  "0o/iaKrkl7lbE3BG4IqctkVpDt3Q4NvVhLTjmXqXHAU0uh+nqh2WvNpXPN6k53ELKh6Kwt47/hTODBT1ZT8nd6kBgqMcuiUaXxxKaE+UVB/oIt" +
  "Ix5PdRvBm/xQuTuWzNAdjdAA8CNuqEq1th+yr1ciK6eDB7WRuPiQhkDAcVPPslckgmDpF1eZDp/Qtv15MeqAR5EP8jUQjx/Vf6THs/Jsgnm7ob" +
  "lzGZC0weZOuilrhXU/phfOBCQIHskdaPEWigd6nAQJytcXLVSGwkLIXNkVflYqMzAYVcMEw67JLl7+VVfzayGYJQhB6A0YAWyg/yJbMn7PtVER" +
  "aGoEsQ4JURZ5K4wgeD0RzkbrDFikQ0rPwvJET5rRQEClAGeYAM+2KlKlrzLEYi1bP2PP1Hr38Z7t6OdEA9TcQSfiOiqxC1tHX5enB0Nf5+oCJK" +
  "1A3objBcrf7nQzUVCPZrzvZCqj5hyEXcqFuqPYs61H8Ja2SQQTbEDIS5fCceIfD6kp4fUSXswH9wZGUR9nM0abwrn26eLT0cZTJvZuWv/0RpT6" +
  "EX9sM22A/g6V5pVYtPXPOH+b0C9ueREvN4SmX4Z0m/kOtt9Yz046Gb57IKEzrN0ii0pornpkPK0ZPiVJ8athx5gCzlDBZHhy2W9EZugXWo0RUy" +
  "howMiYiIJEmSDhEgBAjCUCCqWR8hCMo57LySFJYx+Rx+bOH+4UWwIo4gkcoRYvt7KSo0UIHrXAW/F39cahhrg3NyeMQBmH9LV61RltGZgSAFnG" +
  "TMMd4AxBngmHRPvFDugtSsqTKFWKzIsyBtndalT0Ou/gAYRcXqzHcxlSsyklSGp412qmHwPYHxZ0fbl5u9T2ALeFwXy3FTKNa8VmBtweZsoBD0" +
  "MqkWZJQJOVQtJN6nRuWW4EhHrYtZW1xW1jJj03REF9KEDaB3515KgdXKCL+zH31LH03IjrQnTttsuS9ee0wR5rMBcpUS58+2LVnrAaxyi0KOcH" +
  "ozRx3IFftEqIaYAXF3mtF7qDl9TxiSZaJc9PWtr2PLZnv36oSMk5tvu8TQFnuN9I6sGaSVnI9MO1BPMHvwX8Azo2QT21ruE7cbXwnMdyjAGG2v" +
  "Q8UQhrXtS88E7qqrZ/7ebN6tQpP5EotsrWuw2pmHNjG2jr9mcsCPnuGq5LBIlMMqsunGHCGr198WUpuCW2cG3QLHILbjQPr/n8XdJqlW+GZLic" +
  "Pr46e8nLCZLim5VG7g0HOhgBDcfwiky5295LPHP3tV1kbtkBuEOe+BjO+yyaJyWBgpwSBSxpLWki4o3N7ltToU8gMWWahb32fgbT7gbIHy0Fcm" +
  "IcDyTjuM6lzBGAKi9Uq4tnxeWN0yNZ8m7Jd3wwkqw0ZeJAc2jbzH1wMmCGvoBkfJVFXocZXvGnnXca77StbzijR+w6cM+mivI+zhujosRP0u8x" +
  "GF7HhTQ2ngP76EMXoUEAY2oTz0fEGCgvPp90vlRv490iD4sNdzvZgFGPZl5ffB0tAqsWNMXzcA+Sshouheu0YgG+Wot9Or64IY7exoTOeE8jG7" +
  "gYMYfyuwkK3AMRajpa4mpz1tUu7dzSuMpNW6MKBYU04fKcV0bNvEqHGUsdO0AP2Ck09XYeGBtDMnG5MmMphGDIhgWaPel0/vQXS88UYfpkxTRd" +
  "Tv+rlkG0V/UOP9/ICTRslVfMhPWCtfqNtsHxl4chAr6fWoWI46/B0Io0kTA6l6jFCT1i4bS+aiGv+9SY+kMCeEEuQEaegKn0722u1x6Vyt01MD" +
  "rZLvyYpQCTLZ/DysAp7h/OVlP5Zb87L2XvtBlyNiTVUgHTsHakLkr3Q=";
const REFERENCE_1 =
  "KLUv/QBIbUEASpkYFhWgVwdm/H57ovX3yXZvKfn/f+RXFQ9YAVYBYgGpvjPyxPXqI9YTiQ2mRRQGp8R4+F9ePKXq+hTJQcJAXSLq4di0zN+FsJ" +
  "h+ECb+dW0a3MYPrHc5H3Eap054s1b+KO3NqKY6GMTOpfuRfjMRRpkkaf2gQO9ZAGkTOBmuUOHDSmZ6DYL//eB6lJBrcET3TdPMkv9xMMuapzPM" +
  "pYeQ64o+Yqbm/DzjvPGP+o1wn3XsUXmVkqP+S2qZmPQTzEPnEK5W6asigRVoqs1h7NFwJ5Dyz0dk9q+nacjqCdryhNWaSSNNCZr+HE/YgJ4IA6" +
  "DI9rx2zGKHeVfDAGzL/JJNDOCr0NZzRhHvjUlWEpjLxvXq+Sat5iryEL/mAmEVU9eihxRCZ13RQQaCNcMiviqHwmjS5jD2Jpq5O8HhfdKhQBRe" +
  "VB15rR4O1hQaMASeW5n4r1E6qydobQCDPhGbqNKqjgrhUrXyhA3oZsdzBFTCR7yrkBgSM9Xgfz+QDIHnDrUbo3Q+XG+Tg6Y/h1sKR4LhQi+2nL" +
  "BJVc0qptcazbWeIDf2xFcUTRZ7QlSW93NMJJEXnIMRHyiSrImsRfzOWZT4mXsoFNCLvn1dPMk0l6dekd/fmUHHT1jNR1T9FKmYqLKoEdXx3yd8" +
  "YIFY7oUsaZy+ONALR4bUAvCQejGHsTdcZxxl9QRtgej3dcsVU4cR/h4vjM6m/uZFrwNqPwhvOgdXvZj7nxEk/LdLAJN7/51iANiWFfMOT/KzAf" +
  "li8qB3AnN5fyOTgzK6SyyB9fkqtOUrH32hb1QayL9JTx6p+PMgBuaA9LmJfB7shEl2jPIoD9WnSBa+hg0thCHBBOZy6nFDgCQ+0OtHKD8q12sh" +
  "2KA8dxqn2dB18CmSzYvdNLmsnqA9YfagpBs/jICs0B/EI345IO34pv35kWd3Gg//B03J7+fYuXS3MRlskZwtgBSwLoM+uXKgky/nvt9n/YXZm+" +
  "aDYg6TVH8PO0FhjFjCojXguHWlclK+HCHTAYaexGnwOQ/ecWU0PAUsWEkcsTbEAFFgRZk8Rf+Inyd9ViYPohJCmfJK+BpHnJKNWXonexC9QDAQ" +
  "CBaN+bx8ObIeVPh24DCwBaf/jyMS8fhhXZqVyDi+EAk0uNM4LccBwf1nhHVmnpXAXH5yJA04PkMXFBFrODyVkE2V0Z/3xFeYcKna+zkCas8pM4" +
  "Uh8Ly05F5GtSS9Rg1uwqVqJeWQUHiykEB7xwfUHYdHKTHrTgJ7wBrHCZxLfhffHQ5wDe61ejhNSlaWaCBacv4ELQl/JEDRbrUyT+yJr0gWLezb" +
  "mwSsGl6PH8jWQFEaVjgaThDuObVMTO6Ki1IonoLucoWaA4sh8NzormgO92w0MMihVVQIER7wUAJzJb1GGwvZHMYeGjAw54TXzV+49SmSlX1log" +
  "7hJP6H8Sige8ePz/+ZUl4gaP2Z43Pn/Mx/ETcUIxAzGRAz5HGKZJQu18X3hN1C+nIV2nrCasHLFYDvQAoLKFlRvGeyB7GcdexRAnJ8vhMGYhi6" +
  "YGXyqNBWsgcxWXQiDLCEVQk92Pt9GJ3AXBBtvt/76yvNpJGm5L6dIypCmfCH8n5DfzC3VZapFN0HsUrvia8A1E+wjGompunrToQB/JTP/xgX3p" +
  "L1AXC5ohqztPyb7I0q5yzZKQDLZs6Zd0WGwPNyQj2R35wAoLIyZkhVD3oTxgFNtTJP/JtkOgdCr+iBvnCmKwyzeJQCA9p9gL/8tRgLbcLgBW9R" +
  "QYaRQANzGPsiJNBMEO6VQLB7dOXPCFve0638WtWRK5l+wmoluB+fZumRQIOrlenhv92fLAwOKypm8JSY0laZXaqTHmNceaGb3dyz//E050FvQP" +
  "0EjuhWT9D+GSR4MtyCOyYBto9P/8/XAwGBFagxDUKKIWRmREREJGnTASEECcNQHNWoDxEM4zyW1Rj5TuF6xoveijIJniJMDUxU6B8VKv8xNco9" +
  "+TDAJNdytYzuGUiegiNKjBFoAvvvKaqHP+UMyKemuhNas2LmPP/NfenzisCIKlF8N5T8mf/hWqoQ8DkBU87Oms1Ii9DiOonQ7VjT1D2v6SUzSl" +
  "9yoCEka2o+3oKSThezZ2VExpromADSDTrbUpAIf9iPe2u5PT87cPsEsS+XduSGNNrArxiECSqWdLFyWTjbemYZ2N0+DTZDBBEtQj3w3aWdm5aW" +
  "G18P9u3ZArL9oA9Hhns1H7Wd/Bp9g6j8J8w0f7UEfQL/DTwbQzZtL4EdV1IyXYBuicbwGZu7GvUg854tVOzL117juDMYbP1xzVz0OxynkIhiaN" +
  "bd6KYg0JlkN+gxju44NvtP5nc3D8+LXyw44TstKWFUbktR0DUyqtf+BVAgcvP/9GiUtW+7EMtWcRbyjLVssogaNcGOCXxaCktBPSi8Hj5SiUWW" +
  "+Fatoe8I8La8YkIAZHpHzjU4CBX5HRAY3R41i785P9wk/72NbntHyR9cOJApzKRfarTV0b7OGmRJiIPJoMzndfw5n5gEQahFogm4c70h6sDrui" +
  "owWjsQ4h5XsCj6IajmRv4zGJF+mUsqfqWPMK3hxxhSd7rIw79Cb9TtuJo6kYHXuWrWYALRERiOKv+4SmxPBClJs0R46wvNAD0L15jWiZmgoxxq" +
  "zwda26WLQG/WGCuCaxs2PRScrSpbxkSslJKdFH3en4oWt8+PtZW/1CsfCOciXNL3v5a9o4MRDGLQyuMvTXJ3wWsyg9X4PT7geMJ37fLSdKOtw6" +
  "PjjqxTCDc6TyInFZQj9QOUXYBd5wWvELbImAIH98oPCKnu/LHFpQY=";

/** What literals and sequences come to, by the letter of RFC 8878 section 3.1.1.5. */
function expand(
  literals: Uint8Array,
  sequences: readonly Sequence[],
  { before = [], recent = [1, 4, 8] }: { before?: readonly number[]; recent?: number[] } = {},
): Uint8Array {
  const out = [...before];
  let lit = 0;
  for (const { run, length, offset } of sequences) {
    for (let left = run; left > 0; left--) out.push(literals[lit++]);
    let real: number;
    if (offset > 3) {
      real = offset - 3;
      recent.unshift(real);
      recent.pop();
    } else {
      const which = offset - 1 + (run === 0 ? 1 : 0);
      real = which === 3 ? recent[0] - 1 : recent[which];
      if (which > 0) {
        recent.splice(which === 3 ? 2 : which, 1);
        recent.unshift(real);
      }
    }
    for (let left = length; left > 0; left--) out.push(out[out.length - real]);
  }
  return Uint8Array.from([...out.slice(before.length), ...literals.subarray(lit)]);
}

/** A frame of one block, with the checksum of what it should decode to. */
function oneBlock(literals: Uint8Array, section: Uint8Array, sequences: readonly Sequence[]) {
  const content = expand(literals, sequences);
  const block = { literals: section, sequences: sequencesSection(sequences) };
  return { content, bytes: zstdFrame([block], { checksum: slowXxh64(content), windowByte: 0x50 }) };
}

describe("zstd", () => {
  for (const { name, next } of CHUNKINGS) {
    it(`reads what the reference implementation writes, fed ${name}`, () => {
      const expected = textLikeBytes(5000, 31);
      for (const reference of [REFERENCE_19, REFERENCE_1]) {
        expect(decompressed("zstd", fromBase64(reference), { sizes: next() })).toEqual(expected);
      }
    });
  }

  it("reads raw and run-length blocks, empty ones too", () => {
    const noise = randomBytes(1000, 1);
    const blocks: Block[] = [
      { raw: noise },
      { byte: 7, times: 1024 },
      { raw: new Uint8Array(0) },
      { byte: 9, times: 0 },
    ];
    const expected = joined(noise, new Uint8Array(1024).fill(7));
    for (const sizes of [() => 1, () => 100_000]) {
      expect(decompressed("zstd", zstdFrame(blocks), { sizes })).toEqual(expected);
      expect(decompressed("zstd", zstdFrame(blocks, { size: 2024 }), { sizes })).toEqual(expected);
    }
  });

  it("reads an empty frame", () => {
    expect(decompressed("zstd", zstdFrame([{ raw: new Uint8Array(0) }], { size: 0 })).length).toBe(0);
  });

  it("reads sequences of every kind of run, length and offset", () => {
    const random = seeded(5);
    const literals = textLikeBytes(60_000, 6);
    const sequences: Sequence[] = [{ run: 300, length: 3, offset: 4 }];
    let used = 300;
    let made = 303;
    for (let round = 0; round < 700 && made < 100_000; round++) {
      const run = Math.floor(random() ** 6 * 500);
      const length = 3 + Math.floor(random() ** 6 * 1200);
      const recent = random() < 0.3;
      const offset = recent
        ? 1 + Math.floor(random() * (run === 0 ? 2 : 3))
        : 12 + Math.floor(random() ** 3 * 250);
      sequences.push({ run, length, offset });
      used += run;
      made += run + length;
    }
    const own = literals.subarray(0, used + 50);
    const { content, bytes } = oneBlock(own, rawLiterals(own), sequences);
    expect(content.length).toBeLessThan(131_072);
    expect(decompressed("zstd", bytes)).toEqual(content);
    expect(decompressed("zstd", bytes, { sizes: () => 513 })).toEqual(content);
  });

  it("takes offset 3 after no literals for one less than the last offset", () => {
    const literals = text("abcdef");
    const { content, bytes } = oneBlock(literals, rawLiterals(literals), [
      { run: 6, length: 3, offset: 8 },
      { run: 0, length: 3, offset: 3 },
      { run: 0, length: 3, offset: 1 },
    ]);
    expect(new TextDecoder().decode(content)).toBe("abcdefbcdfbccdf");
    expect(decompressed("zstd", bytes)).toEqual(content);
  });

  it("reads lengths with 16 more bits, and 127, 128, 32,511 and 32,512 sequences", () => {
    const ab = text("ab");
    const long = oneBlock(ab, rawLiterals(ab), [{ run: 2, length: 65_539 + 50_000, offset: 5 }]);
    expect(decompressed("zstd", long.bytes)).toEqual(long.content);
    const literals = randomBytes(70_000, 2);
    const far = oneBlock(literals, rawLiterals(literals), [{ run: 66_000, length: 5000, offset: 65_903 }]);
    expect(decompressed("zstd", far.bytes)).toEqual(far.content);
    for (const count of [127, 128, 32_511, 32_512]) {
      const sequences = Array.from({ length: count }, (_, at) => ({
        run: at % 2 || at === 0 ? 1 : 0,
        length: 3,
        offset: 4,
      }));
      const own = randomBytes(Math.ceil(count / 2) + 1, 3);
      const { content, bytes } = oneBlock(own, rawLiterals(own), sequences);
      expect(decompressed("zstd", bytes)).toEqual(content);
    }
  });

  it("copies by every short offset", () => {
    for (let offset = 1; offset <= 20; offset++) {
      for (const length of [3, 4, 5, 7, 8, 9, 16, 300, 1000]) {
        const own = randomBytes(offset, offset);
        const { content, bytes } = oneBlock(own, rawLiterals(own), [
          { run: offset, length, offset: offset + 3 },
        ]);
        expect(decompressed("zstd", bytes)).toEqual(content);
      }
    }
  });

  it("reads Huffman literals in one stream and in four, with codes of up to 11 bits", () => {
    const skewed = [...Array.from({ length: 10 }, (_, at) => at + 1), 11, 11];
    const even = [
      ...Array.from({ length: 32 }, () => 0),
      ...Array.from({ length: 96 }, (_, at) => (at < 32 ? 6 : 7)),
    ];
    for (const lengths of [skewed, even, [0, 1, 1], [2, 1, 0, 2]]) {
      const symbols = [...lengths.keys()].filter((symbol) => lengths[symbol] > 0);
      const random = seeded(lengths.length);
      for (const count of [1, 2, 5, 6, 7, 40, 999]) {
        const literals = Uint8Array.from(
          { length: count },
          () => symbols[Math.floor(random() ** 2 * symbols.length)],
        );
        for (const four of count < 6 ? [false] : [false, true]) {
          const { content, bytes } = oneBlock(literals, huffmanLiterals(literals, lengths, { four }), []);
          expect(decompressed("zstd", bytes)).toEqual(content);
        }
      }
    }
  });

  it("goes on with the Huffman code, the tables and the offsets of the block before", () => {
    const lengths = [1, 2, 3, 3];
    const first = Uint8Array.from({ length: 100 }, (_, at) => at % 4);
    const second = Uint8Array.from({ length: 50 }, (_, at) => (at * 7) % 4);
    const sequences = [
      { run: 20, length: 10, offset: 8 },
      { run: 20, length: 10, offset: 8 },
    ];
    const repeated = sequencesSection(sequences, "repeat");
    const blocks: Block[] = [
      {
        literals: huffmanLiterals(first, lengths, { four: true }),
        sequences: sequencesSection(sequences, "rle"),
      },
      { literals: huffmanLiterals(second, lengths, { four: false, treeless: true }), sequences: repeated },
      { literals: sameLiterals(3, 40), sequences: repeated },
      { literals: rawLiterals(text("x")), sequences: sequencesSection([{ run: 1, length: 4, offset: 1 }]) },
    ];
    const recent = [1, 4, 8];
    const one = expand(first, sequences, { recent });
    const two = expand(second, sequences, { recent, before: [...one] });
    const three = expand(new Uint8Array(40).fill(3), sequences, { recent, before: [...one, ...two] });
    const four = expand(text("x"), [{ run: 1, length: 4, offset: 1 }], { recent, before: [...three] });
    expect(decompressed("zstd", zstdFrame(blocks))).toEqual(joined(one, two, three, four));
  });

  it("concatenates frames and skips skippable ones, fed whole and byte by byte", () => {
    const bytes = joined(
      skippableFrame(text("a table of contents")),
      zstdFrame([{ raw: text("one ") }], { checksum: slowXxh64(text("one ")) }),
      skippableFrame(new Uint8Array(0), 15),
      zstdFrame([{ raw: text("two") }], { size: 3 }),
      skippableFrame(randomBytes(3000, 1), 3),
    );
    expect(decompressed("zstd", bytes)).toEqual(text("one two"));
    expect(decompressed("zstd", bytes, { sizes: () => 1 })).toEqual(text("one two"));
    expect(decompressed("zstd", skippableFrame(text("nothing else"))).length).toBe(0);
  });

  it("refers back through the whole window, however the buffer moves", () => {
    const noise = randomBytes(131_072, 4);
    const back = sequencesSection([{ run: 0, length: 131_072, offset: 131_072 + 3 }]);
    const blocks: Block[] = [{ raw: noise }];
    for (let round = 0; round < 40; round++)
      blocks.push({ literals: rawLiterals(new Uint8Array(0)), sequences: back });
    const out = decompressed("zstd", zstdFrame(blocks, { windowByte: 7 << 3 }));
    expect(out.length).toBe(41 * 131_072);
    for (const round of [0, 1, 17, 40]) {
      const part = out.subarray(round * 131_072, (round + 1) * 131_072);
      expect(part.every((byte, at) => byte === noise[at])).toBe(true);
    }
  });

  it("resumes at every frame", () => {
    const parts = [text("alpha"), randomBytes(300, 1), text("omega")];
    const bytes = joined(...parts.map((raw) => zstdFrame([{ raw }])), skippableFrame(text("end")));
    const points: { out: number; in: number; bits: number }[] = [];
    decompressed("zstd", bytes, { onPoint: ({ out, in: at, bits }) => points.push({ out, in: at, bits }) });
    expect(points.map(({ out }) => out)).toEqual([0, 5, 305]);
    const whole = joined(...parts);
    for (const resume of points) {
      expect(decompressed("zstd", bytes.subarray(resume.in), { resume })).toEqual(whole.slice(resume.out));
    }
  });
});

describe("zstd, when something is wrong", () => {
  const good = zstdFrame([{ raw: text("some content") }], { checksum: slowXxh64(text("some content")) });

  it("refuses a wrong checksum and a wrong announced size", () => {
    const checksum = errorOf(() => decompressed("zstd", good.with(good.length - 1, good.at(-1)! ^ 1)));
    expect(checksum.code).toBe("compression/checksum");
    expect(checksum.detail["offset"]).toBe(good.length - 4);
    const short = errorOf(() => decompressed("zstd", zstdFrame([{ raw: text("abc") }], { size: 4 })));
    expect(short.message).toBe("Cannot read zstd at byte 15: frame size is 3, expected 4");
    const two: Block[] = [{ raw: text("ab") }, { raw: text("cd") }];
    const long = errorOf(() => decompressed("zstd", zstdFrame(two, { size: 3 })));
    expect(long.message).toContain("frame decodes to more than the 3 bytes it announced");
  });

  const wide = { literals: rawLiterals(text("abcd")) };
  const oneSequence = (sequence: Sequence): Block => ({ ...wide, sequences: sequencesSection([sequence]) });
  const sequences = (...bytes: number[]): Uint8Array<ArrayBuffer> =>
    zstdFrame([{ ...wide, sequences: Uint8Array.from(bytes) }]);
  const compressed = (...bytes: number[]): Uint8Array<ArrayBuffer> =>
    zstdFrame([{ type: 2, size: bytes.length, bytes: Uint8Array.from(bytes) }]);
  const treeless = huffmanLiterals(Uint8Array.of(0, 1), [1, 1], { four: false, treeless: true });
  const hostile: readonly (readonly [string, Uint8Array<ArrayBuffer>, string])[] = [
    ["a bad magic after a frame", joined(good, text("rubbish")), "frame magic is 0x62627572"],
    ["a reserved header bit", zstdFrame([{ raw: text("a") }], { descriptor: 8 }), "reserved bit"],
    ["block type 3", zstdFrame([{ type: 3, size: 0, bytes: new Uint8Array(0) }]), "block type is 3"],
    [
      "a block over its window",
      zstdFrame([{ byte: 1, times: 1025 }], { windowByte: 0 }),
      "is 1025, expected at most 1024",
    ],
    [
      "a block over 128 KiB",
      zstdFrame([{ byte: 1, times: 131_073 }], { windowByte: 0x60 }),
      "is 131073, expected at most 131072",
    ],
    [
      "an offset before the start",
      zstdFrame([oneSequence({ run: 4, length: 5, offset: 8 })]),
      "offset is 5, expected at most 4",
    ],
    ["a recent offset of nothing", zstdFrame([oneSequence({ run: 0, length: 5, offset: 3 })]), "offset is 0"],
    [
      "more literals than there are",
      zstdFrame([oneSequence({ run: 5, length: 5, offset: 4 })]),
      "more literals than there are",
    ],
    [
      "a block that decodes to too much",
      zstdFrame([oneSequence({ run: 4, length: 131_069, offset: 4 })], { windowByte: 0x60 }),
      "block decodes to more than 131072 bytes",
    ],
    ["an empty compressed block", compressed(), "block ends before its literals"],
    ["a block without sequences section", compressed(8, 1), "block ends before its sequences"],
    ["literals past their block", compressed(64, 1), "literals end outside their block"],
    ["too many literals", compressed(0xfd, 0xff, 0xff, 0), "block has 1048575 literals"],
    ["bytes after a block without sequences", sequences(0, 1), "block goes on after its literals"],
    ["reserved mode bits", sequences(1, 1, 1), "reserved bits"],
    ["repeated tables at first", sequences(1, 0xc0, 1), "table is repeated, but there was none"],
    ["a run-length table of no symbol", sequences(1, 0x40, 36, 1), "literal length code is 36"],
    ["an FSE accuracy over its limit", sequences(1, 0x80, 5, 1, 1), "FSE accuracy is 10, expected at most 9"],
    ["an FSE distribution cut short", sequences(1, 0x80, 0), "FSE distribution"],
    ["sequences without final bit", sequences(1, 0, 0), "no final bit"],
    ["sequences cut short", sequences(1, 0, 1), "sequences are cut short"],
    [
      "a repeated Huffman code at first",
      zstdFrame([{ literals: treeless, sequences: Uint8Array.of(0) }]),
      "Huffman code is repeated",
    ],
  ];
  for (const [name, bytes, message] of hostile) {
    it(`refuses ${name}`, () => {
      const error = errorOf(() => decompressed("zstd", bytes));
      expect(error.message).toContain(message);
      expect(error.code).toBe("compression/corrupt");
      expect(errorOf(() => decompressed("zstd", bytes, { sizes: () => 1 })).message).toBe(error.message);
    });
  }

  it("does not read frames that need a dictionary or too large a window", () => {
    const dictionary = joined(good.subarray(0, 4), Uint8Array.of(1, 0x40, 77), new Uint8Array(8));
    expect(errorOf(() => decompressed("zstd", dictionary))).toMatchObject({
      code: "compression/unsupported",
      message: "Cannot read zstd at byte 4: frame needs dictionary 77",
    });
    const frame = (windowByte: number) => zstdFrame([{ raw: text("a") }], { windowByte });
    expect(decompressed("zstd", frame(17 << 3))).toEqual(text("a"));
    expect(errorOf(() => decompressed("zstd", frame((17 << 3) | 1))).message).toContain(
      "frame window is 150994944 bytes, expected at most 134217728",
    );
    expect(errorOf(() => decompressed("zstd", frame(11 << 3), { windowLimit: 1_000_000 })).code).toBe(
      "compression/unsupported",
    );
  });

  it("calls lz4 by its name when only skippable frames came before", () => {
    const bytes = joined(skippableFrame(text("x")), Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x64));
    expect(errorOf(() => decompressed("zstd", bytes))).toMatchObject({
      code: "compression/unsupported",
      message: "Cannot read zstd at byte 9: frame is lz4, expected zstd",
    });
  });

  it("stops at the limit", () => {
    const zeros = { byte: 0, times: 100_000 };
    const frame = zstdFrame([zeros, zeros], { windowByte: 0x60 });
    expect(decompressed("zstd", frame, { limit: 200_000 }).length).toBe(200_000);
    expect(errorOf(() => decompressed("zstd", frame, { limit: 199_999 })).code).toBe("bytes/limit");
  });

  it("says when it is cut short, at every byte", () => {
    const bytes = joined(skippableFrame(text("toc")), fromBase64(REFERENCE_19).subarray(0, 600));
    for (let end = 0; end < bytes.length; end++) {
      if (end === 11) continue;
      const error = errorOf(() => decompressed("zstd", bytes.subarray(0, end)));
      expect(error).toMatchObject({ code: "compression/truncated", detail: { offset: end } });
    }
  });

  it("never decodes to something else when a bit flips under a checksum", () => {
    const reference = fromBase64(REFERENCE_19);
    const expected = textLikeBytes(5000, 31);
    for (let bit = 0; bit < reference.length * 8; bit += 3) {
      const flipped = reference.with(bit >> 3, reference[bit >> 3] ^ (1 << (bit & 7)));
      let found: Uint8Array | undefined;
      try {
        found = decompressed("zstd", flipped, { limit: 10_000_000, windowLimit: 10_000_000 });
      } catch (error) {
        expect(isCoreError(error)).toBe(true);
      }
      if (found !== undefined) expect(found).toEqual(expected);
    }
  });

  it("survives noise as a compressed block", () => {
    for (let seed = 0; seed < 500; seed++) {
      const body = randomBytes(5 + (seed % 300), seed);
      const bytes = zstdFrame([{ type: 2, size: body.length, bytes: body }], { windowByte: 0x40 });
      let size = 0;
      try {
        size = decompressed("zstd", bytes, { limit: 1_000_000 }).length;
      } catch (error) {
        expect(isCoreError(error)).toBe(true);
      }
      expect(size).toBeLessThanOrEqual(131_072);
    }
  });
});
