import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readBody } from "../../edge/read-body.ts";
import { piecesOf } from "../support/fake-upstream.ts";
import { randomBytes } from "../support/random.ts";

const BYTES = randomBytes(5000, 9);
const gzip = { "content-encoding": "gzip" };

describe("a body that is read whole", () => {
  it.each([1, 511, 512, 513, 5000])("is put together from pieces of %i bytes", async (piece) => {
    expect(await readBody(new Response(piecesOf(BYTES, piece)), 5000)).toEqual(BYTES);
    expect(await readBody(new Response(null), 0)).toEqual(new Uint8Array());
  });

  it("is not read when it is too large", async () => {
    expect(await readBody(new Response(piecesOf(BYTES, 100)), 4999)).toBeUndefined();
  });

  it("B5 is unpacked when it came as gzip and the runtime has not unpacked it", async () => {
    const packed = new Uint8Array(gzipSync(BYTES));
    expect(await readBody(new Response(packed, { headers: gzip }), 6000)).toEqual(BYTES);
    // As Node's fetch gives it.
    expect(await readBody(new Response(BYTES, { headers: gzip }), 6000)).toEqual(BYTES);
    // One that is gzip itself.
    expect(await readBody(new Response(packed), 6000)).toEqual(packed);
  });

  it("B5 is unpacked to its limit only", async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(10_000_000)));
    expect(await readBody(new Response(bomb, { headers: gzip }), 20_000)).toBeUndefined();
  });

  it("fails when it breaks off, packed or not", async () => {
    await expect(readBody(new Response(piecesOf(BYTES, 100, 2000)), 5000)).rejects.toThrow("broke off");
    const cut = new Uint8Array(gzipSync(BYTES)).slice(0, 1000);
    await expect(readBody(new Response(cut, { headers: gzip }), 5000)).rejects.toThrow("broke off");
  });
});
