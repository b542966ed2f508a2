import type { NewHasher } from "../digest/mod.ts";
import type { DocumentOptions, ValueBudget } from "../oci/mod.ts";
import type { LayerScan } from "../tree/mod.ts";
import type { ArchiveLimits } from "./limits.ts";

/** How far opening has come: `reading` counts bytes of the file, `images` counts images. */
export interface OpenProgress {
  readonly stage: "reading" | "images";
  readonly done: number;
  readonly total: number;
}

/** What `openArchive` takes. */
export interface OpenArchiveOptions {
  readonly newHasher: NewHasher;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<ArchiveLimits> | undefined;
  readonly onProgress?: ((progress: OpenProgress) => void) | undefined;
  /** Called during the pass over a compressed archive with each layer that has gone by, before it is known whose layer it is. */
  readonly onLayerScan?: ((path: string, scan: LayerScan) => void) | undefined;
}

/** How the documents of an archive are read. */
export function documentOptions(document: string, { limits, budget }: OpenOptions): DocumentOptions {
  return { document, limits: { bytes: limits.document }, budget };
}

/** {@link OpenArchiveOptions} with every limit set. */
export interface OpenOptions extends OpenArchiveOptions {
  readonly limits: ArchiveLimits;
  /** What is left of `limits.values`. */
  readonly budget: ValueBudget;
}
