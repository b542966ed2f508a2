import { CoreError } from "../../core/error.ts";
import { storageRoom } from "./room.ts";

/** What was being stored when the database failed. */
export interface Attempt {
  /** As it stands in messages, after "Cannot": `store sha256:…`. */
  readonly what: string;
  /** Bytes that were still to be stored, where that is known. */
  readonly needed?: number | undefined;
}

/** The error for the caller: a full disk and an unreadable file get a code, what is ours or an abort passes as it is. */
export async function storeFailure(error: unknown, attempt: Attempt): Promise<unknown> {
  if (!(error instanceof Error) || error instanceof CoreError) return error;
  if (isFull(error)) return fullError(error, attempt);
  if (error.name === "InvalidStateError" || error.name === "TransactionInactiveError")
    return new CoreError(
      "store/closed",
      `Cannot ${attempt.what}: the database was closed`,
      {},
      { cause: error },
    );
  if (error.name === "NotReadableError" || error.name === "NotFoundError" || error.name === "DataError")
    return new CoreError(
      "store/unreadable",
      `Cannot ${attempt.what}: ${error.message}`,
      {},
      { cause: error },
    );
  return error;
}

/** Browsers say it in two ways: the origin's quota is spent, or the disk is. */
function isFull({ name, message }: Error): boolean {
  return name === "QuotaExceededError" || (name === "UnknownError" && /full|quota|space/i.test(message));
}

async function fullError(cause: Error, { what, needed }: Attempt): Promise<CoreError> {
  const room = await storageRoom();
  const wants = needed === undefined ? "there is no room" : `${needed} more bytes are needed`;
  const has = room === undefined ? "" : `; ${room.free} of ${room.quota} bytes are free`;
  const missing = room === undefined || needed === undefined ? undefined : Math.max(0, needed - room.free);
  return new CoreError(
    "store/full",
    `Cannot ${what}: ${wants}${has}`,
    {
      ...(needed === undefined ? {} : { needed }),
      ...(room === undefined ? {} : { free: room.free, quota: room.quota, usage: room.usage }),
      ...(missing === undefined ? {} : { missing }),
    },
    { cause },
  );
}
