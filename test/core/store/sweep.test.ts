import { describe, expect, it } from "vitest";
import type { Source } from "../../../core/bytes/mod.ts";
import type { Descriptor } from "../../../core/oci/mod.ts";
import {
  check,
  createMemoryStore,
  freed,
  imageUsage,
  type LocalStore,
  sweep,
  type TableChange,
} from "../../../core/store/mod.ts";
import { BlobSet } from "../../support/images.ts";
import { seeded } from "../../support/random.ts";

type Image = ReturnType<BlobSet["image"]>;

const nameOf = (n: number): string => `docker.io/library/x:${n}`;

function named(n: number, { manifest, config }: Image): TableChange[] {
  return [
    { kind: "image", id: config.digest, record: { id: config.digest, target: manifest } },
    { kind: "name", name: nameOf(n), record: { name: nameOf(n), target: manifest, image: config.digest } },
  ];
}

/** Images over layers that they share in many ways. */
async function crowd(): Promise<{
  store: LocalStore;
  blobs: BlobSet;
  images: Image[];
  layers: Descriptor[];
}> {
  const blobs = new BlobSet();
  const layers = Array.from({ length: 7 }, (_, n) => blobs.layer(1 << n, n));
  const images = Array.from({ length: 10 }, (_, n) =>
    blobs.image(
      [0, 1, 2].map((k) => layers[(n * (k + 1)) % 7]),
      String(n),
    ),
  );
  const store = createMemoryStore({ now: () => 0 });
  await blobs.into(store);
  await store.table.change(images.flatMap((image, n) => named(n, image)));
  return { store, blobs, images, layers };
}

/** `store` with some of its functions replaced. */
function altered(store: LocalStore, functions: Partial<LocalStore>): LocalStore {
  const names = ["stat", "blob", "list", "remove", "leases"] as const;
  const bound = names.map((name) => [name, store[name].bind(store)] as const);
  return Object.assign(createMemoryStore({ now: () => 0 }), {
    table: store.table,
    ...Object.fromEntries(bound),
    ...functions,
  });
}

/** The same store, where the bytes of one blob are others. */
function damaged(store: LocalStore, target: Descriptor, source: Source): LocalStore {
  return altered(store, { blob: async (ref) => (ref.digest === target.digest ? source : store.blob(ref)) });
}

describe("sweep", () => {
  it("STORE-19 frees what was foretold, for any removal", async () => {
    const random = seeded(5);
    for (let round = 0; round < 20; round++) {
      const { store, images } = await crowd();
      const going = images.flatMap((image, n) => (random() < 0.3 ? [{ image, n }] : []));
      const ids = going.map(({ image }) => image.config.digest);
      const foretold = await freed(store, { images: ids });
      const changes = going.flatMap(({ image, n }): TableChange[] => [
        { kind: "name", name: nameOf(n), record: undefined },
        { kind: "image", id: image.config.digest, record: undefined },
      ]);
      await store.table.change(changes);
      expect((await sweep(store)).freed).toBe(foretold);
    }
  });

  it("STORE-19 foretells nothing for a name whose image stays, nor for what a container uses or a copy has pinned", async () => {
    const { store, images } = await crowd();
    expect(await freed(store, { names: [nameOf(0)] })).toBe(0);
    const only = images[0];
    const whole = await freed(store, { images: [only.config.digest] });
    expect(whole).toBeGreaterThan(0);
    expect(await freed(store, { images: [only.config.digest] }, { roots: [only.manifest] })).toBe(0);
    const lease = await store.lease(only.manifest.digest);
    expect(await freed(store, { images: [only.config.digest] })).toBe(whole - only.manifest.size);
    await lease.release();
  });

  it("STORE-16 starts again when a name is set while it looks", async () => {
    const { store, blobs, layers } = await crowd();
    const late = blobs.image([layers[0], blobs.layer(99, 99)], "late");
    await blobs.into(store);
    let looked = 0;
    const meddling = altered(store, {
      async list() {
        const list = await store.list();
        if (looked++ === 0) await store.table.change(named(99, late));
        return list;
      },
    });
    expect((await sweep(meddling)).removed).toEqual([]);
    expect(looked).toBe(2);
    expect(await store.stat(late.manifest)).toBe(late.manifest.size);
  });

  it("STORE-18 removes nothing when a manifest that is needed is damaged", async () => {
    const { store, images } = await crowd();
    await store.table.change([
      { kind: "name", name: nameOf(1), record: undefined },
      { kind: "image", id: images[1].config.digest, record: undefined },
    ]);
    const before = await store.list();
    const broken = damaged(store, images[0].manifest, new Blob(["{}"]));
    await expect(sweep(broken)).rejects.toMatchObject({ code: "store/damaged" });
    expect(await store.list()).toEqual(before);
  });
});

