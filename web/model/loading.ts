import type { LoadEvent, LoadPart } from "./images.ts";
import { rateOf } from "./pace.ts";

/** How far a load is. */
export interface LoadState {
  /** Bytes of the archive read for its tables, of all there are to read. */
  readonly done: number;
  readonly total: number;
  /** Which image of how many is being stored, from 0; `undefined` while the archive is opened. */
  readonly image: number | undefined;
  readonly images: number;
  /** Parts of that image, by their keys, in the order in which they were first told. */
  readonly parts: ReadonlyMap<string, LoadPart>;
  /** Milliseconds on the caller's clock at which the first part was told. */
  readonly sinceMs: number | undefined;
  /** Bytes of the images before this one that were stored by this load. */
  readonly moved: number;
}

/** The state of a load of `total` bytes before the first event. */
export function startingLoad(total: number): LoadState {
  return { done: 0, total, image: undefined, images: 0, parts: new Map(), sinceMs: undefined, moved: 0 };
}

/** The state after `event`, which came at `nowMs`. */
export function nextLoad(state: LoadState, event: LoadEvent, nowMs: number): LoadState {
  if (event.type === "opening") return { ...state, done: event.done, total: event.total };
  const same = state.image === event.image;
  const parts = new Map(same ? state.parts : undefined);
  for (const part of event.parts) parts.set(part.key, part);
  return {
    ...state,
    image: event.image,
    images: event.images,
    parts,
    sinceMs: state.sinceMs ?? nowMs,
    moved: same ? state.moved : state.moved + movedOf(state.parts),
  };
}

function isThere({ state }: LoadPart): boolean {
  return state === "stored" || state === "storing" || state === "present";
}

function movedOf(parts: ReadonlyMap<string, LoadPart>): number {
  let moved = 0;
  for (const part of parts.values())
    if (part.state === "storing" || part.state === "stored") moved += part.bytes - part.resumedFrom;
  return moved;
}

/** A load in numbers; bytes. */
export interface LoadSum {
  readonly bytes: number;
  readonly total: number;
  /** Of `bytes`, those that were there before. */
  readonly before: number;
  readonly layers: number;
  readonly layersDone: number;
  /** Bytes a second, once there is enough to go by. */
  readonly rate: number | undefined;
  /** Milliseconds left at that rate; known only with the last image, since nobody knows how large those to come are. */
  readonly leftMs: number | undefined;
}

/** What there is to say of a load at `nowMs`. */
export function loadSum(state: LoadState, nowMs: number): LoadSum {
  let [bytes, total, before, layers, layersDone] = [0, 0, 0, 0, 0];
  for (const part of state.parts.values()) {
    if (part.state === "left") continue;
    total += part.total;
    if (isThere(part)) bytes += part.state === "storing" ? part.bytes : part.total;
    before += part.state === "present" ? part.total : part.resumedFrom;
    if (part.kind !== "layer") continue;
    layers += 1;
    if (part.state === "stored" || part.state === "present") layersDone += 1;
  }
  const rate = rateOf(state.moved + movedOf(state.parts), state.sinceMs, nowMs);
  const last = (state.image ?? 0) + 1 >= state.images;
  const leftMs = rate === undefined || !last ? undefined : ((total - bytes) / rate) * 1000;
  return { bytes, total, before, layers, layersDone, rate, leftMs };
}
