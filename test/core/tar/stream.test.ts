import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { readEntries } from "../../../core/tar/mod.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import { drainedText } from "../../support/drained.ts";
import { block, cat, END, GNU, member, pax, record } from "../../support/tar.ts";

const archive = cat(
  member({ name: "a" }, "first".repeat(300)),
  block({ name: "d/", type: "5", size: 99 }),
  pax(record("path", "long/".repeat(60))),
  member({ name: "b" }, ""),
  member({ name: "././@LongLink", type: "L", magic: GNU }, "c".repeat(600)),
  member({ name: "c" }, "last"),
  END,
);

/** A stream of `bytes` in chunks of `sizes`, which says when it was cancelled. */
function streamed(
  bytes: Uint8Array,
  sizes: () => number,
): { readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>; cancelled: boolean; given: number } {
  const chunks = chunked(bytes, sizes);
  const state = {
    cancelled: false,
    given: 0,
    stream: new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          const { done, value } = chunks.next();
          if (done) controller.close();
          else {
            state.given += value.length;
            controller.enqueue(value.slice());
          }
        },
        cancel() {
          state.cancelled = true;
        },
      },
      { highWaterMark: 0 },
    ),
  };
  return state;
}

describe("readEntries", () => {
  it.each(CHUNKINGS)("gives entries and contents $name", async ({ next }) => {
    const found: [string, string][] = [];
    for await (const { entry, content } of readEntries(streamed(archive, next()).stream)) {
      found.push([entry.path, await drainedText(content)]);
    }
    expect(found).toEqual([
      ["a", "first".repeat(300)],
      ["d/", ""],
      ["long/".repeat(60), ""],
      ["c".repeat(600), "last"],
    ]);
  });

  it.each(CHUNKINGS)("skips what is left unread $name", async ({ next }) => {
    const found: string[] = [];
    for await (const { entry, content } of readEntries(streamed(archive, next()).stream)) {
      found.push(entry.path);
      if (entry.path === "a") {
        const reader = content.getReader();
        await reader.read();
        reader.releaseLock();
      }
    }
    expect(found).toHaveLength(4);
  });

  it("reads a source, and no further than its end mark", async () => {
    const state = streamed(cat(archive, new Uint8Array(5_000_000)), () => 1000);
    const paths: string[] = [];
    for await (const { entry } of readEntries(state.stream)) paths.push(entry.path);
    expect(paths).toHaveLength(4);
    expect(state).toMatchObject({ cancelled: true });
    expect(state.given).toBeLessThan(archive.length + 1000);
    const again: string[] = [];
    for await (const { entry } of readEntries(sourceOf(archive))) again.push(entry.path);
    expect(again).toEqual(paths);
  });

  it("cancels the stream when the caller leaves, having read no further than needed", async () => {
    const state = streamed(archive, () => 512);
    for await (const { entry } of readEntries(state.stream)) {
      expect(entry.path).toBe("a");
      break;
    }
    expect(state).toMatchObject({ cancelled: true, given: 512 });
  });

  it("refuses to read the content of an entry that has been passed", async () => {
    const contents: ReadableStream<Uint8Array>[] = [];
    for await (const { content } of readEntries(sourceOf(archive))) contents.push(content);
    await expect(drainedText(contents[0])).rejects.toThrow(TypeError);
  });

  it("TAR-23 fails the content that the archive does not hold", async () => {
    const entries = readEntries(streamed(archive.subarray(0, 1000), () => 100).stream);
    const { value } = await entries.next();
    await expect(drainedText(value!.content)).rejects.toMatchObject({ code: "tar/truncated" });
    await expect(entries.next()).rejects.toMatchObject({ code: "tar/truncated" });
  });

  it("rejects with the reason of an abort", async () => {
    const controller = new AbortController();
    const state = streamed(archive, () => 256);
    const entries = readEntries(state.stream, { signal: controller.signal });
    await entries.next();
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(entries.next()).rejects.toBe(reason);
    expect(state.cancelled).toBe(true);
  });
});
