import { describe, expect, it } from "vitest";
import { openArchive } from "../../../core/archive/mod.ts";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import { fixtureOf, squeezed, XZ } from "../../support/squeezed.ts";

describe("a compressed archive", () => {
  it("of xz whose SHA-256 is wrong is refused for that, not for what it seems to hold", async () => {
    const bytes = squeezed(fixtureOf(XZ, "runs"));
    const at = bytes.length - 12 - 8 - 32;
    const damaged = bytes.with(at, bytes[at] ^ 0xff);
    await expect(openArchive(sourceOf(damaged), { newHasher: newSha256 })).rejects.toMatchObject({
      code: "compression/checksum",
    });
    await expect(openArchive(sourceOf(bytes), { newHasher: newSha256 })).rejects.toMatchObject({
      code: "archive/unrecognized",
    });
  });
});
