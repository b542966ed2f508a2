/** What every local store must do: see core/store/RULES.md. Runs without a test framework, so that a page can run it on its own database. */
import type { Source } from "../../core/bytes/mod.ts";
import { type Digest, sha256Digest } from "../../core/digest/mod.ts";
import {
  type BlobWriter,
  editTable,
  type ImageRecord,
  type LocalStore,
  type NameRecord,
  sweep,
  type TableChange,
} from "../../core/store/mod.ts";
import { CHUNKINGS, chunked } from "../support/chunkings.ts";
import { BlobSet, putBlob } from "../support/images.ts";
import { randomBytes, seeded } from "../support/random.ts";
import { fails, holds, rejection, same } from "./expectation.ts";

/** A fresh store as two tabs see it. A store without tabs is both. */
export interface TwoTabs {
  readonly here: LocalStore;
  readonly there: LocalStore;
}

/** One fact about stores; the title begins with the rule. */
export interface StoreCase {
  readonly title: string;
  readonly run: (tabs: TwoTabs) => Promise<void>;
}

const BYTES = randomBytes(5000, 11);
const DIGEST = sha256Digest(BYTES);
const REF = { digest: DIGEST, size: BYTES.length };

async function open(store: LocalStore, ref: { digest: Digest; size?: number } = REF): Promise<BlobWriter> {
  const writer = await store.openWriter(ref);
  holds(writer !== undefined, "the blob is not there yet");
  return writer;
}

async function isWhole(store: LocalStore, digest: Digest, bytes: Uint8Array): Promise<void> {
  same(await store.stat({ digest }), bytes.length, "size");
  const source = await store.blob({ digest });
  holds(source !== undefined, "the blob is there");
  same(source.size, bytes.length, "size of the source");
  same(await hashOf(source), digest, "digest of the source");
}

const hashOf = async (source: Source): Promise<Digest> =>
  sha256Digest(new Uint8Array(await source.arrayBuffer()));

async function isAbsent(store: LocalStore, digest: Digest): Promise<void> {
  same(await store.stat({ digest }), undefined, "stat");
  same(await store.blob({ digest }), undefined, "blob");
  same(
    (await store.list()).some((blob) => blob.digest === digest),
    false,
    "listed",
  );
}

const name = (text: string, image: ImageRecord): NameRecord => ({
  name: text,
  target: image.target,
  image: image.id,
});
const setName = (record: NameRecord): TableChange => ({ kind: "name", name: record.name, record });
const setImage = (record: ImageRecord): TableChange => ({ kind: "image", id: record.id, record });

function imageRecord(seed: number): ImageRecord {
  const bytes = randomBytes(8, seed);
  const digest = sha256Digest(bytes);
  return { id: digest, target: { mediaType: "application/octet-stream", digest, size: 8 } };
}

