import { CoreError, isCoreError, type Json } from "../error.ts";

/** Lines of a Dockerfile, counted from 1, both included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** The error for a Dockerfile that says `message`, in BuildKit's words; `at` where it stands, as far as that is known. */
export function dockerfileError(message: string, at?: LineRange): CoreError {
  return new CoreError(
    "dockerfile/invalid",
    message,
    at === undefined ? {} : { lines: [[at.start, at.end]] },
  );
}

/** `error` with the place `at` when it does not know one yet. Errors that are none of ours pass through. */
export function locate(error: unknown, at: LineRange): unknown {
  if (!isCoreError(error) || error.detail["lines"] !== undefined) return error;
  const lines: Json = [[at.start, at.end]];
  return new CoreError(error.code, error.message, { ...error.detail, lines }, { cause: error.cause });
}

/** What `work` gives; what it throws gets the place `at`. */
export function located<T>(at: LineRange, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw locate(error, at);
  }
}

/** The places an error of this folder, or of a build, names. */
export function errorLines(error: CoreError): LineRange[] {
  const { lines } = error.detail;
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((pair: Json) => {
    if (!Array.isArray(pair)) return [];
    const [start, end] = pair as readonly Json[];
    return typeof start === "number" && typeof end === "number" ? [{ start, end }] : [];
  });
}
