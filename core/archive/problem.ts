import { CoreError, isCoreError, type Json } from "../error.ts";
import type { Problem } from "./types.ts";

/** The problem that an error is. @throws `error` itself when it is no {@link CoreError}: defects and aborts are not the archive's doing. */
export function problemOf(error: unknown): Problem {
  if (!isCoreError(error)) throw error;
  return { code: error.code, message: error.message, detail: error.detail };
}

/** The error that a problem is, for callers to whom it matters enough. */
export function errorOf(problem: Problem): CoreError {
  return new CoreError(problem.code, problem.message, problem.detail);
}

/** What `read` gives, or `undefined` and a note in `problems` when the archive is to blame. */
export function attempt<T>(problems: Problem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    problems.push(problemOf(error));
    return undefined;
  }
}

/** {@link attempt} of what takes time. */
export async function attemptAsync<T>(problems: Problem[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    problems.push(problemOf(error));
    return undefined;
  }
}

/** Longest text of a problem: names and paths in an archive are as long as it likes. */
const LONGEST = 1000;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** The first `most` of `problems`, what is overlong in them cut. */
export function bounded(problems: readonly Problem[], most: number): Problem[] {
  return problems.slice(0, most).map(({ code, message, detail }) => ({
    code,
    message: shortened(message),
    detail: Object.fromEntries(
      Object.entries(detail).map(([key, value]) => [
        key,
        typeof value === "string"
          ? shortened(value)
          : Array.isArray(value)
            ? value.slice(0, 20).map(shortItem)
            : value,
      ]),
    ),
  }));
}

const shortItem = (item: Json): Json => (typeof item === "string" ? shortened(item) : item);

/** A note of keys that a document has twice. */
export function duplicateKeys(document: string, keys: readonly string[]): Problem[] {
  if (keys.length === 0) return [];
  const shown = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 100)));
  return [
    {
      code: "archive/duplicate",
      message: `${document} has keys that stand twice in one object, of which the last one counts: ${shown.join(", ")}`,
      detail: { document, keys: keys.slice(0, 20) },
    },
  ];
}
