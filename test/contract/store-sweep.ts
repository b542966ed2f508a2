/** STORE-15 to STORE-17 and STORE-27. */
import { type Digest, sha256Digest } from "../../core/digest/mod.ts";
import { check, editTable, freed, type LocalStore, sweep } from "../../core/store/mod.ts";
import { BlobSet, putBlob } from "../support/images.ts";
import { seeded } from "../support/random.ts";
import { same } from "./expectation.ts";
import {
  BYTES,
  containerRecord,
  DIGEST,
  imageRecord,
  isWhole,
  name,
  open,
  REF,
  type StoreCase,
  setContainer,
  setImage,
  setName,
} from "./store-case.ts";

/** STORE-15 to STORE-17. */
export const sweepCases: readonly StoreCase[] = [
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
    title: "STORE-27 a container keeps its image and its drafts from a sweep, those taken back too",
    async run({ here, there }) {
      const blobs = new BlobSet();
      const { manifest, config } = blobs.image([blobs.layer(400, 1)], "1");
      const [draft, undone] = [blobs.layer(50, 2), blobs.layer(60, 3)];
      await blobs.into(here);
      const record = containerRecord("one", { id: config.digest, target: manifest }, [draft, undone]);
      const [kept, back] = record.drafts;
      await here.table.change([setContainer({ ...record, drafts: [kept], undone: [back] })]);
      same((await sweep(there)).removed, [], "removed while the container is there");
      same(
        await freed(there, { containers: [record.id] }),
        510 + manifest.size + config.size,
        "freed with it",
      );
      await there.table.change([setContainer({ ...record, drafts: [kept] })]);
      same(
        (await sweep(here)).removed,
        [{ digest: undone.digest, size: 60 }],
        "removed with what was undone",
      );
      await here.remove([draft.digest]);
      same(
        (await check(there)).map(({ digest, kind, roots }) => ({ digest, kind, roots })),
        [{ digest: draft.digest, kind: "missing", roots: [manifest.digest] }],
        "findings",
      );
      await there.table.change([{ kind: "container", id: record.id, record: undefined }]);
      same((await sweep(there)).removed.length, 3, "removed with the container");
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
