import type { ByteFeed } from "../model/engine.ts";

/** Somewhere on the reader's disk that bytes go to. */
export interface SaveTarget {
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Makes the file whole and visible. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

declare global {
  interface Window {
    /** Only Chromium has it. */
    showSaveFilePicker?: (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>;
  }
}

/** Whether the reader can be asked where a file goes, so that it is written there while it comes. */
export function hasPicker(): boolean {
  return window.showSaveFilePicker !== undefined;
}

/** Hands a finished Blob to the browser's download list. */
export function downloadBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The browser has taken its own hold of the bytes when the click returns; a minute is for those that are late.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Bytes that wait in a Blob: Blobs of Blobs let the browser spill to disk what would not fit in memory. */
function blobTarget(name: string): SaveTarget {
  let held: Blob[] = [];
  let small: Uint8Array<ArrayBuffer>[] = [];
  let smallBytes = 0;
  const fold = () => {
    if (small.length > 0) held.push(new Blob(small));
    small = [];
    smallBytes = 0;
  };
  return {
    async write(chunk) {
      small.push(chunk);
      smallBytes += chunk.byteLength;
      if (smallBytes > 8 << 20) fold();
    },
    async finish() {
      fold();
      // Without a type Chromium looks at the bytes and names etc/motd motd.txt.
      downloadBlob(new Blob(held, { type: "application/octet-stream" }), name);
      held = [];
    },
    async discard() {
      held = [];
      small = [];
    },
  };
}

/**
 * Where the reader wants `name`: a file they pick, where the browser has a picker, else the download list. Call it in the
 * gesture's own task. `undefined` when they think better of it.
 */
export async function chooseTarget(name: string): Promise<SaveTarget | undefined> {
  if (window.showSaveFilePicker === undefined) return blobTarget(name);
  try {
    const handle = await window.showSaveFilePicker({ suggestedName: name });
    const file = await handle.createWritable();
    return {
      write: (chunk) => file.write(chunk),
      finish: () => file.close(),
      discard: () => file.abort(),
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    // SecurityError in frames, NotAllowedError where a policy forbids the picker: the download list still works.
    return blobTarget(name);
  }
}

/**
 * Moves all of `feed` into `target`, telling `report` the bytes so far.
 * @throws the signal's reason, or what the feed or the disk throws; the target is then discarded.
 */
export async function pump(
  feed: ByteFeed,
  target: SaveTarget,
  options: { readonly signal: AbortSignal; readonly report: (done: number) => void },
): Promise<void> {
  let done = 0;
  try {
    for (;;) {
      options.signal.throwIfAborted();
      const chunk = await feed.next();
      if (chunk === undefined) break;
      await target.write(chunk);
      done += chunk.byteLength;
      options.report(done);
    }
    options.signal.throwIfAborted();
    await target.finish();
  } catch (error) {
    feed.cancel();
    await target.discard().catch(() => undefined);
    throw error;
  }
}
