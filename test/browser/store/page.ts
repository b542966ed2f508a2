/** What the tests of the browser's store run inside a page: bundled and served by site.ts. */
import { type Digest, newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { check, sweep } from "../../../core/store/mod.ts";
import {
  askPersistence,
  type BrowserStore,
  type BrowserStoreOptions,
  isPersistent,
  openBrowserStore,
  storageRoom,
} from "../../../web/store/mod.ts";
import { storeContract } from "../../contract/store.ts";
import { randomBytes } from "../../support/random.ts";
import { drafts } from "./draft-work.ts";
import { kills } from "./kill-work.ts";
import { readRaw } from "./raw.ts";
import { upgrades } from "./upgrade-work.ts";

let count = 0;

/** A new database, as two tabs see it; small pieces, so that a few bytes make many. */
async function runCase(title: string, pieceBytes: number): Promise<void> {
  const found = storeContract.find((candidate) => candidate.title === title);
  if (found === undefined) throw new Error(`no case ${title}`);
  const name = `case-${++count}-${pieceBytes}`;
  const here = await openBrowserStore({ name, pieceBytes });
  const there = await openBrowserStore({ name, pieceBytes });
  try {
    await found.run({ here, there });
    await isTidy(name);
  } finally {
    here.close();
    there.close();
  }
}

/** Every piece belongs to one record, and every record has all of its pieces (STORE-21). */
async function isTidy(name: string): Promise<void> {
  const { flaws } = await readRaw(name);
  if (flaws.length > 0) throw new Error(flaws.join("; "));
}

const open = new Map<string, BrowserStore>();

async function store(name: string, options: BrowserStoreOptions = {}): Promise<BrowserStore> {
  const known = open.get(name);
  if (known !== undefined) return known;
  const made = await openBrowserStore({ name, ...options });
  open.set(name, made);
  return made;
}

/** Writes `length` seeded bytes in chunks; where it fails, the code and detail of why. */
async function fill(
  name: string,
  length: number,
  options: { seed: number; chunk: number; pieceBytes?: number },
) {
  const to = await store(name, options.pieceBytes === undefined ? {} : { pieceBytes: options.pieceBytes });
  const block = randomBytes(Math.min(options.chunk, length), options.seed);
  const hasher = newSha256();
  for (let at = 0; at < length; at += block.length)
    hasher.update(block.subarray(0, Math.min(block.length, length - at)));
  const digest: Digest = `sha256:${hasher.hex()}`;
  const startedMs = performance.now();
  try {
    const writer = await to.openWriter({ digest, size: length });
    if (writer === undefined) return { digest, outcome: "present", offset: length, tookMs: 0 };
    const from = writer.offset;
    try {
      for (let at = from; at < length; ) {
        const start = at % block.length;
        const part = block.subarray(start, start + Math.min(block.length - start, length - at));
        await writer.write(part);
        at += part.length;
      }
      await writer.commit();
    } finally {
      await writer.abort();
    }
    return { digest, outcome: "written", offset: from, tookMs: performance.now() - startedMs };
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return {
      digest,
      outcome: error.code,
      detail: error.detail,
      message: error.message,
      offset: await to.partial(digest),
    };
  }
}

const another = (name: string, options: BrowserStoreOptions) => openBrowserStore({ name, ...options });

const page = {
  askPersistence,
  isPersistent,
  storageRoom,
  runCase,
  another,
  store,
  fill,
  check,
  sweep,
  sha256Digest,
  randomBytes,
  readRaw,
  upgrades,
  kills,
  drafts,
};
/** The page's functions, for `page.evaluate`. */
export type StorePage = typeof page;
Object.assign(globalThis, { storePage: page });
