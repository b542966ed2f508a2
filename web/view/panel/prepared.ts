import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SavedImages, SaveRequest } from "../../model/images.ts";
import { type Trouble, troubleOf } from "../../model/trouble.ts";

/** An archive being composed: composed, on its way, or refused. */
export interface Prepared {
  readonly saved: SavedImages | undefined;
  /** Bytes read while layers are measured. */
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly trouble: Trouble | undefined;
}

const NOTHING: Prepared = { saved: undefined, progress: undefined, trouble: undefined };

/** What `compose` gives, anew whenever `inputs` change; what is no longer wanted is called off. */
export function usePrepared(
  compose: (how: Required<Pick<SaveRequest, "signal" | "listen">>) => Promise<SavedImages>,
  inputs: readonly unknown[],
): Prepared {
  const prepared = useSignal(NOTHING);
  useEffect(() => {
    const end = new AbortController();
    const run = async () => {
      try {
        const listen = (progress: { readonly done: number; readonly total: number }) => {
          if (!end.signal.aborted) prepared.value = { ...NOTHING, progress };
        };
        const saved = await compose({ signal: end.signal, listen });
        if (!end.signal.aborted) prepared.value = { ...NOTHING, saved };
      } catch (error) {
        if (!end.signal.aborted) prepared.value = { ...NOTHING, trouble: troubleOf(error) };
      }
    };
    prepared.value = NOTHING;
    void run();
    return () => end.abort();
  }, inputs);
  return prepared.value;
}
