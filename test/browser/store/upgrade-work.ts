/** Databases as earlier versions of the page left them, made without the store's own code; and what an upgrade makes of them. */
import { unwrap } from "idb";
import { sha256Digest } from "../../../core/digest/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { check } from "../../../core/store/mod.ts";
import { openBrowserStore } from "../../../web/store/mod.ts";
import { LADDER, type UpgradeStep } from "../../../web/store/schema.ts";
import { randomBytes } from "../../support/random.ts";
import { readRaw, request } from "./raw.ts";

const BYTES = randomBytes(300_000, 77);
const DIGEST = sha256Digest(BYTES);
const CONTAINER = "c".repeat(64);
const NAME = "docker.io/library/old:1";

/**
 * Version 1 (2026), frozen: written here as that version wrote it, and never changed again. A later version gets a function of its own, and a
 * line in `WRITERS`.
 */
async function writeVersion1(name: string): Promise<void> {
  const opening = indexedDB.open(name, 1);
  opening.addEventListener("upgradeneeded", () => {
    const database = opening.result;
    database.createObjectStore("blobs", { keyPath: "digest" });
    database.createObjectStore("pieces");
    database.createObjectStore("partials", { keyPath: "digest" });
    database.createObjectStore("names", { keyPath: "name" });
    database.createObjectStore("images", { keyPath: "id" });
    database.createObjectStore("claims", { keyPath: "id" });
    database.createObjectStore("counters");
    database.createObjectStore("scans", { keyPath: "blob" }).createIndex("diffID", "diffID");
    database.createObjectStore("layerSizes", { keyPath: "blob" });
  });
  const database = await request(opening);
  const target = {
    mediaType: "application/octet-stream",
    digest: DIGEST,
    size: BYTES.length,
    platform: { os: "linux" },
  };
  const unfinished = sha256Digest(BYTES.slice(1));
  const rows: [store: string, value: unknown, key?: IDBValidKey][] = [
    ["blobs", { digest: DIGEST, size: BYTES.length, run: "a-b" }],
    ["pieces", new Blob([BYTES.subarray(0, 200_000)]), ["a-b", 0]],
    ["pieces", BYTES.slice(200_000, 200_010), ["a-b", 1]],
    ["pieces", new Blob([BYTES.subarray(200_010)]), ["a-b", 2]],
    ["partials", { digest: unfinished, run: "c", offset: 5, pieces: 1, touchedAt: 1_800_000_000 }],
    ["pieces", BYTES.slice(1, 6), ["c", 0]],
    ["names", { name: NAME, target, image: DIGEST }],
    ["images", { id: DIGEST, target, parent: unfinished, lastTaggedAt: 1_800_000_000.5 }],
    ["claims", { id: "d", root: DIGEST, pins: [DIGEST, unfinished], touchedAt: 1_800_000_000 }],
    ["counters", 41, "table"],
    [
      "scans",
      { blob: DIGEST, diffID: DIGEST, format: 1, scan: { blobDigest: DIGEST, diffID: DIGEST, size: 9 } },
    ],
    ["layerSizes", { blob: DIGEST, diffID: DIGEST, size: 7 }],
    ["scans", { blob: unfinished, format: 0, scan: "of a format that is no more" }],
  ];
  const t = database.transaction([...database.objectStoreNames], "readwrite");
  for (const [store, value, key] of rows) t.objectStore(store).put(value, key);
  await new Promise((resolve, reject) => {
    t.addEventListener("complete", resolve);
    t.addEventListener("abort", () => reject(t.error ?? new Error("aborted")));
  });
  database.close();
}

/** Version 2 (2026), frozen: what version 1 wrote, and a container. */
async function writeVersion2(name: string): Promise<void> {
  await writeVersion1(name);
  const opening = indexedDB.open(name, 2);
  opening.addEventListener("upgradeneeded", () => {
    opening.result.createObjectStore("containers", { keyPath: "id" });
  });
  const database = await request(opening);
  const target = { mediaType: "application/octet-stream", digest: DIGEST, size: BYTES.length };
  const t = database.transaction("containers", "readwrite");
  t.objectStore("containers").put({
    id: CONTAINER,
    name: "old",
    image: DIGEST,
    target,
    imageName: "old:1",
    created: 1_800_000_000.25,
    config: '{"Cmd":["sh"]}',
    drafts: [{ layer: target, verb: "move", path: "/b", from: "/a" }],
    undone: [],
  });
  await new Promise((resolve, reject) => {
    t.addEventListener("complete", resolve);
    t.addEventListener("abort", () => reject(t.error ?? new Error("aborted")));
  });
  database.close();
}

/** One for each version that was ever released: the database, and that everything in it is there under today's code. */
const WRITERS: readonly ((name: string) => Promise<void>)[] = [writeVersion1, writeVersion2];

