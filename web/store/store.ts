import type { NewHasher } from "../../core/digest/mod.ts";
import type { LocalStore } from "../../core/store/mod.ts";
import { type BlobHalf, blobHalf, type StoreParts } from "./blobs.ts";
import { claimHalf } from "./claims.ts";
import { openDatabase } from "./database.ts";
import { imageTable } from "./image-table.ts";
import { openLocks } from "./locks.ts";
import { openNews, type StoreNews } from "./news.ts";
import { PIECE_BYTES } from "./pieces.ts";
import { type ScanShelf, scanShelf } from "./scans.ts";
import type { UpgradeStep } from "./schema.ts";

/** The store of the page: a local store whose content is there again tomorrow, one for all tabs and workers of the origin. */
export interface BrowserStore extends Omit<LocalStore, "openWriter">, Pick<BlobHalf, "openWriter"> {
  readonly scans: ScanShelf;
  /** Calls `listener` after every change by whatever tab, until the function that it gives back is called. */
  watch(listener: (news: StoreNews) => void): () => void;
  /** Ends the connection. Open writers fail at their next piece; what they have stored stays. */
  close(): void;
}

/** What {@link openBrowserStore} takes. */
export interface BrowserStoreOptions {
  /** Name of the database. */
  readonly name?: string | undefined;
  /** Seconds since the epoch. Default: the clock. */
  readonly now?: (() => number) | undefined;
  readonly newHasher?: NewHasher | undefined;
  /** Seconds after which what nobody took up again is dropped on opening. */
  readonly staleAfter?: number | undefined;
  /** Bytes of one piece. */
  readonly pieceBytes?: number | undefined;
  /** Other than today's schema, in tests of upgrades. */
  readonly ladder?: readonly UpgradeStep[] | undefined;
  /** Another tab upgraded the database and this one's connection is closed: the page should be loaded again. */
  readonly onOutdated?: (() => void) | undefined;
  /** Tabs with an older version of the page keep the database from being upgraded: they should be closed. */
  readonly onBlocked?: (() => void) | undefined;
}

/** Two weeks: a load that was broken off before a holiday goes on after it. */
const STALE_AFTER = 14 * 24 * 3600;

/**
 * Opens the store, upgrading what an older version of the page left, and drops what was begun long ago and never taken up again.
 * @throws CoreError `store/newer`, `store/unavailable`, `store/full`.
 */
export async function openBrowserStore(options: BrowserStoreOptions = {}): Promise<BrowserStore> {
  const { name = "breakbulk", now = () => Date.now() / 1000, staleAfter = STALE_AFTER } = options;
  const database = await openDatabase({ ...options, name });
  const news = openNews(name);
  const parts: StoreParts = {
    database,
    locks: openLocks(`${name}/`),
    news,
    now,
    newHasher: options.newHasher,
    pieceBytes: options.pieceBytes ?? PIECE_BYTES,
  };
  const blobs = blobHalf(parts);
  const { expireClaims, ...claims } = claimHalf(parts);
  const expire = async (before: number): Promise<number> => {
    await expireClaims(before);
    let freed = 0;
    for (const { digest, offset, touchedAt } of await blobs.partials())
      if (touchedAt < before && (await blobs.discard(digest))) freed += offset;
    return freed;
  };
  await expire(now() - staleAfter);
  return {
    ...blobs,
    ...claims,
    table: imageTable(parts),
    scans: scanShelf(parts),
    expire,
    watch: (listener) => news.listen(listener),
    close() {
      news.close();
      database.close();
    },
  };
}
