import type { ReadOptions } from "../bytes/mod.ts";
import { SNIFF_BYTES } from "../compression/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import type { Descriptor } from "../oci/mod.ts";
import {
  type BlobMove,
  type LayerScans,
  type LocalStore,
  type MoveLayer,
  moveBlob,
  moveLayer,
} from "../store/mod.ts";
import { type LayerScan, scanLayer } from "../tree/mod.ts";
import { peeked } from "./peeked.ts";
import type { PullLayers } from "./pull-layers.ts";
import type { RemoteVariant } from "./remote-image.ts";

/** What is shared by all layers of a pull. */
interface Moving {
  readonly store: LocalStore;
  readonly options: ReadOptions & {
    readonly newHasher: NewHasher;
    readonly scans?: LayerScans | undefined;
    readonly moveLayer?: MoveLayer | undefined;
  };
  /** What each layer was found to decompress to. */
  readonly seen: Map<Digest, Digest | undefined>;
}

/** Moves a config or a layer; a layer is scanned on the way, or afterwards when part of it was there. */
export async function movePulled(
  move: BlobMove,
  { store, layers, options, seen }: Moving & { readonly layers: PullLayers },
): Promise<"moved" | "present"> {
  const { descriptor, to, signal, onBytes } = move;
  const diffID = layers.diffIDOf(descriptor.digest);
  if (diffID === undefined) return moveBlob(move);
  const { newHasher, scans } = options;
  const known = await scans?.byBlob(descriptor.digest);
  if (known !== undefined) {
    checkLayer(known.diffID, descriptor, diffID);
    seen.set(descriptor.digest, known.diffID);
    return moveBlob(move);
  }
  let scan: LayerScan;
  // What is kept of a layer is not fetched again to be scanned: it is read back when all is here.
  if ((await store.partial(descriptor.digest)) > 0) {
    await moveBlob(move);
    const source = await store.blob(descriptor, { signal });
    if (source === undefined)
      throw new CoreError("store/missing", `Cannot scan ${descriptor.digest}: it is gone`, {
        digest: descriptor.digest,
      });
    scan = await scanLayer(source, { newHasher, signal });
    checkLayer(scan.diffID, descriptor, diffID);
  } else {
    const look = await peeked(await move.source(), SNIFF_BYTES);
    try {
      const bring = options.moveLayer ?? moveLayer;
      const { source } = look;
      scan = await bring({ descriptor, diffID, source, to, newHasher, signal, onBytes });
    } finally {
      await look.close();
    }
  }
  seen.set(descriptor.digest, scan.diffID);
  await scans?.put(scan);
  return "moved";
}

/**
 * Looks after the layers that were there already: they are what the config says as well, and their scans are kept. A plain layer whose digest is right
 * needs no reading for that.
 * @throws CoreError `digest/mismatch`.
 */
export async function lookAfter(
  variants: readonly RemoteVariant[],
  { store, options, seen }: Moving,
): Promise<void> {
  const { newHasher, scans, signal } = options;
  for (const { manifest, config } of variants) {
    for (const [at, layer] of manifest.layers.entries()) {
      const diffID = config.diffIDs[at]!;
      if (!seen.has(layer.digest)) {
        const kept = await scans?.byBlob(layer.digest);
        if (kept === undefined && scans === undefined && diffID === layer.digest) continue;
        const source = kept === undefined ? await store.blob(layer, { signal }) : undefined;
        // Kept elsewhere: there is nothing here to be looked at.
        if (kept === undefined && source === undefined) continue;
        const scan = kept ?? (await scanLayer(source!, { newHasher, signal }));
        if (kept === undefined) await scans?.put(scan);
        seen.set(layer.digest, scan.diffID);
      }
      checkLayer(seen.get(layer.digest), layer, diffID);
    }
  }
}

/** @throws CoreError `digest/mismatch` when a layer is not what its image's config says. */
function checkLayer(found: Digest | undefined, { digest }: Descriptor, expected: Digest): void {
  if (found === expected) return;
  throw new CoreError(
    "digest/mismatch",
    `Cannot use layer ${digest}: its diff ID is ${found ?? "unknown, since it cannot be decompressed"}, expected ${expected}`,
    {
      what: "diffID",
      layer: digest,
      expected,
      ...(found === undefined ? {} : { found }),
    },
  );
}
