import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  Virtualizer,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

/** A list of rows of one height, of which only those in sight are drawn. */
export interface VirtualOptions {
  readonly count: number;
  /** Height of a row in CSS pixels. */
  readonly rowHeight: number;
  readonly scroller: RefObject<HTMLElement | null>;
  /** A row drawn wherever the list is scrolled to, so that it can keep the focus. */
  readonly keep?: number;
}

function indexes(range: Range, keep: number | undefined): number[] {
  const from = Math.max(0, range.startIndex - range.overscan);
  const to = Math.min(range.count - 1, range.endIndex + range.overscan);
  const list: number[] = [];
  if (keep !== undefined && keep < from && keep >= 0) list.push(keep);
  for (let index = from; index <= to; index += 1) list.push(index);
  if (keep !== undefined && keep > to && keep < range.count) list.push(keep);
  return list;
}

/** The virtualizer of a list; the component is drawn anew as it scrolls or changes size. */
export function useVirtual(options: VirtualOptions): Virtualizer<HTMLElement, HTMLElement> {
  const [, redraw] = useReducer<number, undefined>((count) => count + 1, 0);
  const full = {
    count: options.count,
    getScrollElement: () => options.scroller.current,
    estimateSize: () => options.rowHeight,
    rangeExtractor: (range: Range) => indexes(range, options.keep),
    overscan: 6,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(full));
  virtualizer.setOptions(full);
  // The two hooks by which the library's own adapters attach it; there are no others.
  // oxlint-disable-next-line no-underscore-dangle
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  // oxlint-disable-next-line no-underscore-dangle
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, options.rowHeight]);
  return virtualizer;
}
