import { type ReadOptions, readExact, type Source } from "../bytes/mod.ts";
import { openSeekable, SNIFF_BYTES, sniffCompression } from "../compression/mod.ts";
import { type NewHasher, newSha256 } from "../digest/mod.ts";
import { CoreError, errorFromWire, isCoreError } from "../error.ts";
import { type EntryTable, readTable, TarDecoder } from "../tar/mod.ts";
import { scanLayer } from "../tree/mod.ts";
import { BUILD_LIMITS } from "./limits.ts";

/** An archive that can be looked into. */
export interface OpenTar {
  readonly table: EntryTable;
  /** The uncompressed archive. */
  readonly tar: Source;
}

/**
 * The tar archive in `file`, plain or compressed, by its content alone; `undefined` when it is none.
 * @throws CoreError `tar/*`, `compression/*` when it begins as one and breaks off later
 */
export async function openTar(
  file: Source,
  options: ReadOptions & { readonly newHasher?: NewHasher | undefined } = {},
): Promise<OpenTar | undefined> {
  const { signal, newHasher = newSha256 } = options;
  const head = await readExact(file, { from: 0, to: Math.min(file.size, SNIFF_BYTES) }, { signal });
  if (sniffCompression(head) === "none") return openPlain(file, signal);
  const scan = await scanLayer(file, { newHasher, signal, maxSize: BUILD_LIMITS.unpacked });
  if (scan.table.count === 0) return undefined;
  const [problem] = scan.problems;
  if (scan.diffID === undefined && problem !== undefined) throw errorFromWire(problem);
  if (scan.index === undefined) throw new CoreError("compression/unsupported", "Cannot look into an archive");
  return { table: scan.table, tar: openSeekable(file, scan.index) };
}

async function openPlain(file: Source, signal: AbortSignal | undefined): Promise<OpenTar | undefined> {
  const decoder = new TarDecoder({});
  try {
    const table = await readTable(file, { signal, decoder });
    return table.count === 0 ? undefined : { table, tar: file };
  } catch (error) {
    if (!isCoreError(error) || decoder.table().count > 0) throw error;
    return undefined;
  }
}
