import { describe, expect, it } from "vitest";
import { chunksOf, Feed } from "../../../web/worker/feed.ts";

const KIB = 1024;

describe("a feed", () => {
  it("joins small chunks and gives all bytes in order", async () => {
    async function* small(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 900; i++) yield new Uint8Array(KIB).fill(i % 251);
    }
    const feed = new Feed(small());
    const first = await feed.next();
    const second = await feed.next();
    expect([first?.length, second?.length, await feed.next(), await feed.next()]).toEqual([
      512 * KIB,
      388 * KIB,
      undefined,
      undefined,
    ]);
    expect(second![0]).toBe(512 % 251);
  });

  it("makes at most one chunk that nobody asked for, and stops when cancelled", async () => {
    let made = 0;
    let stopped = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          made++;
          yield new Uint8Array(512 * KIB);
        }
      } finally {
        stopped = true;
      }
    }
    const feed = new Feed(endless());
    await feed.next();
    await feed.cancel();
    expect(made).toBe(2);
    expect(stopped).toBe(true);
  });

  it("tells a failure when its chunk is asked for, after what came before it", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(600 * KIB);
      throw new Error("gone");
    }
    const feed = new Feed(failing());
    expect((await feed.next())?.length).toBe(600 * KIB);
    await expect(feed.next()).rejects.toThrow("gone");
  });
});

describe("chunksOf", () => {
  it("cancels the stream when the caller stops early", async () => {
    let reason: unknown = "still open";
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(3)),
      cancel: (value) => {
        reason = value;
      },
    });
    for await (const chunk of chunksOf(stream)) {
      expect(chunk.length).toBe(3);
      break;
    }
    expect(reason).toBe(undefined);
  });
});