describe("imageUsage", () => {
  it("gives each image all that it reaches, and the part that others reach too", async () => {
    const blobs = new BlobSet();
    const [base, own] = [blobs.layer(1000, 1), blobs.layer(10, 2)];
    const [one, two] = [blobs.image([base, own], "1"), blobs.image([base], "2")];
    const store = createMemoryStore({ now: () => 0 });
    await blobs.into(store);
    await store.table.change([...named(1, one), ...named(2, two)]);
    const usage = await imageUsage(store, await store.table.snapshot());
    expect(usage.get(one.config.digest)).toEqual({
      size: 1010 + one.config.size + one.manifest.size,
      shared: 1000,
    });
    expect(usage.get(two.config.digest)?.shared).toBe(1000);
  });
});

describe("check", () => {
  it("STORE-20 finds nothing in a whole store, and reads all of it", async () => {
    const { store, blobs } = await crowd();
    const total = [...blobs.values()].reduce((sum, { length }) => sum + length, 0);
    const steps: number[] = [];
    expect(await check(store, { onProgress: (done, all) => void steps.push(done, all) })).toEqual([]);
    expect(steps.at(-2)).toBe(total);
    expect(steps.at(-1)).toBe(total);
  });

  it("STORE-20 finds every damaged and every missing blob, and the roots that need it", async () => {
    const { store, images, layers } = await crowd();
    await store.remove([layers[6].digest]);
    const users = images.filter((_, n) => [1, 2, 3].some((k) => (n * k) % 7 === 6));
    const broken = damaged(store, layers[2], new Blob([new Uint8Array(4)]));
    const found = await check(broken);
    expect(found.map(({ kind, digest }) => ({ kind, digest }))).toEqual(
      [
        { kind: "damaged", digest: layers[2].digest },
        { kind: "missing", digest: layers[6].digest },
      ].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    );
    const missing = found.find(({ kind }) => kind === "missing");
    expect([...(missing?.roots ?? [])].sort()).toEqual(users.map(({ manifest }) => manifest.digest).sort());
  });

  it("STORE-20 finds a blob whose bytes cannot be read", async () => {
    const { store, layers } = await crowd();
    const unreadable: Source = {
      size: 4,
      slice: () => unreadable,
      arrayBuffer: () => Promise.reject(new Error("the file is gone")),
      stream: () => new ReadableStream({ pull: () => Promise.reject(new Error("the file is gone")) }),
    };
    const found = await check(damaged(store, layers[2], unreadable));
    expect(found).toMatchObject([{ kind: "damaged", problem: { code: "store/unreadable" } }]);
  });

  it("STORE-20 does not miss manifests of platforms that were never fetched", async () => {
    const blobs = new BlobSet();
    const [here, away] = [blobs.image([blobs.layer(1, 1)], "1"), blobs.image([blobs.layer(2, 2)], "2")];
    const root = blobs.index([here.manifest, away.manifest]);
    const store = createMemoryStore({ now: () => 0 });
    await blobs.into(
      store,
      [...blobs.keys()].filter((digest) => digest !== away.manifest.digest),
    );
    await store.table.change([
      { kind: "image", id: here.config.digest, record: { id: here.config.digest, target: root } },
    ]);
    expect(await check(store)).toEqual([]);
    await store.remove([root.digest]);
    expect(await check(store)).toMatchObject([{ kind: "missing", digest: root.digest }]);
  });
});
