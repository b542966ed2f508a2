import type { BlobSink } from "../../core/store/mod.ts";
import type { BrowserStore } from "../store/mod.ts";

/** Into so many pieces a layer is cut: as much of it is lost at most when the tab ends. */
const PIECES = 256;
/** Smaller pieces cost more transactions than they save bytes. */
const LEAST_PIECE = 256 * 1024;

/** The store, written in pieces by the size of each blob: large ones are written fastest in large pieces, and of small ones little is lost. */
export function inSmallPieces(store: BrowserStore): BlobSink {
  return {
    lease: (root) => store.lease(root),
    openWriter(ref, options) {
      const pieceBytes = Math.max(LEAST_PIECE, Math.ceil((ref.size ?? 0) / PIECES));
      return store.openWriter(ref, { ...options, pieceBytes });
    },
  };
}
