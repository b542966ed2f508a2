import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ResponseCache } from "../../edge/cache.ts";
import { createDiskCache } from "../../edge/disk-cache.ts";
import { createMemoryCache } from "../../edge/memory-cache.ts";
import { createPlatformCache, type PlatformCache } from "../../edge/platform-cache.ts";
import { nativeHasher } from "../support/native-hash.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "breakbulk-cache-"));
  folders.push(folder);
  return folder;
};

const setting = { bytes: 20_000, objectBytes: 9000, newHasher: nativeHasher, nowMs: () => 50_000 };
/** The Cache API, with or without ranges. */
const fakePlatform = (ranges: boolean): PlatformCache => {
  const kept = new Map<string, { readonly bytes: ArrayBuffer; readonly headers: Headers }>();
  return {
    async match(request) {
      const found = kept.get(request.url);
      if (found === undefined) return undefined;
      const { bytes, headers } = found;
      const range = ranges ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "") : null;
      if (range === null) return new Response(bytes.slice(0), { headers });
      return new Response(bytes.slice(Number(range[1]), Number(range[2]) + 1), { status: 206, headers });
    },
    async put(request, response) {
      kept.set(request.url, { bytes: await response.arrayBuffer(), headers: response.headers });
    },
    delete: async (request) => kept.delete(request.url),
  };
};
const caches: Readonly<Record<string, () => Promise<ResponseCache>>> = {
  memory: async () => createMemoryCache(setting),
  disk: async () => createDiskCache(await newFolder(), setting),
  "platform with ranges": async () =>
    createPlatformCache(async () => fakePlatform(true), { ...setting, staleSeconds: 60 }),
  "platform without ranges": async () =>
    createPlatformCache(async () => fakePlatform(false), { ...setting, staleSeconds: 60 }),
};

const bytesOf = (length: number, seed = 1): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed) % 251);
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const keeping = (bytes: Uint8Array) => ({
  headers: { "content-type": "a/b" },
  digest: digestOf(bytes),
  size: bytes.length,
  freshSeconds: 10,
});
async function put(cache: ResponseCache, key: string, bytes: Uint8Array, own: object = {}): Promise<boolean> {
  const writer = await cache.write(key, { ...keeping(bytes), ...own });
  if (writer === undefined) return false;
  for (let at = 0; at < bytes.length; at += 1000) {
    // The writer may not hold on to the piece it was given.
    const piece = bytes.slice(at, at + 1000);
    await writer.write(piece);
    piece.fill(0);
  }
  return writer.commit();
}
const read = async (
  cache: ResponseCache,
  key: string,
  from?: number,
  to?: number,
): Promise<Uint8Array | undefined> => {
  const kept = await cache.read(key);
  return kept === undefined
    ? undefined
    : new Uint8Array(await new Response(kept.body(from, to)).arrayBuffer());
};

