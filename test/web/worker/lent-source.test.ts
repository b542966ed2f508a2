import { describe, expect, it } from "vitest";
import { type Bytes, type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { borrowedSource, lendSource } from "../../../web/worker/lent-source.ts";
import { randomBytes } from "../../support/random.ts";

const BYTES = randomBytes(1_300_000, 7);

async function read(source: Source): Promise<Bytes> {
  return new Uint8Array(await new Response(source.stream()).arrayBuffer());
}

describe("a source lent to another worker", () => {
  it("gives the same bytes, whole and in parts", async () => {
    const { lent, end } = lendSource(sourceOf(BYTES));
    const there = borrowedSource(lent);
    expect(there.size).toBe(BYTES.length);
    expect(await read(there)).toEqual(BYTES);
    expect(await read(there.slice(100, 700_000).slice(5, -5))).toEqual(BYTES.slice(105, 699_995));
    expect(new Uint8Array(await there.slice(-10).arrayBuffer())).toEqual(BYTES.slice(-10));
    end();
  });

  it("is read no further than somebody asks", async () => {
    let pulled = 0;
    let cancelled = false;
    const endless: Source = {
      ...sourceOf(BYTES),
      size: 100_000_000,
      stream: () =>
        new ReadableStream<Bytes>(
          {
            pull(controller) {
              pulled += 600_000;
              controller.enqueue(new Uint8Array(600_000));
            },
            cancel() {
              cancelled = true;
            },
          },
          { highWaterMark: 0 },
        ),
    };
    const { lent, end } = lendSource(endless);
    const reader = borrowedSource(lent).stream().getReader();
    await reader.read();
    await reader.read();
    expect(pulled).toBeLessThanOrEqual(1_800_000);
    await reader.cancel();
    expect(cancelled).toBe(true);
    end();
  });

  it("fails with what the reading fails with", async () => {
    const broken: Source = {
      ...sourceOf(BYTES),
      stream: () =>
        new ReadableStream<Bytes>({
          pull(controller) {
            controller.error(new CoreError("registry/unreachable", "Cannot reach it"));
          },
        }),
    };
    const { lent, end } = lendSource(broken);
    const reader = borrowedSource(lent).stream().getReader();
    await expect(reader.read()).rejects.toMatchObject({ code: "registry/unreachable" });
    end();
  });
});