/** How many versions there have been, and how many of them have a writer here. */
const versions = (): readonly [released: number, written: number] => [LADDER.length, WRITERS.length];

/** What today's code, or `ladder`, finds in a database that was left by `version`. */
async function openOld(version: number, ladder?: readonly UpgradeStep[]) {
  const name = `old-${version}-${ladder?.length ?? "today"}`;
  await WRITERS[version - 1](name);
  const store = await openBrowserStore({
    name,
    now: () => 1_800_000_100,
    ...(ladder === undefined ? {} : { ladder }),
  });
  try {
    const { version: table, names, images, containers } = await store.table.snapshot();
    const blob = await store.blob({ digest: DIGEST });
    const resumed = await store.openWriter({ digest: sha256Digest(BYTES.slice(1)), size: BYTES.length - 1 });
    const offset = resumed?.offset;
    await resumed?.write(BYTES.subarray(1 + (offset ?? 0)));
    await resumed?.commit();
    return {
      table,
      names: [...names.values()].map((record) => ({ ...record, target: record.target.digest === DIGEST })),
      parent: [...images.values()].map(({ parent, lastTaggedAt }) => [
        parent === sha256Digest(BYTES.slice(1)),
        lastTaggedAt,
      ]),
      containers: [...containers.values()].map(({ id, name: text, created, drafts }) => ({
        id: id === CONTAINER,
        name: text,
        created,
        drafts: drafts.map(({ layer, verb, path, from }) => [layer.digest === DIGEST, verb, from, path]),
      })),
      whole: blob !== undefined && sha256Digest(new Uint8Array(await blob.arrayBuffer())) === DIGEST,
      offset,
      blobs: (await store.list()).length,
      claims: (await store.leases()).map(({ live, pins }) => [live, pins.length]),
      scan: (await store.scans.byBlob(DIGEST))?.size,
      scanByDiffID: (await store.scans.byDiffID(DIGEST))?.size,
      layerSizes: [...(await store.scans.layerSizes())].map(([digest, size]) => [digest === DIGEST, size]),
      scanOfAnotherFormat: await store.scans.byBlob(sha256Digest(BYTES.slice(1))),
      damaged: (await check(store)).filter(({ kind }) => kind === "damaged").length,
      raw: await readRaw(name),
    };
  } finally {
    store.close();
  }
}

/** A made-up next version: a new object store, filled from an old one. */
const nextStep: UpgradeStep = async (database, transaction) => {
  const sizes = unwrap(database).createObjectStore("sizes");
  for (const { digest, size } of await transaction.objectStore("blobs").getAll()) sizes.put(size, digest);
};

const openNext = () => openOld(LADDER.length, [...LADDER, nextStep]);

/** Climbs from nothing over every version in turn, as a browser does that was there from the first day. */
async function climb() {
  const name = "climb";
  const found: number[] = [];
  for (let version = 1; version <= LADDER.length + 1; version++) {
    const store = await openBrowserStore({ name, ladder: [...LADDER, nextStep].slice(0, version) });
    store.close();
    found.push((await readRaw(name)).version);
  }
  return found;
}

/** An upgrade that fails half way: the old database must be as it was. */
async function failHalfWay() {
  await writeVersion1("half");
  const broken: UpgradeStep = async (database, transaction) => {
    database.deleteObjectStore("names");
    await transaction.objectStore("blobs").clear();
    throw new CoreError("store/damaged", "the step is broken");
  };
  const failure = await openBrowserStore({ name: "half", ladder: [...LADDER, broken] }).then(
    () => "opened",
    (error: unknown) => (error instanceof CoreError ? error.message : String(error)),
  );
  const store = await openBrowserStore({ name: "half", now: () => 0 });
  const { names } = await store.table.snapshot();
  store.close();
  return { failure, names: [...names.keys()], raw: await readRaw("half") };
}

/** Today's code meets a database of a later version. */
async function meetNewer() {
  const name = "newer";
  (await openBrowserStore({ name, ladder: [...LADDER, nextStep] })).close();
  const failure = await openBrowserStore({ name }).then(
    () => "opened",
    (error: unknown) => (error instanceof CoreError ? error.code : String(error)),
  );
  return { failure, version: (await readRaw(name)).version };
}

/** Two tabs, one of which wants a newer version. */
async function standInTheWay() {
  const name = "way";
  let told = 0;
  const old = await openBrowserStore({ name, onOutdated: () => told++ });
  const newer = await openBrowserStore({ name, ladder: [...LADDER, nextStep] });
  const failure = await old.list().then(
    () => "listed",
    (error: unknown) => (error instanceof CoreError ? error.code : String(error)),
  );
  newer.close();
  return { told, failure };
}

/** What the upgrade tests call. */
export const upgrades = {
  versions,
  openOld: (version: number) => openOld(version),
  openNext,
  climb,
  failHalfWay,
  meetNewer,
  standInTheWay,
};
