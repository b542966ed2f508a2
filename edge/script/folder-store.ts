import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pump, type ReadOptions, type Source } from "../../core/bytes/mod.ts";
import type { Digest, NewHasher } from "../../core/digest/mod.ts";
import { CoreError } from "../../core/error.ts";
import {
  type BlobRef,
  type BlobStat,
  type BlobWriter,
  blobVerifier,
  byDigest,
  type ImageTable,
  type Lease,
  type LeaseRecord,
  type LocalStore,
  type PartialStat,
  verifiedWriter,
} from "../../core/store/mod.ts";
import { leaseFiles } from "./lease-files.ts";
import { isLocked, takeLock } from "./lock.ts";
import { OpenFiles, positionalSource } from "./positional.ts";
import { systemCode } from "./system-error.ts";
import { tableFile } from "./table-file.ts";
import { writeAll } from "./write-all.ts";

/** What {@link openFolderStore} takes. */
export interface FolderStoreOptions {
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly newHasher: NewHasher;
}

/** A store in a folder, to be given back when it is no longer used. */
export interface FolderStore extends LocalStore {
  close(): void;
}

/** Blobs that stay open between reads. */
const MOST_OPEN = 64;
const LAYOUT = '{"imageLayoutVersion":"1.0.0"}';

/**
 * A store in a folder, which is an OCI image layout: blobs by their digests, index.json with the names of the images. What a layout cannot say
 * (which image is which, containers, unfinished blobs, claims) lies in `breakbulk/` inside it. Several processes may use it at once. A blob is
 * written beside and moved to its place once it is verified.
 */
export function openFolderStore(folder: string, options: FolderStoreOptions): FolderStore {
  const own = join(folder, "breakbulk");
  for (const part of ["partial", "leases", "locks"]) mkdirSync(join(own, part), { recursive: true });
  mkdirSync(join(folder, "blobs", "sha256"), { recursive: true });
  const layout = join(folder, "oci-layout");
  if (!existsSync(layout)) writeFileSync(layout, LAYOUT);
  return new Store(folder, own, options);
}

class Store implements FolderStore {
  readonly table: ImageTable;
  readonly #blobs: string;
  readonly #partials: string;
  readonly #locks: string;
  readonly #options: FolderStoreOptions;
  readonly #read: () => { readonly version: number };
  readonly #leases: ReturnType<typeof leaseFiles>;
  readonly #files = new OpenFiles(MOST_OPEN);

  constructor(folder: string, own: string, options: FolderStoreOptions) {
    this.#blobs = join(folder, "blobs", "sha256");
    this.#partials = join(own, "partial");
    this.#locks = join(own, "locks");
    this.#options = options;
    const table = tableFile({ table: join(own, "table.json"), index: join(folder, "index.json") }, (work) =>
      this.#exclusively(work),
    );
    this.table = table;
    this.#read = table.read;
    this.#leases = leaseFiles(join(own, "leases"), options.now, (work) => this.#exclusively(work));
  }

  close(): void {
    this.#files.closeAll();
  }

