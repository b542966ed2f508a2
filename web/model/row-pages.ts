import type { Row } from "./engine.ts";

/** Rows in one page of the cache. */
export const PAGE_ROWS = 128;

/** Pages kept: 8,192 rows, some megabytes, whatever the length of the list. */
const MAX_PAGES = 64;

/** The part of a long list that is at hand. Values of this type never change; each addition is a new value. */
export interface RowPages {
  readonly pages: ReadonlyMap<number, readonly Row[]>;
}

/** Nothing at hand. */
export const NO_ROWS: RowPages = { pages: new Map() };

/** The row at `index`, when at hand. */
export function rowAt(rows: RowPages, index: number): Row | undefined {
  return rows.pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
}

/** The pages that hold rows `[from, to)` of a list of `count`, in order. */
export function pagesOf(from: number, to: number, count: number): readonly number[] {
  const pages: number[] = [];
  const end = Math.min(to, count);
  for (let page = Math.floor(Math.max(0, from) / PAGE_ROWS); page * PAGE_ROWS < end; page += 1)
    pages.push(page);
  return pages;
}

/** `rows` with one page more; the pages farthest from it go when there are too many. */
export function withPage(rows: RowPages, page: number, content: readonly Row[]): RowPages {
  const pages = new Map(rows.pages);
  pages.set(page, content);
  if (pages.size > MAX_PAGES) {
    const far = [...pages.keys()].sort((a, b) => Math.abs(b - page) - Math.abs(a - page));
    for (const key of far.slice(0, pages.size - MAX_PAGES)) pages.delete(key);
  }
  return { pages };
}
