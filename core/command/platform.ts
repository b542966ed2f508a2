import { isCoreError } from "../error.ts";
import { type Platform, parsePlatform } from "../oci/mod.ts";
import { failed } from "./failure.ts";

/**
 * A platform as a flag gives it; `undefined` for none.
 * @throws CoreError `command/failed` with Docker's words, after `prefix`.
 */
export function platformFlag(text: string | undefined, prefix = "invalid platform: "): Platform | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return parsePlatform(text);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    throw failed(`${prefix}${JSON.stringify(text)}: ${flawOf(text)}: invalid argument`, {}, error);
  }
}

/** What is wrong with a platform that does not parse, in Docker's words. */
function flawOf(text: string): string {
  const parts = text.split("/");
  if (text.includes("*")) return "wildcards not yet supported";
  const odd = parts.find((part) => !/^[A-Za-z0-9_.-]+$/.test(part));
  if (odd !== undefined)
    return `${JSON.stringify(odd)} is an invalid component of ${JSON.stringify(text)}: platform specifier component must match "^[A-Za-z0-9_.-]+$"`;
  if (parts.length === 1) return "unknown operating system or architecture";
  return "cannot parse platform specifier";
}

/** Looks whether all of them are platforms. */
export function checkPlatforms(texts: readonly string[]): void {
  for (const text of texts) platformFlag(text);
}