  async stat(ref: BlobRef, options: ReadOptions = {}): Promise<number | undefined> {
    options.signal?.throwIfAborted();
    return sizeOf(this.#blobPath(ref.digest));
  }

  async blob(ref: BlobRef, options: ReadOptions = {}): Promise<Source | undefined> {
    options.signal?.throwIfAborted();
    const path = this.#blobPath(ref.digest);
    const size = sizeOf(path);
    return size === undefined ? undefined : positionalSource(size, this.#files.reader(path));
  }

  async list(options: ReadOptions = {}): Promise<readonly BlobStat[]> {
    options.signal?.throwIfAborted();
    return this.#entries(this.#blobs).map(({ digest, size }) => ({ digest, size }));
  }

  async openWriter(ref: BlobRef, options: ReadOptions = {}): Promise<BlobWriter | undefined> {
    const { digest, size } = ref;
    const verifier = blobVerifier(ref, this.#options.newHasher);
    const giveBack = await takeLock(this.#writerLock(digest), options.signal);
    try {
      const target = this.#blobPath(digest);
      if (existsSync(target)) {
        giveBack();
        return undefined;
      }
      const path = this.#partialPath(digest);
      const kept = sizeOf(path) ?? 0;
      const offset = kept <= (size ?? kept) ? kept : 0;
      if (offset > 0) {
        const files = new OpenFiles(1);
        await pump(positionalSource(offset, files.reader(path)), (chunk) => verifier.push(chunk));
        files.closeAll();
      }
      const file = openSync(path, "a");
      if (offset < kept) ftruncateSync(file, offset);
      let open = true;
      const close = (): void => {
        if (open) closeSync(file);
        open = false;
      };
      const medium = {
        keep: async (chunk: Uint8Array) => keepChunk(file, chunk, digest),
        settle: async () => close(),
        publish: async () => {
          fdatasyncSync(file);
          close();
          this.#files.close(target);
          renameSync(path, target);
        },
        drop: async () => {
          close();
          rmSync(path, { force: true });
        },
        close: () => {
          close();
          // What has taken nothing leaves nothing.
          if (sizeOf(path) === 0) rmSync(path, { force: true });
          giveBack();
        },
      };
      return verifiedWriter({ verifier, offset, medium });
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async partial(digest: Digest): Promise<number> {
    return sizeOf(this.#partialPath(digest)) ?? 0;
  }

  async partials(): Promise<readonly PartialStat[]> {
    return this.#entries(this.#partials)
      .filter(({ size }) => size > 0)
      .map(({ digest, size, mtimeMs }) => ({ digest, offset: size, touchedAt: mtimeMs / 1000 }));
  }

  async discard(digest: Digest): Promise<boolean> {
    const path = this.#partialPath(digest);
    if (isLocked(this.#writerLock(digest)) || sizeOf(path) === undefined) return false;
    rmSync(path, { force: true });
    return true;
  }

  async remove(
    digests: readonly Digest[],
    conditions: { readonly version?: number | undefined; readonly pinned?: boolean | undefined } = {},
  ): Promise<readonly BlobStat[] | undefined> {
    return this.#exclusively(async () => {
      if (conditions.version !== undefined && conditions.version !== this.#read().version) return undefined;
      const pinned = new Set(
        conditions.pinned === true ? [] : this.#leases.list().flatMap(({ pins }) => pins),
      );
      const removed: BlobStat[] = [];
      for (const digest of new Set(digests)) {
        const path = this.#blobPath(digest);
        const size = sizeOf(path);
        if (size === undefined || pinned.has(digest)) continue;
        this.#files.close(path);
        unlinkSync(path);
        removed.push({ digest, size });
      }
      return removed.sort(byDigest);
    });
  }

  lease(root: Digest): Promise<Lease> {
    return this.#leases.open(root);
  }

  async leases(): Promise<readonly LeaseRecord[]> {
    return this.#leases.list();
  }

  async expire(before: number): Promise<number> {
    let freed = 0;
    for (const { digest, offset, touchedAt } of await this.partials())
      if (touchedAt < before && (await this.discard(digest))) freed += offset;
    await this.#leases.expire(before);
    return freed;
  }

  /** Changes of the table, and looks at claims before something goes, happen one after the other, over all processes. */
  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const giveBack = await takeLock(join(this.#locks, "table"));
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  #entries(folder: string): { digest: Digest; size: number; mtimeMs: number }[] {
    return readdirSync(folder)
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .flatMap((name) => {
        const found = statSync(join(folder, name), { throwIfNoEntry: false });
        if (found === undefined) return [];
        const { size, mtimeMs } = found;
        return [{ digest: `sha256:${name}` as const, size, mtimeMs }];
      })
      .sort(byDigest);
  }

  /** Nothing but a sha256 digest is a name of a file: what else is asked for is not there. */
  #blobPath(digest: Digest): string {
    return join(this.#blobs, fileName(digest));
  }

  #partialPath(digest: Digest): string {
    return join(this.#partials, fileName(digest));
  }

  #writerLock(digest: Digest): string {
    return join(this.#locks, fileName(digest));
  }
}

const fileName = (digest: Digest): string =>
  /^sha256:[0-9a-f]{64}$/.test(digest) ? digest.slice("sha256:".length) : "none";

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** @throws CoreError `store/full` */
function keepChunk(file: number, chunk: Uint8Array, digest: Digest): void {
  try {
    writeAll(file, chunk);
  } catch (error) {
    const code = systemCode(error);
    if (code !== "ENOSPC" && code !== "EDQUOT") throw error;
    throw new CoreError(
      "store/full",
      `Cannot store ${digest}: no space left on device`,
      { digest },
      { cause: error },
    );
  }
}
