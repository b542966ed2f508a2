import { hierarchy, treemap, treemapSquarify } from "d3-hierarchy";
import type { Row } from "./engine.ts";

/** A file or directory with what lies in it, as far as that is drawn. */
export interface SizeNode {
  readonly row: Row;
  readonly inside: readonly Row[];
}

/** A row of a file list as an area in CSS pixels. */
export interface Block {
  readonly row: Row;
  /** The directory it is drawn in, when that is one of the blocks. */
  readonly parent?: Row | undefined;
  /** Whether other blocks are drawn in it. */
  readonly frame: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 1 for the largest of its level, towards 0 for the smallest: how strongly it is coloured. */
  readonly shade: number;
}

interface Datum {
  readonly row?: Row;
  readonly size?: number;
  readonly children?: Datum[];
}

/** Pixels above the blocks in a directory, for its name. */
const HEAD = 18;

function datumOf({ row, inside }: SizeNode): Datum {
  const children: Datum[] = inside
    .filter((child) => child.size > 0)
    .map((child) => ({ row: child, size: child.size }));
  if (children.length === 0) return { row, size: row.size };
  // What is not drawn one by one still takes its room.
  const rest = row.size - children.reduce((sum, child) => sum + (child.size ?? 0), 0);
  if (rest > 0) children.push({ size: rest });
  return { row, children };
}

/** Areas in proportion to sizes, parents before what is drawn in them; those below 3 pixels a side are left out. */
export function layOut(
  nodes: readonly SizeNode[],
  room: { readonly width: number; readonly height: number },
): readonly Block[] {
  const sized = nodes.filter(({ row }) => row.size > 0 && !row.removed);
  const largest = sized[0]?.row.size ?? 1;
  if (sized.length === 0 || room.width < 8 || room.height < 8) return [];
  const root = hierarchy<Datum>({ children: sized.map(datumOf) }, (datum) => datum.children);
  root.sum((datum) => datum.size ?? 0);
  const placed = treemap<Datum>()
    .tile(treemapSquarify)
    .size([room.width, room.height])
    .paddingInner(2)
    .paddingOuter((node) => (node.depth === 1 && node.children ? 2 : 0))
    .paddingTop((node) => (node.depth === 1 && node.children ? HEAD : 0))
    .round(true)(root);
  const blocks: Block[] = [];
  for (const node of placed.descendants()) {
    const { row } = node.data;
    const width = node.x1 - node.x0;
    const height = node.y1 - node.y0;
    if (row === undefined || width < 3 || height < 3) continue;
    const shade = Math.sqrt(row.size / largest);
    const parent = node.depth === 2 ? node.parent?.data.row : undefined;
    const frame = node.children !== undefined;
    blocks.push({ row, parent, frame, x: node.x0, y: node.y0, width, height, shade });
  }
  return blocks;
}
