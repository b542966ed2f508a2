/** STORE-1 to STORE-7. */
import { sha256Digest } from "../../core/digest/mod.ts";
import { CHUNKINGS, chunked } from "../support/chunkings.ts";
import { putBlob } from "../support/images.ts";
import { randomBytes, seeded } from "../support/random.ts";
import { fails, holds, rejection, same } from "./expectation.ts";
import { BYTES, DIGEST, isAbsent, isWhole, open, REF, type StoreCase } from "./store-case.ts";

/** STORE-1 to STORE-7. */
export const blobCases: readonly StoreCase[] = [
  ...CHUNKINGS.map(
    (chunking): StoreCase => ({
      title: `STORE-1 a blob written ${chunking.name} is invisible until it is committed and whole afterwards`,
      async run({ here, there }) {
        // One transaction per write would make byte by byte slow where every write is stored: few bytes show the same.
        const bytes = chunking.name === "byte by byte" ? BYTES.subarray(0, 200) : BYTES;
        const digest = sha256Digest(bytes);
        const writer = await open(here, { digest, size: bytes.length });
        for (const chunk of chunked(bytes, chunking.next())) {
          const lent = chunk.slice();
          await writer.write(lent);
          lent.fill(0);
        }
        await isAbsent(here, digest);
        await isAbsent(there, digest);
        await writer.commit();
        await isWhole(here, digest, bytes);
        await isWhole(there, digest, bytes);
        same(await here.list(), [{ digest, size: bytes.length }], "list");
        same(await here.partials(), [], "unfinished");
      },
    }),
  ),
  {
    title: "STORE-1 a blob whose size was not announced is checked by its digest",
    async run({ here }) {
      const writer = await open(here, { digest: DIGEST });
      await writer.write(BYTES);
      await writer.commit();
      await isWhole(here, DIGEST, BYTES);
    },
  },
  {
    title: "STORE-1 a slice of a blob is that part of its bytes",
    async run({ here }) {
      await putBlob(here, BYTES);
      const source = await here.blob({ digest: DIGEST });
      const part = new Uint8Array(await source!.slice(1234, -7).arrayBuffer());
      same([...part], BYTES.slice(1234, -7), "part");
    },
  },
  {
    title: "STORE-2 bytes that were aborted anywhere stay and are gone on from, however often",
    async run({ here, there }) {
      const random = seeded(3);
      let at = 0;
      for (let round = 0; round < 12; round++) {
        const writer = await open(round % 2 === 0 ? here : there);
        same(writer.offset, at, "offset on opening");
        const to = Math.min(BYTES.length, at + Math.floor(random() * 700));
        for (const chunk of chunked(BYTES.subarray(at, to), () => 1 + Math.floor(random() * 300)))
          await writer.write(chunk);
        at = to;
        same(writer.offset, at, "offset after writing");
        await writer.abort();
        await writer.abort();
        same(await there.partial(DIGEST), at, "kept");
        await isAbsent(here, DIGEST);
      }
      const writer = await open(here);
      await writer.write(BYTES.subarray(at));
      await writer.commit();
      await isWhole(there, DIGEST, BYTES);
      same(await here.partial(DIGEST), 0, "kept after the end");
    },
  },
  {
    title: "STORE-2 a complete blob that was never committed is gone on from at its end",
    async run({ here, there }) {
      const first = await open(here);
      await first.write(BYTES);
      await first.abort();
      const second = await open(there);
      same(second.offset, BYTES.length, "offset");
      await second.commit();
      await isWhole(here, DIGEST, BYTES);
    },
  },
  {
    title: "STORE-2 an unfinished blob is listed with its bytes and dropped when discarded",
    async run({ here }) {
      const writer = await open(here);
      await writer.write(BYTES.subarray(0, 100));
      same(await here.discard(DIGEST), false, "discarded under a writer");
      await writer.abort();
      same(
        (await here.partials()).map(({ digest, offset }) => ({ digest, offset })),
        [{ digest: DIGEST, offset: 100 }],
        "unfinished",
      );
      same(await here.discard(DIGEST), true, "discarded");
      same(await here.discard(DIGEST), false, "discarded again");
      same(await here.partials(), [], "unfinished");
      const again = await open(here);
      same(again.offset, 0, "offset");
      await again.abort();
    },
  },
  {
    title: "STORE-3 bytes of another digest leave nothing",
    async run({ here }) {
      const wrong = BYTES.slice();
      wrong[4000] ^= 1;
      const writer = await open(here);
      await writer.write(wrong);
      await fails("digest/mismatch", () => writer.commit());
      await isAbsent(here, DIGEST);
      same(await here.partial(DIGEST), 0, "kept");
      await putBlob(here, BYTES);
      await isWhole(here, DIGEST, BYTES);
    },
  },
  {
    title: "STORE-3 wrong bytes kept from before leave nothing once they are found out",
    async run({ here }) {
      const first = await open(here);
      await first.write(randomBytes(1000, 5));
      await first.abort();
      const second = await open(here);
      await second.write(BYTES.subarray(1000));
      await fails("digest/mismatch", () => second.commit());
      same(await here.partial(DIGEST), 0, "kept");
      await isAbsent(here, DIGEST);
    },
  },
  {
    title: "STORE-3 fewer bytes than announced leave nothing",
    async run({ here }) {
      const writer = await open(here, { digest: DIGEST, size: BYTES.length + 1 });
      await writer.write(BYTES);
      await fails("digest/mismatch", () => writer.commit());
      await isAbsent(here, DIGEST);
      same(await here.partial(DIGEST), 0, "kept");
    },
  },
  {
    title: "STORE-3 more bytes than announced fail at the write that brings them, and leave nothing",
    async run({ here }) {
      const writer = await open(here, { digest: DIGEST, size: 4999 });
      await writer.write(BYTES.subarray(0, 4999));
      await fails("digest/mismatch", () => writer.write(BYTES.subarray(4999)));
      holds((await rejection(() => writer.commit())) instanceof TypeError, "the writer has ended");
      await writer.abort();
      same(await here.partial(DIGEST), 0, "kept");
      await isAbsent(here, DIGEST);
    },
  },
  {
    title: "STORE-3 more kept bytes than are announced later are dropped",
    async run({ here }) {
      const first = await open(here, { digest: DIGEST });
      await first.write(randomBytes(6000, 5));
      await first.abort();
      const second = await open(here);
      same(second.offset, 0, "offset");
      await second.write(BYTES);
      await second.commit();
      await isWhole(here, DIGEST, BYTES);
      same(await here.partials(), [], "unfinished");
    },
  },
  {
    title: "STORE-4 a second writer waits for the first and finds the blob there",
    async run({ here, there }) {
      const first = await open(here);
      const second = there.openWriter(REF);
      await first.write(BYTES);
      await first.commit();
      same(await second, undefined, "second writer");
      same(await there.openWriter(REF), undefined, "third writer");
      same(await here.list(), [{ digest: DIGEST, size: BYTES.length }], "list");
    },
  },
  {
    title: "STORE-4 a second writer goes on where the first one stopped",
    async run({ here, there }) {
      const first = await open(here);
      const waiting = there.openWriter(REF);
      await first.write(BYTES.subarray(0, 1500));
      await first.abort();
      const second = await waiting;
      same(second?.offset, 1500, "offset");
      await second!.write(BYTES.subarray(1500));
      await second!.commit();
      await isWhole(here, DIGEST, BYTES);
    },
  },
  {
    title: "STORE-4 of twenty writers at once one writes and nineteen find it there",
    async run({ here, there }) {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async (_, n) => {
          const writer = await (n % 2 === 0 ? here : there).openWriter(REF);
          if (writer === undefined) return "there";
          await writer.write(BYTES);
          await writer.commit();
          return "written";
        }),
      );
      same(outcomes.filter((outcome) => outcome === "written").length, 1, "writers that wrote");
      await isWhole(here, DIGEST, BYTES);
    },
  },
  {
    title: "STORE-4 waiting for a writer ends with the signal's reason",
    async run({ here, there }) {
      const first = await open(here);
      const stop = new AbortController();
      const waiting = rejection(() => there.openWriter(REF, { signal: stop.signal }));
      const reason = new Error("enough");
      stop.abort(reason);
      holds((await waiting) === reason, "the reason comes through");
      await first.abort();
      const next = await open(there);
      await next.abort();
    },
  },
  {
    title: "STORE-4 writers of different digests do not wait for each other",
    async run({ here, there }) {
      const first = await open(here);
      await putBlob(there, BYTES.slice(1));
      await first.abort();
    },
  },
  {
    title: "STORE-5 a digest that cannot be checked is refused",
    async run({ here }) {
      await fails("store/unverifiable", () => here.openWriter({ digest: `sha512:${"0".repeat(128)}` }));
      await fails("digest/invalid", () => here.openWriter({ digest: "sha256:short" }));
    },
  },
  {
    title: "STORE-6 an empty blob is stored like any other",
    async run({ here, there }) {
      const empty = new Uint8Array(0);
      const digest = sha256Digest(empty);
      const writer = await open(here, { digest, size: 0 });
      await writer.write(empty);
      await writer.commit();
      await isWhole(there, digest, empty);
      same(await there.remove([digest]), [{ digest, size: 0 }], "removed");
      await isAbsent(here, digest);
    },
  },
  {
    title: "STORE-7 a removed blob is gone for everybody and can be written again",
    async run({ here, there }) {
      const other = await putBlob(here, BYTES.slice(9));
      await putBlob(here, BYTES);
      same(await there.remove([DIGEST, DIGEST, sha256Digest(new Uint8Array(1))]), [
        { digest: DIGEST, size: 5000 },
      ]);
      await isAbsent(here, DIGEST);
      same(
        (await here.list()).map(({ digest }) => digest),
        [other],
        "list",
      );
      await putBlob(here, BYTES);
      await isWhole(there, DIGEST, BYTES);
    },
  },
];
