import { newSha256 } from "../../core/digest/mod.ts";
import { resolveImage, tagImage } from "../../core/image/mod.ts";
import {
  formatCanonical,
  formatFamiliar,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../../core/oci/mod.ts";
import {
  type PushPlan as CorePlan,
  gzipLayer,
  PUSH_STATES,
  type PushEvent,
  planPush,
  pushImage,
} from "../../core/registry/mod.ts";
import type { LocalStore, TableSnapshot } from "../../core/store/mod.ts";
import type { PushOutcome, PushPart, PushPlan, TransferEvent } from "../model/registries.ts";
import type { BrowserStore } from "../store/mod.ts";
import { TransferWatch } from "./parts-watch.ts";
import type { RegistryAccess } from "./registry-access.ts";

/** What a push works with. */
export interface PushWork {
  readonly store: BrowserStore;
  readonly access: RegistryAccess;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What to push. */
export interface PushOrder {
  /** Name or ID of a kept image. */
  readonly source: string;
  /** Name to push it under, which it is given; default: its own. */
  readonly target?: string | undefined;
}

/** What a push would do. Changes nothing: an image that is to have another name is looked at as if it had it. */
export async function pushPlan(order: PushOrder, { store, access, signal }: PushWork): Promise<PushPlan> {
  const reference = withDefaultTag(parseReference(order.target ?? order.source));
  const plan = await planPush(await access.registry(), asNamed(store, order.source, reference), {
    reference,
    compress: gzipLayer,
    newHasher: newSha256,
    signal,
  });
  return {
    name: formatFamiliar(reference),
    digest: plan.root.digest,
    parts: partsOf(plan),
    upload: plan.bytes.upload,
  };
}

/** The store as it were if `source` had another name. */
function asNamed(store: BrowserStore, source: string, reference: Reference): LocalStore {
  const name = formatCanonical(reference);
  const snapshot = async (): Promise<TableSnapshot> => {
    const table = await store.table.snapshot();
    if (name === source) return table;
    const { image, name: known } = resolveImage(table, source);
    const named = { name, target: known?.target ?? image.target, image: image.id };
    return { ...table, names: new Map([...table.names, [name, named]]) };
  };
  return { ...store, table: { ...store.table, snapshot } };
}

function partsOf({ parts, id }: CorePlan): PushPart[] {
  return parts.map(({ descriptor, diffID, action, from }) => ({
    digest: descriptor.digest,
    kind: diffID !== undefined ? "layer" : descriptor.digest === id ? "config" : "other",
    size: descriptor.size,
    action,
    from: from[0],
  }));
}

/** Pushes a kept image. @throws CoreError what `pushImage` throws. */
export async function pushFrom(
  order: PushOrder,
  { tell, ...work }: PushWork & { readonly tell: (event: TransferEvent) => void },
): Promise<PushOutcome> {
  const { store, access, signal } = work;
  const reference = await named(order, work);
  const watch = new TransferWatch(tell);
  watch.image(formatFamiliar(reference));
  try {
    const [pushed] = await pushImage(await access.registry(), store, {
      reference,
      compress: gzipLayer,
      newHasher: newSha256,
      signal,
      onEvent: (event) => tellOf(watch, event),
    });
    if (pushed === undefined) throw new TypeError("a push of one image gives one");
    const { digest, size, uploaded, mounted, skipped } = pushed;
    return { name: formatFamiliar(reference), digest, size, uploaded, mounted, skipped };
  } finally {
    watch.flush();
  }
}

async function named({ source, target }: PushOrder, { store, now }: PushWork): Promise<Reference> {
  if (target !== undefined && target !== source) await tagImage(store, { source, target }, { now: now() });
  return withDefaultTag(parseReference(target ?? source));
}

function tellOf(watch: TransferWatch, event: PushEvent): void {
  if (event.kind !== "layer") return watch.flush();
  const { diffID, layer, state, bytes, total, from } = event;
  const text = from === undefined ? PUSH_STATES[state] : `${PUSH_STATES[state]} ${from}`;
  const settled = state === "pushed" || state === "exists" || state === "mounted";
  watch.part({ digest: diffID, layer, state: text, settled, bytes, total, resumedFrom: 0 });
}
