import { hierarchy, treemap, treemapSquarify } from "d3-hierarchy";
import type { Row } from "./engine.ts";

/** A row of a file list as an area in CSS pixels. */
export interface Block {
  readonly row: Row;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 1 for the largest of its level, towards 0 for the smallest: how strongly it is coloured. */
  readonly shade: number;
}

interface Datum {
  readonly row?: Row;
  readonly children?: Datum[];
}

/** Areas in proportion to the sizes of `rows`, largest first; those below 3 pixels a side are left out. */
export function layOut(
  rows: readonly Row[],
  room: { readonly width: number; readonly height: number },
): readonly Block[] {
  const sized = rows.filter((row) => row.size > 0 && !row.removed);
  const largest = sized[0]?.size ?? 1;
  if (sized.length === 0 || room.width < 8 || room.height < 8) return [];
  const root = hierarchy<Datum>({ children: sized.map((row) => ({ row })) }, (datum) => datum.children);
  root.sum((datum) => datum.row?.size ?? 0);
  const placed = treemap<Datum>()
    .tile(treemapSquarify)
    .size([room.width, room.height])
    .paddingInner(2)
    .round(true)(root);
  const blocks: Block[] = [];
  for (const leaf of placed.leaves()) {
    const { row } = leaf.data;
    const width = leaf.x1 - leaf.x0;
    const height = leaf.y1 - leaf.y0;
    if (row === undefined || width < 3 || height < 3) continue;
    blocks.push({ row, x: leaf.x0, y: leaf.y0, width, height, shade: Math.sqrt(row.size / largest) });
  }
  return blocks;
}
