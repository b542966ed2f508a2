import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { createMemoryStore } from "../../../core/store/mod.ts";
import { moveLayerOnce } from "../../../web/worker/move-layer.ts";
import { tarOf } from "../../support/archives.ts";
import { randomBytes } from "../../support/random.ts";

const PLAIN = await tarOf([["file", randomBytes(100_000, 5)]]);
const DIGEST = sha256Digest(PLAIN);
const DESCRIPTOR = {
  mediaType: "application/vnd.oci.image.layer.v1.tar",
  digest: DIGEST,
  size: PLAIN.length,
};

/** A store, and moves of the layer into it that count the hashers they take beside the store's. */
function shelf() {
  const to = createMemoryStore({ now: () => 0, newHasher: newSha256 });
  let hashers = 0;
  const newHasher = () => {
    hashers++;
    return newSha256();
  };
  const move = (bytes: Uint8Array<ArrayBuffer>) =>
    moveLayerOnce({ descriptor: DESCRIPTOR, diffID: DIGEST, source: sourceOf(bytes), to, newHasher });
  return { to, move, hashers: () => hashers };
}

/** The layer with a byte of its file's first half changed. */
function altered(at: number): Uint8Array<ArrayBuffer> {
  const bytes = PLAIN.slice();
  bytes[at] ^= 1;
  return bytes;
}

describe("a plain layer", () => {
  it("is hashed by the store's writer alone, and its scan is complete", async () => {
    const { to, move, hashers } = shelf();
    const { blobDigest, diffID, table, size } = await move(PLAIN);
    expect({ blobDigest, diffID, size, count: table.count }).toEqual({
      blobDigest: DIGEST,
      diffID: DIGEST,
      size: PLAIN.length,
      count: 1,
    });
    expect(await to.stat({ digest: DIGEST })).toBe(PLAIN.length);
    expect(hashers()).toBe(0);
  });

  it("is refused when its bytes are others, and nothing is kept", async () => {
    const { to, move } = shelf();
    await expect(move(altered(1000))).rejects.toMatchObject({
      code: "digest/mismatch",
      detail: { expected: DIGEST },
    });
    expect(await to.stat({ digest: DIGEST })).toBeUndefined();
    expect(await to.partials()).toEqual([]);
  });

  it("is hashed whole when it goes on from kept bytes: what the scan reads there, no writer has seen", async () => {
    const { to, move, hashers } = shelf();
    const writer = await to.openWriter(DESCRIPTOR);
    await writer!.write(PLAIN.subarray(0, 50_000));
    await writer!.abort();
    await expect(move(altered(1000))).rejects.toMatchObject({ code: "digest/mismatch" });
    expect((await move(PLAIN)).blobDigest).toBe(DIGEST);
    expect(hashers()).toBeGreaterThan(0);
  });

  it("is hashed when it is there already: the source may be something else", async () => {
    const { move } = shelf();
    await move(PLAIN);
    await expect(move(altered(1000))).rejects.toMatchObject({ code: "digest/mismatch" });
    expect((await move(PLAIN)).table.count).toBe(1);
  });
});
