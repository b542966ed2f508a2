import {
  type BuildContext,
  type BuildEvent,
  buildImage,
  contextFromTar,
  contextOf,
  createBuildCache,
} from "../../core/build/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { formatFamiliar, parsePlatform } from "../../core/oci/mod.ts";
import { pullImage } from "../../core/registry/mod.ts";
import type { BuildOutcome, BuildRequest, BuildTelling } from "../model/making.ts";
import type { BrowserStore } from "../store/mod.ts";
import { compressorOf, madeView, timeOf } from "./edit-work.ts";
import type { RegistryAccess } from "./registry-access.ts";

/** What a build works with. */
export interface BuildWork {
  readonly store: BrowserStore;
  readonly access: RegistryAccess;
  readonly tell: (telling: BuildTelling) => void;
  readonly signal: AbortSignal;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** Layers of the builds of this page, by what they were made of. */
const cache = createBuildCache();

/** Builds into the store of the page. @throws CoreError what `buildImage` throws. */
export async function buildInto(request: BuildRequest, work: BuildWork): Promise<BuildOutcome> {
  const { store, access, tell, signal, now } = work;
  const { context, args, labels, platform, compression, ...rest } = request;
  let warnings = 0;
  const made = await buildImage({
    ...rest,
    store,
    newHasher: newSha256,
    context: contextFor(context),
    args: new Map(args),
    ...(labels !== undefined && { labels: new Map(labels) }),
    ...(platform !== undefined && { platform: parsePlatform(platform) }),
    compressor: compressorOf(compression),
    shelf: store.scans,
    cache,
    now,
    signal,
    fetch: (url, init) => fetch(url, { ...init, credentials: "omit", referrerPolicy: "no-referrer" }),
    async pull(reference, wanted) {
      tell({ type: "pulling", name: formatFamiliar(reference) });
      const registry = await access.registry();
      const how = { newHasher: newSha256, scans: store.scans, platform: wanted, signal };
      await pullImage(registry, store, { reference, ...how });
    },
    onProgress: (event) => tellOf(event, tell),
    onWarning({ rule, message, line }) {
      warnings++;
      tell({ type: "warning", rule, message, line });
    },
  });
  return { ...(await madeView(store, made.record.id)), layers: made.layers.length, warnings };
}

function contextFor(context: BuildRequest["context"]): BuildContext {
  if ("tar" in context) return contextFromTar(context.tar);
  return contextOf(context.files.map((file) => ({ ...file, mtime: timeOf(file), type: "file" })));
}

function tellOf(event: BuildEvent, tell: (telling: BuildTelling) => void): void {
  if (event.kind === "written") return;
  const { number, label } = event.step;
  switch (event.kind) {
    case "begin":
      return tell({ type: "step", number, label, state: "running" });
    case "layer":
      return tell({ type: "step", number, label, state: "running", bytes: event.bytes, total: event.total });
    case "done":
      return tell({ type: "step", number, label, state: event.cached ? "cached" : "done" });
    default:
      return tell({ type: "step", number, label, state: "skipped" });
  }
}
