/** The page of the kept images' tests: images and engine alone, within reach of what a test evaluates in it. */
import { sha256Digest } from "../../../core/digest/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { createEngine } from "../../../web/effect/engine.ts";
import { createImages } from "../../../web/effect/images.ts";
import { createLayerPool } from "../../../web/effect/layer-pool.ts";
import type { ByteFeed, OpenArchive } from "../../../web/model/engine.ts";
import type { LoadEvent, LoadOutcome, LoadRequest, StoredImages } from "../../../web/model/images.ts";
import { tarOf } from "../../support/archives.ts";
import { dockerArchive, type TestImage, type TestLayer } from "../../support/docker-archives.ts";
import { randomBytes } from "../../support/random.ts";
import { type KillNote, killWork } from "./kill-work.ts";
import { all, alter, count, gone } from "./raw.ts";
import type { ImageRecipe, LayerRecipe } from "./recipes.ts";

/** Bytes of random content that are made; longer content repeats them. */
const TILE = 1_000_003;

function contentOf(bytes: number, seed: number): Uint8Array<ArrayBuffer> {
  const tile = randomBytes(Math.min(bytes, TILE), seed);
  const content = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += tile.length) content.set(tile.subarray(0, bytes - at), at);
  return content;
}

async function layerOf({ path, bytes, seed, gzip }: LayerRecipe): Promise<TestLayer> {
  const plain = await tarOf([[path, contentOf(bytes, seed)]]);
  const layer = { plain, diffID: sha256Digest(plain) };
  if (gzip !== true) return layer;
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
  return { ...layer, stored: new Uint8Array(await new Response(stream).arrayBuffer()) };
}

async function archive(recipes: readonly ImageRecipe[]): Promise<File> {
  const images: TestImage[] = [];
  for (const { tags, layers, created, labels } of recipes) {
    const made: TestLayer[] = [];
    for (const layer of layers) made.push(await layerOf(layer));
    images.push({ tags, layers: made, config: { created, config: { Labels: labels } } });
  }
  return new File([await dockerArchive(images)], "images.tar");
}

const pool = createLayerPool(3);
const images = createImages({ pool });
const engine = createEngine({ pool });

let state: StoredImages | undefined;
const watchers = new Set<() => void>();
function watch(): void {
  images.watch((event) => {
    if (event.type === "state") state = event;
    for (const watcher of watchers) watcher();
  });
}

/** What is kept, once it is `wanted`. */
function until(wanted: (state: StoredImages) => boolean): Promise<StoredImages> {
  if (watchers.size === 0 && state === undefined) watch();
  return new Promise((resolve) => {
    const look = (): void => {
      if (state === undefined || !wanted(state)) return;
      watchers.delete(look);
      resolve(state);
    };
    watchers.add(look);
    look();
  });
}

/** Ends when the images have these tags, in the order of the list. */
function tagged(wanted: readonly (readonly string[])[]): Promise<StoredImages> {
  const text = JSON.stringify(wanted);
  return until(({ images }) => JSON.stringify(images.map(({ tags }) => tags)) === text);
}

/** Loads, and says all that was told on the way. */
async function load(
  file: Blob,
  request: LoadRequest = {},
): Promise<{ readonly outcome: LoadOutcome; readonly events: readonly LoadEvent[] }> {
  const events: LoadEvent[] = [];
  const outcome = await images.load(file, "images.tar", {
    ...request,
    listen: (event) => events.push(event),
  });
  return { outcome, events };
}

/** An archive whose tree is complete. */
function opened(start: (listen: Parameters<typeof engine.open>[2]) => OpenArchive): Promise<{
  readonly archive: OpenArchive;
  readonly layers: number;
  readonly verified: boolean;
  readonly reports: number;
}> {
  return new Promise((resolve, reject) => {
    let reports = 0;
    let verified = true;
    const archive = start((event) => {
      if (event.type === "failed") reject(new Error(event.error.message));
      if (event.type === "layer" && event.layer.readBytes !== undefined) reports++;
      if (event.type === "layer") verified &&= event.layer.verification === "verified";
      if (event.type === "tree" && event.complete)
        setTimeout(() => resolve({ archive, layers: event.layers, verified, reports }), 0);
    });
  });
}

async function read(archive: OpenArchive, path: string): Promise<Uint8Array> {
  const node = await archive.find(0, path, 99);
  if (node === undefined) throw new Error(`no ${path}`);
  const { bytes } = await archive.read({ image: 0, node, layer: 99 }, { from: 0, to: 1e9 });
  return bytes;
}

/** All of a feed, as a Blob. */
async function drained(feed: ByteFeed): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const chunk = await feed.next();
    if (chunk === undefined) return new Blob(chunks);
    chunks.push(chunk);
  }
}

/** Messages or codes of errors, over the border to the test. */
async function failure(work: Promise<unknown>): Promise<{
  readonly code: string;
  readonly message: string;
  readonly detail: CoreError["detail"];
}> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CoreError) return { code: error.code, message: error.message, detail: error.detail };
    if (error instanceof Error) return { code: error.name, message: error.message, detail: {} };
    throw error;
  }
  throw new Error("nothing failed");
}

/** Names as the database has them, sorted. */
async function names(): Promise<readonly string[]> {
  const records = await all("names");
  return records.map(({ name }) => String(name).replace("docker.io/library/", "")).sort();
}

/** Names with their images and roots, then images with theirs, as the database has them. */
async function table(): Promise<readonly string[]> {
  const [names, images] = [await all("names"), await all("images")];
  return [
    ...names.map(({ name, image, target }) => `${name} ${image} ${target.digest}`),
    ...images.map(({ id, target, parent }) => `${id} ${target.digest} ${parent ?? ""}`),
  ];
}

const handle = {
  images,
  engine,
  archive,
  until,
  tagged,
  load,
  opened,
  read,
  failure,
  drained,
  alter,
  count,
  gone,
  same: (a: Uint8Array, bytes: number, seed: number): boolean =>
    sha256Digest(new Uint8Array(a)) === sha256Digest(contentOf(bytes, seed)),
  digest: async (blob: Blob): Promise<string> => sha256Digest(new Uint8Array(await blob.arrayBuffer())),
  names,
  table,
  killWork: (seed: number, note: (note: KillNote) => Promise<void>) =>
    killWork({ images, archive, drained, names }, seed, note),
  files: (): File[] => [...(document.querySelector("input")?.files ?? [])],
};

/** What tests reach by `window.shelf`. */
export type ShelfPage = typeof handle;

Object.assign(window, { shelf: handle });