describe.each(Object.entries(caches))("the cache (%s)", (_, make) => {
  it("gives back what was put in, whole and in parts, as often as it is read", async () => {
    const cache = await make();
    const bytes = bytesOf(4500);
    expect(await cache.read("k")).toBeUndefined();
    expect(await put(cache, "k", bytes)).toBe(true);
    expect(await cache.read("k")).toMatchObject({
      size: 4500,
      stored: 50,
      staleFrom: 60,
      headers: { "content-type": "a/b" },
    });
    for (const [from, to] of [
      [0, 4500],
      [0, 1],
      [4499, 4500],
      [999, 1001],
      [1000, 3000],
      [7, 7],
    ] as const)
      expect(await read(cache, "k", from, to)).toEqual(bytes.slice(from, to));
    expect(await read(cache, "k")).toEqual(bytes);
    await cache.remove("k");
    expect(await cache.read("k")).toBeUndefined();
  });

  it("C6 shows nothing before it is verified", async () => {
    const cache = await make();
    const bytes = bytesOf(2000);
    const writer = await cache.write("k", keeping(bytes));
    expect(await writer?.write(bytes)).toBe(true);
    expect(await cache.read("k")).toBeUndefined();
    expect(await writer?.commit()).toBe(true);
    expect(await read(cache, "k")).toEqual(bytes);
  });

  it.each([
    ["of another digest", bytesOf(2000, 2), {}],
    ["cut short", bytesOf(1999), { digest: digestOf(bytesOf(2000)), size: 2000 }],
    ["too long", bytesOf(2001), { digest: digestOf(bytesOf(2001)), size: 2000 }],
    ["larger than announced", bytesOf(9001), { size: undefined }],
    ["of a digest that cannot be checked", bytesOf(20), { digest: "sha512:00" }],
    ["larger than objects may be", bytesOf(9001), {}],
  ])("C6 C7 keeps nothing that is %s", async (_what, bytes, own) => {
    const cache = await make();
    const digest = digestOf(bytesOf(2000));
    expect(await put(cache, "k", bytes, bytes.length === 2000 ? { digest } : own)).toBe(false);
    expect(await cache.read("k")).toBeUndefined();
  });

  it("forgets what was given up, and keeps what was there before", async () => {
    const cache = await make();
    await put(cache, "k", bytesOf(100));
    const writer = await cache.write("k", keeping(bytesOf(200)));
    await writer?.write(bytesOf(150));
    await writer?.abort();
    await writer?.abort();
    expect(await writer?.commit()).toBe(false);
    expect(await read(cache, "k")).toEqual(bytesOf(100));
  });

  it("takes two writers of one key at once", async () => {
    const cache = await make();
    const [one, two] = [
      await cache.write("k", keeping(bytesOf(10, 1))),
      await cache.write("k", keeping(bytesOf(20, 2))),
    ];
    await one?.write(bytesOf(10, 1));
    await two?.write(bytesOf(20, 2));
    expect(await two?.commit()).toBe(true);
    expect(await one?.commit()).toBe(true);
    expect(await read(cache, "k")).toEqual(bytesOf(10, 1));
  });

  it("keeps lists, which have no digest, and empty answers", async () => {
    const cache = await make();
    expect(await put(cache, "list", bytesOf(30), { digest: undefined, size: undefined })).toBe(true);
    expect(await put(cache, "empty", bytesOf(0))).toBe(true);
    expect(await read(cache, "list")).toEqual(bytesOf(30));
    expect(await read(cache, "empty")).toEqual(bytesOf(0));
  });

  it("stops reading when nobody wants the rest", async () => {
    const cache = await make();
    await put(cache, "k", bytesOf(8000));
    const reader = (await cache.read("k"))?.body().getReader();
    await reader?.read();
    await reader?.cancel();
    expect(await read(cache, "k")).toEqual(bytesOf(8000));
  });
});

describe.each(["memory", "disk"])("the cache in %s", (kind) => {
  it("SEC-16 never holds more than it may, and drops what was not used for longest", async () => {
    const cache = await caches[kind]?.();
    if (cache === undefined) return;
    await put(cache, "a", bytesOf(8000));
    await put(cache, "b", bytesOf(8000));
    await cache.read("a");
    expect(await put(cache, "c", bytesOf(8000))).toBe(true);
    expect(await cache.read("b")).toBeUndefined();
    expect(await read(cache, "a")).toEqual(bytesOf(8000));
    for (let at = 0; at < 30; at++) {
      await put(cache, `k${at}`, bytesOf(700, at));
      expect(cache.held()).toBeLessThanOrEqual(setting.bytes);
    }
  });
});

describe("the cache on disk", () => {
  it("is there after a restart, without what was unfinished", async () => {
    const folder = await newFolder();
    const first = createDiskCache(folder, setting);
    await put(first, "k", bytesOf(3000));
    const left = await first.write("left", keeping(bytesOf(3000)));
    await left?.write(bytesOf(1000));
    const second = createDiskCache(folder, setting);
    expect(await read(second, "k")).toEqual(bytesOf(3000));
    expect(await second.read("left")).toBeUndefined();
    expect(await readdir(join(folder, "unfinished"))).toEqual([]);
    expect(second.held()).toBe(first.held());
    await left?.abort();
  });

  it.each([
    ["cut short", (path: string) => truncate(path, 2900)],
    ["empty", (path: string) => truncate(path, 0)],
    ["something else", (path: string) => writeFile(path, "x".repeat(4000))],
    [
      "of another key",
      async (path: string) =>
        writeFile(path, (await readFile(path, "latin1")).replace('"key":"k"', '"key":"q"'), "latin1"),
    ],
  ])("drops a file that is %s", async (_, damage) => {
    const folder = await newFolder();
    await put(createDiskCache(folder, setting), "k", bytesOf(3000));
    const [name = ""] = await readdir(join(folder, "objects"));
    await damage(join(folder, "objects", name));
    const cache = createDiskCache(folder, setting);
    expect(await cache.read("k")).toBeUndefined();
    expect(await put(cache, "k", bytesOf(3000))).toBe(true);
    expect(await read(cache, "k")).toEqual(bytesOf(3000));
  });
});
