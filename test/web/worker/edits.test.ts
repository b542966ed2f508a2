import { describe, expect, it } from "vitest";
import { loadArchive } from "../../../core/archive/mod.ts";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import { removeImages, tagImage, untagImage } from "../../../core/image/mod.ts";
import { check, createMemoryStore, type LocalStore } from "../../../core/store/mod.ts";
import { Edits } from "../../../web/worker/edits.ts";
import { dockerArchive, idOf, layerOf, type TestImage } from "../../support/docker-archives.ts";

/** A store with two images on one base, and edits whose time runs out when the test says so. */
async function shelf() {
  const store = createMemoryStore({ now: () => 1, newHasher: newSha256 });
  const base = await layerOf("base", "shared");
  const one: TestImage = { layers: [base, await layerOf("one", "1")], tags: ["app:1"] };
  const two: TestImage = { layers: [base, await layerOf("two", "22")], tags: ["app:2"] };
  await loadArchive(sourceOf(await dockerArchive([one, two])), store, { newHasher: newSha256 });
  const due: (() => void)[] = [];
  const edits = new Edits(store, {
    later(work) {
      due.push(work);
      return () => void due.splice(due.indexOf(work), 1);
    },
  });
  return { store, edits, due, ids: { one: idOf(one), two: idOf(two) } };
}

const bytesOf = async (store: LocalStore): Promise<number> =>
  (await store.list()).reduce((sum, { size }) => sum + size, 0);
const namesOf = async (store: LocalStore): Promise<string[]> => [
  ...(await store.table.snapshot()).names.keys(),
];
const remove = (refs: readonly string[]) => (store: LocalStore) => removeImages(store, refs);
/** Ends when what was not waited for has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a preview", () => {
  it("says what the edit does, and changes nothing", async () => {
    const { store, edits, ids } = await shelf();
    const before = await store.table.snapshot();
    const preview = await edits.preview(remove(["app:1"]));
    expect(await store.table.snapshot()).toBe(before);
    expect(preview).toMatchObject({
      names: ["docker.io/library/app:1"],
      images: [ids.one],
      undo: undefined,
      result: { errors: [] },
    });
    expect(await store.leases()).toEqual([]);
    expect(await edits.edit(remove(["app:1"]))).toEqual({ ...preview, undo: 0 });
  });
});

describe("an edit", () => {
  it("keeps the bytes while it can be taken back, and then frees what it said", async () => {
    const { store, edits, due } = await shelf();
    const before = await bytesOf(store);
    const { frees } = await edits.edit(remove(["app:1"]));
    expect(await bytesOf(store)).toBe(before);
    due[0]();
    for (let turn = 0; turn < 50; turn++) await settled();
    expect(await bytesOf(store)).toBe(before - frees);
    expect(frees).toBeGreaterThan(1000);
    expect(await store.leases()).toEqual([]);
    expect(await check(store, { newHasher: newSha256 })).toEqual([]);
  });

  it("counts as free what is only kept for an earlier one", async () => {
    const { store, edits } = await shelf();
    const total = await bytesOf(store);
    const first = await edits.edit(remove(["app:1"]));
    const second = await edits.edit(remove(["app:2"]));
    expect(first.frees + second.frees).toBe(total);
  });

  it("leaves no lease behind when it changes nothing or fails", async () => {
    const { store, edits } = await shelf();
    const nothing = await edits.edit(remove(["nosuch:1"]));
    expect(nothing).toMatchObject({ undo: undefined, frees: 0 });
    await expect(edits.edit((view) => untagImage(view, "nosuch:1"))).rejects.toThrow("No such image");
    expect(await store.leases()).toEqual([]);
  });

  it("waits for its turn", async () => {
    const { store, edits } = await shelf();
    await Promise.all([
      edits.edit((view) => tagImage(view, { source: "app:1", target: "x:1" }, { now: 5 })),
      edits.edit((view) => tagImage(view, { source: "x:1", target: "y:1" }, { now: 6 })),
      edits.edit(remove(["x:1"])),
    ]);
    expect(await namesOf(store)).toEqual(
      ["app:1", "app:2", "y:1"].map((name) => `docker.io/library/${name}`),
    );
  });
});

describe("taking back", () => {
  it("makes names and images what they were", async () => {
    const { store, edits, due } = await shelf();
    const before = await store.table.snapshot();
    const removed = await edits.edit(remove(["app:1", "app:2"]));
    expect(await namesOf(store)).toEqual([]);
    expect(await edits.undo(removed.undo!)).toBe(true);
    const after = await store.table.snapshot();
    expect([...after.names.values()]).toEqual([...before.names.values()]);
    expect([...after.images.values()]).toEqual([...before.images.values()]);
    expect(due).toEqual([]);
    expect(await store.leases()).toEqual([]);
    expect(await edits.undo(removed.undo!)).toBe(false);
  });

  it("gives a moved tag back to the image that had it", async () => {
    const { store, edits, ids } = await shelf();
    const { undo } = await edits.edit((view) =>
      tagImage(view, { source: "app:1", target: "app:2" }, { now: 5 }),
    );
    await edits.undo(undo!);
    const { names, images } = await store.table.snapshot();
    expect(names.get("docker.io/library/app:2")?.image).toBe(ids.two);
    expect(images.get(ids.one)?.lastTaggedAt).toBeUndefined();
  });

  it("leaves alone what has been changed since", async () => {
    const { store, edits, ids } = await shelf();
    const { undo } = await edits.edit(remove(["app:1"]));
    await tagImage(store, { source: "app:2", target: "app:1" }, { now: 5 });
    await edits.undo(undo!);
    const { names, images } = await store.table.snapshot();
    expect(names.get("docker.io/library/app:1")?.image).toBe(ids.two);
    expect([...images.keys()].sort()).toEqual([ids.one, ids.two].sort());
  });
});

describe("tidying", () => {
  it("frees what an edit kept whose tab has ended, and nothing of one that lives", async () => {
    const { store, edits } = await shelf();
    const before = await bytesOf(store);
    const gone = new Edits(
      { ...delegate(store), lease: async (root) => broken(await store.lease(root)) },
      {
        later: () => () => {},
      },
    );
    const { frees } = await gone.edit(remove(["app:1"]));
    const kept = await edits.edit(remove(["app:2"]));
    await edits.tidy();
    expect(await bytesOf(store)).toBe(before - frees);
    expect(await edits.undo(kept.undo!)).toBe(true);
    expect(await check(store, { newHasher: newSha256 })).toEqual([]);
  });
});

type Lease = Awaited<ReturnType<LocalStore["lease"]>>;

/** A lease that is suspended after its first pins, as a tab's is that ends. */
function broken(lease: Lease): Lease {
  return {
    async pin(digests) {
      await lease.pin(digests);
      await lease.suspend();
    },
    release: () => lease.release(),
    suspend: () => lease.suspend(),
  };
}

function delegate(store: LocalStore): LocalStore {
  return {
    stat: (ref) => store.stat(ref),
    blob: (ref) => store.blob(ref),
    list: () => store.list(),
    openWriter: (ref) => store.openWriter(ref),
    partial: (digest) => store.partial(digest),
    partials: () => store.partials(),
    discard: (digest) => store.discard(digest),
    lease: (root) => store.lease(root),
    leases: () => store.leases(),
    expire: (before) => store.expire(before),
    remove: (digests, conditions) => store.remove(digests, conditions),
    table: store.table,
  };
}
