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

/**
 * Chromium refuses by the real quota but estimates a made-up one, of 10 GiB more than is used, so that pages cannot be told apart by it: an
 * estimate that has room for what was just refused is not worth repeating.
 */
async function fullError(cause: Error, { what, needed }: Attempt): Promise<CoreError> {
  const room = await storageRoom();
  const free = room === undefined || room.free >= (needed ?? 0) ? undefined : room.free;
  const wants =
    needed === undefined
      ? "the browser has no room for it"
      : `the browser has no room for ${needed} more bytes`;
  return new CoreError(
    "store/full",
    `Cannot ${what}: ${wants}${free === undefined ? "" : `, ${free} are free`}`,
    {
      ...(needed === undefined ? {} : { needed, missing: needed - (free ?? 0) }),
      ...(free === undefined ? {} : { free }),
      ...(room === undefined ? {} : { usage: room.usage }),
    },
    { cause },
  );
}
