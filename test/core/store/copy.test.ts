import { describe, expect, it } from "vitest";
import type { Source } from "../../../core/bytes/mod.ts";
import type { Digest } from "../../../core/digest/mod.ts";
import { type Descriptor, MEDIA_TYPES } from "../../../core/oci/mod.ts";
import {
  type BlobReader,
  type BlobSink,
  type CopyProgress,
  copy,
  createMemoryStore,
  type LocalStore,
  sweep,
} from "../../../core/store/mod.ts";
import { BlobSet, putBlob } from "../../support/images.ts";

const newStore = (): LocalStore => createMemoryStore({ now: () => 1000 });

/** A store that says in which order blobs became visible. */
function recorded(store: LocalStore, order: Digest[]): BlobReader & BlobSink {
  return {
    stat: (ref) => store.stat(ref),
    blob: (ref) => store.blob(ref),
    lease: (root) => store.lease(root),
    async openWriter(ref, options) {
      const writer = await store.openWriter(ref, options);
      if (writer === undefined) return undefined;
      return {
        get offset() {
          return writer.offset;
        },
        write: (chunk) => writer.write(chunk),
        abort: () => writer.abort(),
        async commit() {
          await writer.commit();
          order.push(ref.digest);
        },
      };
    },
  };
}

/** A source that breaks off once `bytes` of a blob were read, and counts what was read of it. */
function breaking(source: Source, bytes: number, count: { read: number }): Source {
  return {
    size: source.size,
    slice: (from, to) => breaking(source.slice(from, to), bytes, count),
    arrayBuffer: () => source.arrayBuffer(),
    stream() {
      const reader = source.stream().getReader();
      let left = bytes;
      return new ReadableStream(
        {
          async pull(controller) {
            const { done, value } = await reader.read();
            if (done) return controller.close();
            const part = value.subarray(0, left);
            left -= part.length;
            count.read += part.length;
            if (part.length > 0) controller.enqueue(part.slice());
            if (part.length < value.length) throw new Error("the line is cut");
          },
        },
        { highWaterMark: 0 },
      );
    },
  };
}

function sample() {
  const blobs = new BlobSet();
  const base = blobs.layer(300_000, 1);
  const [one, two] = [
    blobs.image([base, blobs.layer(200, 2)], "1"),
    blobs.image([base, blobs.layer(300, 3)], "2"),
  ];
  const inner = blobs.index([two.manifest]);
  // The shared manifest stands before the index that needs it: an order of first sight would not do.
  const root = blobs.index([one.manifest, two.manifest, inner]);
  return { blobs, base, one, two, inner, root };
}

async function stored(blobs: BlobSet): Promise<LocalStore> {
  const store = newStore();
  await blobs.into(store);
  return store;
}

