import { CoreError, type Json } from "../error.ts";

/** An error whose message is printed as it stands. @see CoreError `command/failed` */
export function failed(
  message: string,
  detail: { readonly [key: string]: Json } = {},
  cause?: unknown,
): CoreError {
  return new CoreError("command/failed", message, detail, cause === undefined ? undefined : { cause });
}

/** The same, as what Docker's engine says. */
export function refused(
  message: string,
  detail: { readonly [key: string]: Json } = {},
  cause?: unknown,
): CoreError {
  return failed(`Error response from daemon: ${message}`, detail, cause);
}

/** What the engine would say: Docker's words where the error has them. */
export function wordsOf(error: CoreError): string {
  const { reason } = error.detail;
  return typeof reason === "string" && !error.code.startsWith("command/") ? reason : error.message;
}

/** `work`, whose errors are told as the engine's. */
export async function asEngine<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CoreError) || error.code.startsWith("command/")) throw error;
    throw refused(wordsOf(error), {}, error);
  }
}

/** Docker asks its engine for a name as part of an address: an empty one is another address. @throws CoreError `command/failed` */
export function refuseEmpty(names: readonly string[]): void {
  if (names.includes("")) throw refused("page not found");
}

/** `work`, whose errors are told in Docker's words alone, as its command line does. */
export async function asClient<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CoreError) || error.code.startsWith("command/")) throw error;
    throw failed(wordsOf(error), {}, error);
  }
}
