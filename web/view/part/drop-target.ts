import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** What was dropped: files, and the same as entries, folders among them. */
export interface Dropped {
  readonly files: readonly File[];
  readonly entries: readonly FileSystemEntry[];
}

type Taker = (dropped: Dropped) => void;

const takers = new WeakMap<Element, Taker>();

/** What takes a drop on `target`: the innermost part of the page around it that does. */
export function dropTaker(target: Element | undefined): Taker | undefined {
  for (let at: Element | null = target ?? null; at !== null; at = at.parentElement) {
    const taker = takers.get(at);
    if (taker !== undefined) return taker;
  }
  return undefined;
}

/** Lets the element that `part` is drawn to take what is dropped on it. */
export function useDropTarget(part: RefObject<Element | null>, take: Taker): void {
  useEffect(() => {
    const element = part.current;
    if (element === null) return undefined;
    takers.set(element, take);
    return () => void takers.delete(element);
  });
}
