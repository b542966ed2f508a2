import { describe, expect, it } from "vitest";
import { createSealer, fromBase64Url, toBase64Url } from "../../edge/seal.ts";

const OLD = "old-old-old-old-old-old-old-old-old";
const NEW = "new-new-new-new-new-new-new-new-new";
const at = (seconds: number, ...secrets: string[]) => createSealer({ secrets, nowMs: () => seconds * 1000 });

describe("a sealed text", () => {
  it("opens to what was sealed, by the same purpose only", async () => {
    const sealer = at(100, NEW);
    const text = await sealer.seal("token", { u: "ghcr.io", t: "s3cret-ü" }, 200);
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(text).not.toContain("s3cret");
    expect(await sealer.open("token", text)).toEqual({ u: "ghcr.io", t: "s3cret-ü" });
    expect(await sealer.open("upload", text)).toBeUndefined();
  });

  it("SEC-18 ends with its time", async () => {
    const text = await at(100, NEW).seal("upload", "x", 200);
    expect(await at(199, NEW).open("upload", text)).toBe("x");
    expect(await at(200, NEW).open("upload", text)).toBeUndefined();
  });

  it("opens under an older secret, and not without it", async () => {
    const text = await at(1, OLD).seal("token", 1, 9);
    expect(await at(1, NEW, OLD).open("token", text)).toBe(1);
    expect(await at(1, NEW).open("token", text)).toBeUndefined();
  });

  it("opens nowhere else when the key is random", async () => {
    const sealer = at(1);
    const text = await sealer.seal("token", 1, 9);
    expect(await sealer.open("token", text)).toBe(1);
    expect(await at(1).open("token", text)).toBeUndefined();
  });

  it("SEC-18 does not open when a single bit of it is changed", async () => {
    const sealer = at(1, NEW);
    const bytes = fromBase64Url(await sealer.seal("token", "abc", 9)) ?? new Uint8Array();
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const forged = Uint8Array.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await sealer.open("token", toBase64Url(forged))).toBeUndefined();
    }
  });

  it.each(["", "a", "....", "aaaa".repeat(10_000), "é", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])(
    "is none of ours: %.20j",
    async (text) => {
      expect(await at(1, NEW).open("token", text)).toBeUndefined();
    },
  );
});
