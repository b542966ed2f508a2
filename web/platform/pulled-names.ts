import { recall, remember } from "./memory.ts";

/** Names that are remembered. */
const LIMIT = 20;

/** The names that were pulled last in this browser, the last first. */
export function pulledNames(): readonly string[] {
  try {
    const found: unknown = JSON.parse(recall("pulled") ?? "[]");
    return Array.isArray(found) ? found.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

/** Remembers a name that was pulled. */
export function rememberPulled(name: string): void {
  remember("pulled", JSON.stringify([name, ...pulledNames().filter((one) => one !== name)].slice(0, LIMIT)));
}
