import type { LoadProgress } from "../archive/mod.ts";
import type { Output } from "./context.ts";
import { ProgressLines } from "./progress.ts";
import { shortID } from "./units.ts";

/** Shows how far a load is, where somebody looks: one line for each layer that was not there before. */
export function loadProgress(
  output: Output,
  quiet: boolean,
): { readonly take: (progress: LoadProgress) => void; readonly end: () => Promise<void> } {
  const lines = new ProgressLines(output);
  return {
    take({ kind, state, diffID, bytes, total }) {
      if (quiet || !output.terminal || kind !== "layer" || diffID === undefined) return;
      if (state === "copying" || state === "done")
        lines.tell(shortID(diffID), "Loading layer ", { bytes, total });
    },
    end: () => lines.end(),
  };
}