describe("copy", () => {
  it("STORE-10 moves configs and layers first, each document after all that it names, the root last, then names", async () => {
    const { blobs, one, two, inner, root } = sample();
    const to = newStore();
    const order: Digest[] = [];
    let whenNamed = -1;
    const result = await copy({ from: await stored(blobs), to: recorded(to, order) }, root, {
      name: async () => {
        whenNamed = order.length;
      },
    });
    expect(order).toHaveLength(blobs.size);
    expect(whenNamed).toBe(blobs.size);
    const at = (descriptor: Descriptor): number => order.indexOf(descriptor.digest);
    expect(order.slice(5).sort()).toEqual(
      [one.manifest, two.manifest, inner, root].map((d) => d.digest).sort(),
    );
    expect(at(two.manifest)).toBeLessThan(at(inner));
    expect(at(root)).toBe(order.length - 1);
    expect(result).toMatchObject({ present: 0, left: [], problems: [] });
    expect(result.moved).toBe([...blobs.values()].reduce((sum, { length }) => sum + length, 0));
    expect(await to.leases()).toEqual([]);
  });

  it("STORE-14 moves nothing that is there", async () => {
    const { blobs, root, one } = sample();
    const from = await stored(blobs);
    const to = newStore();
    await copy({ from, to }, one.manifest);
    const order: Digest[] = [];
    const states = new Map<Digest, CopyProgress["state"]>();
    const result = await copy({ from, to: recorded(to, order) }, root, {
      onProgress: ({ descriptor, state }) => void states.set(descriptor.digest, state),
    });
    expect(order).toHaveLength(blobs.size - 4);
    expect(states.get(one.manifest.digest)).toBe("present");
    expect(result.present).toBe(300_200 + one.manifest.size + one.config.size);
    expect((await copy({ from, to }, root)).moved).toBe(0);
  });

  it("STORE-14 goes on from the bytes that had arrived, and reads no others", async () => {
    const { blobs, base, one } = sample();
    const whole = await stored(blobs);
    const to = newStore();
    const count = { read: 0 };
    const from: BlobReader = {
      stat: (ref) => whole.stat(ref),
      async blob(ref) {
        const source = await whole.blob(ref);
        return source && (ref.digest === base.digest ? breaking(source, 130_000, count) : source);
      },
    };
    const inTurn = { concurrency: 1 };
    await expect(copy({ from, to }, one.manifest, inTurn)).rejects.toThrow("the line is cut");
    expect(await to.stat(one.manifest)).toBeUndefined();
    expect(await to.partial(base.digest)).toBe(130_000);
    await expect(copy({ from, to }, one.manifest, inTurn)).rejects.toThrow("the line is cut");
    const progress: CopyProgress[] = [];
    const onProgress = (p: CopyProgress): void => void progress.push(p);
    const result = await copy({ from, to }, one.manifest, { ...inTurn, onProgress });
    expect(count.read).toBe(base.size);
    // Of three configs and layers in turn, the first had come, and the last had not been begun.
    expect(result.moved).toBe(40_000 + 200 + one.manifest.size);
    const ofBase = progress.filter(({ descriptor }) => descriptor.digest === base.digest);
    expect(ofBase[1]).toMatchObject({
      state: "copying",
      bytes: 260_000,
      resumedFrom: 260_000,
      total: 300_000,
    });
    expect(ofBase.at(-1)).toMatchObject({ state: "done", bytes: 300_000, resumedFrom: 260_000 });
  });

  it("reads a blob once more from its start when the kept part of it was wrong", async () => {
    const { blobs, base, one } = sample();
    const to = newStore();
    const writer = await to.openWriter(base);
    await writer!.write(new Uint8Array(1000));
    await writer!.abort();
    await copy({ from: await stored(blobs), to }, one.manifest);
    expect(await to.stat(base)).toBe(300_000);
  });

  it("STORE-13 leaves out absent children of an index and foreign layers that are elsewhere", async () => {
    const blobs = new BlobSet();
    const foreign = {
      ...blobs.put(new Uint8Array(9), "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
      urls: ["https://example.com/layer"],
    };
    const image = blobs.image([foreign, blobs.layer(10, 1)]);
    const other = blobs.image([blobs.layer(10, 2)], "other").manifest;
    const root = blobs.index([image.manifest, other]);
    blobs.delete(foreign.digest);
    blobs.delete(other.digest);
    const to = newStore();
    const { left } = await copy({ from: await stored(blobs), to }, root);
    expect(left.map(({ digest }) => digest)).toEqual([other.digest, foreign.digest]);
    expect(await to.stat(root)).toBe(root.size);
  });

  it("STORE-13 ends before the root is written when a layer is missing", async () => {
    const { blobs, root, base } = sample();
    blobs.delete(base.digest);
    const to = newStore();
    let named = false;
    const name = async (): Promise<void> => {
      named = true;
    };
    const copying = copy({ from: await stored(blobs), to }, root, { name });
    await expect(copying).rejects.toMatchObject({ code: "store/missing", detail: { digest: base.digest } });
    expect(await to.stat(root)).toBeUndefined();
    expect(named).toBe(false);
    await expect(copy({ from: newStore(), to }, root)).rejects.toMatchObject({ code: "store/missing" });
  });

  it("STORE-3 refuses bytes that are not what their descriptor says", async () => {
    const { blobs, base, one } = sample();
    const whole = await stored(blobs);
    const forged: BlobReader = {
      stat: (ref) => whole.stat(ref),
      blob: async (ref) =>
        ref.digest === base.digest ? new Blob([new Uint8Array(base.size)]) : whole.blob(ref),
    };
    const to = newStore();
    await expect(copy({ from: forged, to }, one.manifest)).rejects.toMatchObject({ code: "digest/mismatch" });
    expect(await to.stat(base)).toBeUndefined();
    expect(await to.partial(base.digest)).toBe(0);
    const short: BlobReader = {
      ...forged,
      blob: async (ref) => (ref.digest === base.digest ? new Blob(["short"]) : whole.blob(ref)),
    };
    await expect(copy({ from: short, to }, one.manifest)).rejects.toMatchObject({ code: "digest/mismatch" });
  });

  it("STORE-17 keeps what a broken-off copy brought from a sweep, until it is finished", async () => {
    const { blobs, base, one } = sample();
    const from = await stored(blobs);
    const to = newStore();
    const stop = new AbortController();
    const reason = new Error("enough");
    const copying = copy({ from, to }, one.manifest, {
      concurrency: 1,
      signal: stop.signal,
      onProgress: ({ descriptor, state }) => {
        if (descriptor.digest === base.digest && state === "done") stop.abort(reason);
      },
    });
    await expect(copying).rejects.toBe(reason);
    expect((await sweep(to)).removed).toEqual([]);
    expect(await to.stat(base)).toBe(base.size);
    await copy({ from, to }, one.manifest);
    expect(await to.leases()).toEqual([]);
    expect((await sweep(to)).removed).toHaveLength(4);
  });

  it("STORE-12 follows no forged manifest, and copies what it does not understand without following it", async () => {
    const blobs = new BlobSet();
    const odd = blobs.json(["no manifest"], MEDIA_TYPES.ociManifest);
    const image = blobs.image([blobs.layer(10, 1)]);
    const root = blobs.index([odd, image.manifest]);
    const to = newStore();
    const { problems } = await copy({ from: await stored(blobs), to }, root);
    expect(problems).toHaveLength(1);
    expect(await to.stat(odd)).toBe(odd.size);
    const whole = await stored(blobs);
    const forged: BlobReader = {
      stat: (ref) => whole.stat(ref),
      blob: async (ref) => (ref.digest === image.manifest.digest ? new Blob(["{}"]) : whole.blob(ref)),
    };
    await expect(copy({ from: forged, to: newStore() }, root)).rejects.toMatchObject({
      code: "digest/mismatch",
    });
  });

  it("moves leaves by the caller's own way when it has one, as many at once as it is told", async () => {
    const blobs = new BlobSet();
    const image = blobs.image(Array.from({ length: 9 }, (_, n) => blobs.layer(50, n)));
    const to = newStore();
    let [now, most] = [0, 0];
    await copy({ from: await stored(blobs), to }, image.manifest, {
      concurrency: 4,
      async move({ descriptor, source }) {
        most = Math.max(most, ++now);
        await putBlob(to, new Uint8Array(await (await source()).arrayBuffer()), descriptor.digest);
        now--;
        return "moved";
      },
    });
    expect(most).toBe(4);
    expect((await to.list()).length).toBe(blobs.size);
  });

  it("STORE-4 brings the same image once, however many copies run at the same time", async () => {
    const { blobs, root } = sample();
    const from = await stored(blobs);
    const to = newStore();
    const order: Digest[] = [];
    const results = await Promise.all(
      Array.from({ length: 5 }, () => copy({ from, to: recorded(to, order) }, root)),
    );
    expect(order).toHaveLength(blobs.size);
    const total = [...blobs.values()].reduce((sum, { length }) => sum + length, 0);
    expect(results.reduce((sum, { moved }) => sum + moved, 0)).toBe(total);
  });
});
