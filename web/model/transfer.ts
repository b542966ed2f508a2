import { rateOf } from "./pace.ts";
import type { PullRequest, TransferEvent, TransferPart } from "./registries.ts";

/** What goes between this page and a registry. */
export type TransferWork =
  | ({ readonly kind: "pull" } & PullRequest)
  | {
      readonly kind: "push";
      /** Name or ID of a kept image. */
      readonly source: string;
      readonly target?: string | undefined;
    };

/** One text for each piece of work: the same work has the same. */
export function workKey(work: TransferWork): string {
  if (work.kind === "push") return JSON.stringify(["push", work.target ?? work.source]);
  const { reference, platform = "", allPlatforms = false, allTags = false } = work;
  return JSON.stringify(["pull", reference, platform, allPlatforms, allTags]);
}

/** What a piece of work is called. */
export function workName(work: TransferWork): string {
  return work.kind === "pull" ? work.reference : (work.target ?? work.source);
}

/** Work as it was remembered; `undefined` when it is nothing of ours. */
export function workFrom(value: unknown): TransferWork | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const {
    kind,
    reference,
    source,
    target,
    platform,
    allPlatforms,
    allTags,
  }: Readonly<Record<string, unknown>> = { ...value };
  if (kind === "push" && typeof source === "string")
    return { kind, source, ...(typeof target === "string" && { target }) };
  if (kind !== "pull" || typeof reference !== "string") return undefined;
  return {
    kind,
    reference,
    ...(typeof platform === "string" && { platform }),
    ...(allPlatforms === true && { allPlatforms }),
    ...(allTags === true && { allTags }),
  };
}

/** How far a pull or a push is. */
export interface TransferState {
  /** Image under way; `undefined` before the registry has answered. */
  readonly image: string | undefined;
  /** Images begun so far: of all tags one comes after the other. */
  readonly images: number;
  /** Layers of that image, from the base. */
  readonly parts: ReadonlyMap<string, TransferPart>;
  /** Milliseconds on the caller's clock at which the first layer was told. */
  readonly sinceMs: number | undefined;
  /** Bytes of the images before this one that were moved. */
  readonly moved: number;
}

/** Before the first event. */
export const STARTING_TRANSFER: TransferState = {
  image: undefined,
  images: 0,
  parts: new Map(),
  sinceMs: undefined,
  moved: 0,
};

/** The state after `event`, which came at `nowMs`. */
export function nextTransfer(state: TransferState, event: TransferEvent, nowMs: number): TransferState {
  if (event.type === "image") {
    const moved = state.moved + movedOf(state.parts);
    return { ...state, image: event.name, images: state.images + 1, parts: new Map(), moved };
  }
  const parts = new Map(state.parts);
  for (const part of event.parts) parts.set(part.digest, part);
  return { ...state, parts, sinceMs: state.sinceMs ?? nowMs };
}

/** Settled without a byte of it having moved: a part that was there is told as whole at once. */
const wasThere = (part: TransferPart): boolean => part.settled && /already exists|mounted/iu.test(part.state);

function movedOf(parts: ReadonlyMap<string, TransferPart>): number {
  let moved = 0;
  for (const part of parts.values()) if (!wasThere(part)) moved += part.bytes - part.resumedFrom;
  return moved;
}

/** A transfer in numbers; bytes. */
export interface TransferSum {
  readonly bytes: number;
  readonly total: number;
  /** Of `bytes`, those that were there before. */
  readonly before: number;
  readonly layers: number;
  readonly layersDone: number;
  /** Bytes a second, once there is enough to go by. */
  readonly rate: number | undefined;
  readonly leftMs: number | undefined;
}

/** What there is to say of a transfer at `nowMs`. */
export function transferSum(state: TransferState, nowMs: number): TransferSum {
  let [bytes, total, before, layersDone] = [0, 0, 0, 0];
  for (const part of state.parts.values()) {
    total += part.total;
    bytes += part.settled ? part.total : part.bytes;
    before += wasThere(part) ? part.total : part.resumedFrom;
    if (part.settled) layersDone += 1;
  }
  const rate = rateOf(state.moved + movedOf(state.parts), state.sinceMs, nowMs);
  const leftMs = rate === undefined ? undefined : ((total - bytes) / rate) * 1000;
  return { bytes, total, before, layers: state.parts.size, layersDone, rate, leftMs };
}

/** The layers under way, from the base. */
export function transferParts({ parts }: TransferState): readonly TransferPart[] {
  return [...parts.values()].sort((a, b) => a.layer - b.layer);
}
