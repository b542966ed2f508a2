import type { LoadProgress } from "../archive/mod.ts";
import type { Output } from "./context.ts";

/** Shows how far a load is, where somebody looks. */
export function loadProgress(
  _output: Output,
  _quiet: boolean,
): { readonly take: (progress: LoadProgress) => void; readonly end: () => Promise<void> } {
  return { take() {}, async end() {} };
}
