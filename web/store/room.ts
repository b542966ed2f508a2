/** Room that the browser gives this origin, in bytes. */
export interface StorageRoom {
  readonly usage: number;
  readonly quota: number;
  readonly free: number;
}

/**
 * What the page may store, as far as the browser tells; `undefined` where it does not. An estimate: browsers pad and
 * round it, and Chromium says 10 GiB more than is used, whatever the disk has; only storing tells. */
export async function storageRoom(): Promise<StorageRoom | undefined> {
  try {
    const { usage, quota } = await storage()!.estimate();
    if (usage === undefined || quota === undefined) return undefined;
    return { usage, quota, free: Math.max(0, quota - usage) };
  } catch {
    return undefined;
  }
}

/** Whether the browser keeps what is stored until the person removes it, instead of dropping it when the disk gets full. */
export async function isPersistent(): Promise<boolean> {
  try {
    return await storage()!.persisted();
  } catch {
    return false;
  }
}

/**
 * Asks the browser to keep what is stored; whether it does. Some ask the person, and settle only when he has answered: do not let anything
 * wait for it.
 */
export async function askPersistence(): Promise<boolean> {
  try {
    return (await isPersistent()) || (await storage()!.persist());
  } catch {
    return false;
  }
}

/** Absent in pages that are not served securely. */
function storage(): StorageManager | undefined {
  return typeof navigator === "undefined" ? undefined : navigator.storage;
}
