import type { BlobSink } from "../../core/store/mod.ts";
import type { BrowserStore } from "../store/mod.ts";

/** Smaller pieces cost more transactions than they save bytes. */
const LEAST_PIECE = 128 * 1024;

/**
 * The store, written in pieces as they arrive and not only in full ones: what comes slowly is lost in little when the tab ends, what comes
 * fast is stored in pieces that are stored fast.
 */
export function inSmallPieces(store: BrowserStore): BlobSink {
  return {
    lease: (root) => store.lease(root),
    openWriter: (ref, options) => store.openWriter(ref, { ...options, leastPiece: LEAST_PIECE }),
  };
}

/** The same for whoever needs all of a store. */
export function storingOften(store: BrowserStore): BrowserStore {
  const often = inSmallPieces(store);
  return { ...store, openWriter: (ref, options) => often.openWriter(ref, options) };
}
