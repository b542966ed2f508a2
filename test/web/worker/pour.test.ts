import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { pour } from "../../../web/worker/pour.ts";
import { randomBytes } from "../../support/random.ts";

const bytes = randomBytes(3_000_001, 9);

describe("pour", () => {
  it.each([
    ["a blob, whose stream takes a buffer", new Blob([bytes])],
    ["memory, whose stream takes none", sourceOf(bytes)],
  ])("gives all bytes in order, out of %s", async (_, source) => {
    const parts: Uint8Array[] = [];
    await pour(source, (chunk) => parts.push(chunk.slice()), {});
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it.each([new Blob([bytes]), sourceOf(bytes)])(
    "stops with the signal's reason and with what the sink throws",
    async (source) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const aborted = pour(source, () => controller.abort(reason), { signal: controller.signal });
      await expect(aborted).rejects.toBe(reason);
      const thrown = pour(
        source,
        () => {
          throw reason;
        },
        {},
      );
      await expect(thrown).rejects.toBe(reason);
    },
  );

  it("gives nothing of nothing", async () => {
    let calls = 0;
    await pour(new Blob([]), () => calls++, {});
    expect(calls).toBe(0);
  });
});
