import { describe, expect, it } from "vitest";
import { type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { composeTar, entryAt, readTable, TarDecoder, type TarMember } from "../../../core/tar/mod.ts";
import { countingSource, piecesAt } from "../../support/counting-source.ts";
import { block, cat, END, member, pax, record } from "../../support/tar.ts";

const MIB = 1_048_576;

/** An archive of files of `sizes`, contents zeros that are made as they are read. */
function sparseArchive(sizes: readonly number[]): ReturnType<typeof countingSource> {
  let at = 0;
  const pieces = sizes.map((size, index) => {
    const header = { at, bytes: block({ name: `file-${index}`, size }) };
    at += 512 + Math.ceil(size / 512) * 512;
    return header;
  });
  return countingSource(at + 1024, piecesAt(pieces));
}

describe("readTable", () => {
  it("TAR-27 lists 2 GB of twenty large members by reading kilobytes", async () => {
    const source = sparseArchive(Array.from({ length: 20 }, () => 100 * MIB));
    const table = await readTable(source);
    expect(table.count).toBe(20);
    expect(source.reads.length).toBeLessThanOrEqual(21);
    expect(source.total).toBeLessThan(400 * 1024);
  });

  it("TAR-27 reads small members in windows of megabytes, the next one read ahead", async () => {
    const source = sparseArchive(Array.from({ length: 20_000 }, (_, i) => (i % 7) * 300));
    const table = await readTable(source);
    expect(table.count).toBe(20_000);
    expect(source.reads.length).toBeLessThan(20);
    expect(source.total).toBe(source.size);
    expect(source.most).toBe(2);
    for (const { from, to } of source.reads) expect(to - from).toBeLessThanOrEqual(4 * MIB);
  });

  it("TAR-27 goes over from small members to large ones and back", async () => {
    const small = Array.from({ length: 3000 }, () => 700);
    const source = sparseArchive([...small, 500 * MIB, ...small, 300 * MIB, 300 * MIB, ...small]);
    const table = await readTable(source);
    expect(table.count).toBe(9003);
    expect(entryAt(table, 9002)).toMatchObject({ path: "file-9002", size: 700 });
    // Three runs of 4.4 MiB; where a large member ends one, the rest of a window and the one read ahead are in vain.
    expect(source.total).toBeLessThan(3 * 4.4 * MIB + 2 * 8 * MIB);
    expect(source.reads.length).toBeLessThan(40);
  });

  it("hops where the caller says", async () => {
    const sizes = Array.from({ length: 50 }, () => 100_000);
    const [near, far] = [sparseArchive(sizes), sparseArchive(sizes)];
    expect(await readTable(near, { hop: 50_000 })).toEqual(await readTable(far));
    expect(near.total).toBeLessThan(far.total / 4);
  });

  it("hops where the source says that a request costs little", async () => {
    const source = sparseArchive([40_000, 40_000, 40_000, 40_000]);
    await readTable(source);
    const through = source.total;
    const cheap = sparseArchive([40_000, 40_000, 40_000, 40_000]);
    await readTable({ ...cheap, requestCost: 4096 });
    expect(cheap.total).toBeLessThan(through / 2);
  });

  it("says how far it is and what it has read, in order", async () => {
    const source = sparseArchive([10, 3 * MIB, 20]);
    const positions: number[] = [];
    let end = 0;
    await readTable(source, {
      onProgress: (position) => positions.push(position),
      onRead: (bytes, offset) => {
        expect(offset).toBeGreaterThanOrEqual(end);
        end = offset + bytes.length;
      },
    });
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(positions.at(-1)).toBe(source.size);
  });

  it("gives what the decoder gives for the same bytes", async () => {
    const members: TarMember[] = Array.from({ length: 300 }, (_, i) => ({
      entry: { path: `${"d/".repeat(i % 90)}file-${i}`, type: "file", mtime: i / 4 },
      content: sourceOf(new Uint8Array(i * 37)),
    }));
    const bytes = new Uint8Array(await new Blob(await parts(members)).arrayBuffer());
    const decoder = new TarDecoder();
    decoder.push(bytes);
    decoder.end();
    expect(await readTable(sourceOf(bytes))).toEqual(decoder.table());
    expect(await readTable(new Blob([bytes]))).toEqual(decoder.table());
  });

  it("TAR-23 refuses an archive that ends in content, at any size of it", async () => {
    for (const size of [1000, 3 * MIB]) {
      const decoder = new TarDecoder();
      const source = sourceOf(cat(member({ name: "a" }, "x"), block({ name: "b", size })));
      const failure = await readTable(source, { decoder }).catch((error: unknown) => error);
      expect(isCoreError(failure, "tar/truncated") && failure.detail).toMatchObject({
        offset: 1024,
        end: 1536,
        missing: size,
      });
      expect(decoder.table().count).toBe(2);
    }
  });

  it("TAR-21 accepts an archive that ends in padding", async () => {
    const whole = cat(member({ name: "a" }, new Uint8Array(MIB + 1)));
    expect((await readTable(sourceOf(whole.subarray(0, 512 + MIB + 1)))).count).toBe(1);
  });

  it("stops reading at the end mark", async () => {
    const source = countingSource(50 * MIB, piecesAt([{ at: 0, bytes: block({ name: "a" }) }]));
    expect((await readTable(source)).count).toBe(1);
    expect(source.total).toBeLessThan(100_000);
  });

  it("TAR-24 leaves the entries before a fault in the caller's decoder", async () => {
    const bad = cat(block({ name: "a" }), pax(record("uid", "x")), END);
    const decoder = new TarDecoder();
    await expect(readTable(sourceOf(bad), { decoder })).rejects.toMatchObject({
      code: "tar/pax",
      detail: { offset: 1024 },
    });
    expect(decoder.table().count).toBe(1);
  });

  it("rejects with the reason of an abort", async () => {
    const controller = new AbortController();
    const source = sparseArchive([2 * MIB, 2 * MIB, 2 * MIB]);
    const reason = new Error("enough");
    const reading = readTable(source, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(reading).rejects.toBe(reason);
    expect(source.reads).toHaveLength(1);
  });

  it("rejects with what a read ahead failed with, however early that was", async () => {
    const source = sparseArchive(Array.from({ length: 20_000 }, () => 300));
    const gone = new Error("the file is gone");
    const failing: Source = {
      ...source,
      size: source.size,
      slice: (from = 0, to) => ({
        ...source.slice(from, to),
        async arrayBuffer() {
          if (from > 4 * MIB) throw gone;
          // Time enough for the read ahead to fail, and for the runtime to see that nobody has taken note.
          for (let turn = 0; turn < 20; turn++) await new Blob([new Uint8Array(9)]).arrayBuffer();
          return source.slice(from, to).arrayBuffer();
        },
      }),
    };
    // That nothing is left unhandled is what Vitest sees to.
    await expect(readTable(failing)).rejects.toBe(gone);
  });
});

/** The parts of an archive as a Blob takes them. */
function parts(members: readonly TarMember[]): Promise<BlobPart[]> {
  return Promise.all(
    composeTar(members).parts.map(async (part) => (part instanceof Uint8Array ? part : part.arrayBuffer())),
  );
}
