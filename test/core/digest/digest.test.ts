import { describe, expect, it } from "vitest";
import { chainIDs, type Digest, isDigest, parseDigest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";

const HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function failure(run: () => void): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("no error was thrown");
}

describe("digest", () => {
  const valid: [text: string, algorithm: string, encoded: string][] = [
    [`sha256:${HEX}`, "sha256", HEX],
    [`sha512:${HEX}${HEX}`, "sha512", HEX + HEX],
    [`blake3:${HEX}`, "blake3", HEX],
    ["sha384:zz", "sha384", "zz"],
    ["multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8", "multihash+base58", ""],
    ["sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564=", "sha256+b64u", ""],
    ["a.b_c-d+e:A", "a.b_c-d+e", "A"],
  ];
  for (const [text, algorithm, encoded] of valid) {
    it(`parses ${text.slice(0, 40)}`, () => {
      const parsed = parseDigest(text);
      expect(parsed.algorithm).toBe(algorithm);
      if (encoded !== "") expect(parsed.encoded).toBe(encoded);
      expect(`${parsed.algorithm}:${parsed.encoded}`).toBe(text);
      expect(isDigest(text)).toBe(true);
    });
  }

  const invalid: [text: string, why: RegExp][] = [
    ["", /no colon/],
    ["sha256", /no colon/],
    [HEX, /no colon/],
    ["sha256:", /0 digits after the colon, expected 64/],
    [`:${HEX}`, /algorithm is ""/],
    [`sha256:${HEX.slice(1)}`, /63 digits after the colon, expected 64/],
    [`sha256:${HEX}0`, /65 digits/],
    [`sha256:${HEX.toUpperCase()}`, /not lower-case hex/],
    [`sha256:${HEX.slice(1)}g`, /not lower-case hex/],
    [`sha256:${HEX}\n`, /65 digits/],
    [`sha256:${HEX.slice(1)}\n`, /not lower-case hex/],
    [`SHA256:${HEX}`, /algorithm is "SHA256"/],
    [` sha256:${HEX}`, /algorithm is " sha256"/],
    [`sha256:sha256:${HEX}`, /71 digits/],
    [`sha512:${HEX}`, /64 digits after the colon, expected 128/],
    ["sha+:aa", /algorithm is "sha\+"/],
    ["a++b:aa", /algorithm/],
    ["other:", /malformed/],
    ["other:a/b", /malformed/],
    ["other:../../etc", /malformed/],
    ["other:a:b", /malformed/],
    [`other:${"a".repeat(2000)}`, /2006 characters/],
    [`${"a-".repeat(1_000_000)}:aa`, /characters/],
  ];
  for (const [text, why] of invalid) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(isDigest(text)).toBe(false);
      const error = failure(() => parseDigest(text));
      expect(isCoreError(error, "digest/invalid")).toBe(true);
      expect(error.message).toMatch(/^Cannot parse digest "/);
      expect(error.message).toMatch(why);
      expect(error.message.length).toBeLessThan(2000);
    });
  }
});

describe("chain IDs", () => {
  const digests = (...hex: string[]): Digest[] => hex.map((digits): Digest => `sha256:${digits}`);
  const diffIDs = digests(
    "a29ce38b7446ff77046dc410b127a46698fb39d857c58c7247d07b0e828b91ba",
    "61c476771877f3f166d7dab99e26d092854bc2dbadd2c346beb5117e1c55cc76",
    "0bf96ed1141c313e281d29fc362992a02b22c851a90e3d0ba8ea47ea9d6319e6",
    "07ef508ffffcd824ad7fb413b2d7efc09da429ae1bed2be162db1ecd628a9906",
    "a300754f7009de29a47c17c6b90ff65d57a65ee01611fe803e768507bd5683c8",
  );
  const chain = digests(
    "a29ce38b7446ff77046dc410b127a46698fb39d857c58c7247d07b0e828b91ba",
    "da557ab7916b28d6db37effeca3c800f0c9734e9d5d26821942a853681f20ef7",
    "b9798d807ad9ca43231e56342e550d10a7cee5775da817300a45f46a00fdce5c",
    "2df55f9237ce974f1ddf5f3df1357b85a6eb0a44306c84fb952f8d165462d34d",
    "d9683918fe8c81a230f299ff23a9ad095f10bf4f25822cc73d2508faab460cb0",
  );

  it("fold each diff ID into those below it, base first", () => {
    expect(chainIDs(diffIDs)).toEqual(chain);
  });

  it("of the lower layers do not depend on those above", () => {
    for (let count = 0; count <= diffIDs.length; count++) {
      expect(chainIDs(diffIDs.slice(0, count))).toEqual(chain.slice(0, count));
    }
  });
});