export const storeContract: readonly StoreCase[] = [
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
  {
    title: "STORE-8 changes of the table happen all or not at all",
    async run({ here, there }) {
      const [a, b] = [imageRecord(1), imageRecord(2)];
      same(await here.table.change([setImage(a), setName(name("docker.io/library/a:1", a))]), true);
      const lost = setName(name("docker.io/library/b:1", b));
      const error = await rejection(() => here.table.change([setImage(a), lost]));
      holds(error instanceof TypeError, "a name without its image is misuse");
      const wrongKey: TableChange = { kind: "name", name: "docker.io/library/x:1", record: name("y", a) };
      holds(
        (await rejection(() => here.table.change([setImage(b), wrongKey]))) instanceof TypeError,
        "wrong key",
      );
      const snapshot = await there.table.snapshot();
      same([...snapshot.names.keys()], ["docker.io/library/a:1"], "names");
      same([...snapshot.images.values()], [a], "images");
    },
  },
  {
    title: "STORE-8 a change for an older version of the table is refused",
    async run({ here, there }) {
      const [a, b] = [imageRecord(1), imageRecord(2)];
      const { version } = await here.table.snapshot();
      same(await there.table.change([setImage(a)], { version }), true, "first");
      same(await here.table.change([setImage(b)], { version }), false, "second");
      const after = await here.table.snapshot();
      holds(after.version > version, "the version has grown");
      same([...after.images.keys()], [a.id], "images");
      same(await here.table.change([setImage(b)], { version: after.version }), true, "third");
    },
  },
  {
    title: "STORE-8 forty edits at once all come through, none is lost",
    async run({ here, there }) {
      const image = imageRecord(1);
      await here.table.change([setImage({ ...image, lastTaggedAt: 0 })]);
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          editTable((n % 2 === 0 ? here : there).table, ({ images }) => {
            const record = images.get(image.id)!;
            const next = { ...record, lastTaggedAt: (record.lastTaggedAt ?? 0) + 1 };
            return { changes: [setImage(next), setName(name(`docker.io/library/n:${n}`, next))] };
          }),
        ),
      );
      const { names, images } = await here.table.snapshot();
      same(images.get(image.id)?.lastTaggedAt, 40, "count");
      same(names.size, 40, "names");
    },
  },
  {
    title:
      "STORE-9 records come back as they were put, in order, apart from what the caller does to his later",
    async run({ here, there }) {
      const annotations = new Map([["org.opencontainers.image.ref.name", "1"]]);
      const image: ImageRecord = {
        ...imageRecord(1),
        target: {
          ...imageRecord(1).target,
          annotations,
          platform: { os: "linux", architecture: "arm64", osFeatures: ["a"] },
        },
        parent: imageRecord(2).id,
        lastTaggedAt: 1_700_000_000.25,
      };
      const texts = ["docker.io/library/b:1", "docker.io/library/a:2", "docker.io/library/a:10"];
      texts.push(`docker.io/library/a@${image.target.digest}`);
      const changes = [
        setImage(image),
        setImage(imageRecord(3)),
        ...texts.map((text) => setName(name(text, image))),
      ];
      await here.table.change(changes);
      annotations.clear();
      const { names, images } = await there.table.snapshot();
      same([...names.keys()], [...texts].sort(), "names");
      same([...images.keys()], [image.id, imageRecord(3).id].sort(), "images");
      same(
        images.get(image.id)?.target.annotations?.get("org.opencontainers.image.ref.name"),
        "1",
        "annotation",
      );
      same(images.get(image.id)?.lastTaggedAt, 1_700_000_000.25, "time");
      same(names.get(texts[0])?.target.platform, { os: "linux", architecture: "arm64", osFeatures: ["a"] });
    },
  },
  {
    title: "STORE-9 an image cannot go while a name means it, and goes with its names",
    async run({ here }) {
      const image = imageRecord(1);
      const record = name("docker.io/library/a:1", image);
      await here.table.change([setImage(image), setName(record)]);
      const goes: TableChange = { kind: "image", id: image.id, record: undefined };
      holds(
        (await rejection(() => here.table.change([goes]))) instanceof TypeError,
        "image with a name stays",
      );
      await here.table.change([goes, { kind: "name", name: record.name, record: undefined }]);
      const { names, images } = await here.table.snapshot();
      same([names.size, images.size], [0, 0], "left");
    },
  },
  {
    title: "STORE-15 a sweep removes what nothing reaches, and nothing else",
    async run({ here, there }) {
      const blobs = new BlobSet();
      const base = blobs.layer(400, 1);
      const [one, two] = [blobs.image([base, blobs.layer(300, 2)], "1"), blobs.image([base], "2")];
      const loose = blobs.layer(77, 3);
      await blobs.into(here);
      for (const { manifest, config } of [one, two]) {
        const image = { id: config.digest, target: manifest };
        await here.table.change([
          setImage(image),
          setName(name(`docker.io/library/${config.size}:${manifest.size}`, image)),
        ]);
      }
      same((await sweep(there)).removed, [{ digest: loose.digest, size: 77 }], "removed at first");
      const { names } = await there.table.snapshot();
      const gone = [...names.values()].find(({ image }) => image === one.config.digest)!;
      await there.table.change([{ kind: "name", name: gone.name, record: undefined }]);
      same((await sweep(there)).removed, [], "removed while the image is only untagged");
      await there.table.change([{ kind: "image", id: gone.image, record: undefined }]);
      same((await sweep(here, { roots: [one.manifest] })).removed, [], "removed while a container uses it");
      const { removed, freed } = await sweep(here);
      same(removed.length, 3, "blobs of the first image alone");
      same(freed, 300 + one.manifest.size + one.config.size, "bytes");
      await isWhole(there, base.digest, blobs.get(base.digest)!);
    },
  },
  {
    title: "STORE-16 what is pinned stays through a sweep, in whatever tab",
    async run({ here, there }) {
      await putBlob(here, BYTES);
      const lease = await here.lease(DIGEST);
      const other = sha256Digest(BYTES.slice(1));
      await lease.pin([other]);
      await putBlob(here, BYTES.slice(1));
      const loose = await putBlob(here, BYTES.slice(2));
      same(
        (await sweep(there)).removed.map(({ digest }) => digest),
        [loose],
        "removed",
      );
      same(
        (await there.leases()).map(({ live, root, pins }) => ({ live, root, pins })),
        [{ live: true, root: DIGEST, pins: [DIGEST, other].sort() }],
      );
      await lease.release();
      same((await sweep(there)).removed.length, 2, "removed after the release");
    },
  },
  {
    title: "STORE-16 a removal for an older version of the table takes nothing",
    async run({ here, there }) {
      await putBlob(here, BYTES);
      const { version } = await here.table.snapshot();
      await there.table.change([setImage({ ...imageRecord(1), target: { mediaType: "", ...REF } })]);
      same(await here.remove([DIGEST], { version }), undefined, "removed");
      await isWhole(here, DIGEST, BYTES);
    },
  },
  {
    title: "STORE-17 broken-off work keeps its pins until it expires or the same work is finished",
    async run({ here, there }) {
      await putBlob(here, BYTES);
      await (await here.lease(DIGEST)).suspend();
      same((await sweep(there)).removed, [], "removed");
      same(
        (await there.leases()).map(({ live }) => live),
        [false],
        "claims",
      );
      await (await there.lease(DIGEST)).release();
      same((await there.leases()).length, 0, "claims after the work was finished");
      await (await here.lease(DIGEST)).suspend();
      const part = await open(here, { digest: sha256Digest(BYTES.slice(5)) });
      await part.write(BYTES.slice(5, 105));
      await part.abort();
      same(await here.expire(1), 0, "freed too early");
      same((await here.leases()).length, 1, "claims before they are too old");
      same(await here.expire(Number.MAX_SAFE_INTEGER), 100, "freed");
      same([(await here.leases()).length, (await here.partials()).length], [0, 0], "left");
      same((await sweep(there)).removed.length, 1, "removed");
    },
  },
  {
    title: "STORE-17 expiry leaves live work alone",
    async run({ here, there }) {
      const lease = await here.lease(DIGEST);
      const writer = await open(here);
      await writer.write(BYTES.subarray(0, 10));
      same(await there.expire(Number.MAX_SAFE_INTEGER), 0, "freed");
      await writer.write(BYTES.subarray(10));
      await writer.commit();
      same((await sweep(there)).removed, [], "removed");
      await lease.release();
    },
  },
  {
    title: "STORE-16 a store under random work in two tabs keeps every named blob whole",
    async run({ here, there }) {
      const random = seeded(99);
      const blobs = new BlobSet();
      const layers = Array.from({ length: 6 }, (_, n) => blobs.layer(100 + n, n));
      const images = Array.from({ length: 8 }, (_, n) =>
        blobs.image(layers.slice(n % 4, (n % 4) + 3), String(n)),
      );
      const work = async (store: LocalStore): Promise<void> => {
        for (let step = 0; step < 30; step++) {
          const n = Math.floor(random() * images.length);
          const { manifest, config } = images[n];
          const text = `docker.io/library/x:${n}`;
          const dice = random();
          if (dice < 0.5) {
            const lease = await store.lease(manifest.digest);
            const needs = [...layers.slice(n % 4, (n % 4) + 3), config, manifest].map(({ digest }) => digest);
            await lease.pin(needs);
            await blobs.into(store, needs);
            const image = { id: config.digest, target: manifest };
            await editTable(store.table, () => ({ changes: [setImage(image), setName(name(text, image))] }));
            await lease.release();
          } else if (dice < 0.75) {
            await editTable(store.table, ({ names }) => ({
              changes: names.has(text)
                ? [
                    { kind: "name", name: text, record: undefined },
                    { kind: "image", id: config.digest, record: undefined },
                  ]
                : [],
            }));
          } else {
            await sweep(store);
          }
        }
      };
      await Promise.all([work(here), work(there)]);
      for (const { image } of (await here.table.snapshot()).names.values()) {
        const n = images.findIndex(({ config }) => config.digest === image);
        const needs = [...layers.slice(n % 4, (n % 4) + 3), images[n].config, images[n].manifest];
        for (const { digest } of needs) await isWhole(there, digest, blobs.get(digest)!);
      }
      await sweep(here);
      const reachable = new Set<Digest>();
      for (const { image } of (await here.table.snapshot()).names.values()) {
        const n = images.findIndex(({ config }) => config.digest === image);
        for (const { digest } of [...layers.slice(n % 4, (n % 4) + 3), images[n].config, images[n].manifest])
          reachable.add(digest);
      }
      same(
        (await there.list()).map(({ digest }) => digest),
        [...reachable].sort(),
        "left after the last sweep",
      );
    },
  },
];
