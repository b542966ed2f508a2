import type { OpenArchive, Row, ViewSpec } from "../../model/engine.ts";
import type { SizeNode } from "../../model/size-blocks.ts";

/** What lies in a directory, largest first. */
export interface Sized {
  readonly nodes: readonly SizeNode[];
  /** Entries beyond those in `nodes`. */
  readonly others: number;
}

/** Entries of a directory drawn at most; what is smaller is said as a number. */
const MOST = 100;
/** Entries drawn in a directory that is itself drawn in another. */
const MOST_INSIDE = 24;
/** Directories whose insides are drawn, and their least share of the whole. */
const FRAMES = 12;
const LEAST_FRAME = 0.02;

/** Reads what lies in directories of an image's merged tree, by size. */
export interface SizeSource {
  /** What lies in the root (`undefined`) or in the directory `node`, with what lies in the largest of that. */
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

  async function list(node: number | undefined, most: number): Promise<readonly Row[]> {
    if (node === undefined) return handle.rows(view, 0, Math.min(count, most));
    const { row: at } = await handle.reveal(view, node);
    if (at < 0) return [];
    const { rows: total } = await handle.fold(view, node, { expanded: true });
    const [own, ...below] = await handle.rows(view, at, Math.min(total, at + 1 + most));
    const end = below.findIndex((row) => row.depth <= (own?.depth ?? 0));
    // Folded again at once: what lies deeper never gets between the rows of a level above.
    await handle.fold(view, node, { expanded: false });
    return end === -1 ? below : below.slice(0, end);
  }

  return {
    async children(node) {
      const rows = await list(node, MOST);
      const whole = rows.reduce((sum, row) => sum + row.size, 0);
      const nodes: SizeNode[] = [];
      for (const row of rows) {
        const frame = row.type === "dir" && nodes.length < FRAMES && row.size > whole * LEAST_FRAME;
        nodes.push({ row, inside: frame ? await list(row.node, MOST_INSIDE) : [] });
      }
      return { nodes, others: Math.max(0, (rows[0]?.siblings ?? 0) - rows.length) };
    },
    close: () => handle.closeView(view),
  };
}
