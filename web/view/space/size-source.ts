import type { OpenArchive, Row, ViewSpec } from "../../model/engine.ts";

/** Children of a directory, largest first. */
export interface Sized {
  readonly rows: readonly Row[];
  /** Children beyond those in `rows`, and their bytes in sum. */
  readonly others: number;
}

/** Children drawn at most; what is smaller is one block. */
const MOST = 120;

/** Reads what lies in directories of an image's merged tree, by size. */
export interface SizeSource {
  /** What lies in the root (`undefined`) or in the directory `node`. */
  children(node: number | undefined): Promise<Sized>;
  close(): void;
}

/** A source over the tree as of layer `upTo`, by a view of its own. */
export async function openSizeSource(handle: OpenArchive, image: number, upTo: number): Promise<SizeSource> {
  const spec: ViewSpec = {
    image,
    upTo,
    scope: "merged",
    sort: "size",
    descending: true,
    filter: "",
    changedOnly: false,
    showRemoved: false,
  };
  const { view, rows: count } = await handle.view(spec);
  return {
    async children(node) {
      if (node === undefined) {
        const rows = await handle.rows(view, 0, Math.min(count, MOST));
        const top = rows.filter((row) => row.depth === rows[0]?.depth);
        return { rows: top, others: (top[0]?.siblings ?? 0) - top.length };
      }
      const { row: at } = await handle.reveal(view, node);
      const { rows: total } = await handle.fold(view, node, { expanded: true });
      const [own, ...below] = await handle.rows(view, at, Math.min(total, at + 1 + MOST));
      const end = below.findIndex((row) => row.depth <= (own?.depth ?? 0));
      const rows = end === -1 ? below : below.slice(0, end);
      // Folded again at once: what lies deeper never gets between the rows of a level above.
      await handle.fold(view, node, { expanded: false });
      return { rows, others: Math.max(0, (rows[0]?.siblings ?? 0) - rows.length) };
    },
    close: () => handle.closeView(view),
  };
}
