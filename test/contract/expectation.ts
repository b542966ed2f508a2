/** Checks for suites that also run where no test framework is: inside a page, a worker. They throw. */
import { CoreError, type ErrorCode } from "../../core/error.ts";

/** Fails with `what` unless `fact`. */
export function holds(fact: boolean, what: string): asserts fact {
  if (!fact) throw new Error(`does not hold: ${what}`);
}

/** Fails unless both are the same as JSON; Maps, Sets and typed arrays count as lists. */
export function same(found: unknown, expected: unknown, what = "value"): void {
  const [a, b] = [text(found), text(expected)];
  if (a !== b) throw new Error(`${what} is ${a}, expected ${b}`);
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (isList(v) ? Array.from(v) : v)) ?? "undefined";
}

function isList(value: unknown): value is Iterable<unknown> {
  return value instanceof Map || value instanceof Set || value instanceof Uint8Array;
}

/** The CoreError of code `code` that `work` rejects with. */
export async function fails(code: ErrorCode, work: () => Promise<unknown>): Promise<CoreError> {
  const error = await rejection(work);
  if (error instanceof CoreError && error.code === code) return error;
  throw new Error(`failed with ${String(error)}, expected ${code}`, { cause: error });
}

/** What `work` rejects with. */
export async function rejection(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("did not fail");
}
