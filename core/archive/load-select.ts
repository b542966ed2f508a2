import type { Digest } from "../digest/mod.ts";
import { type Descriptor, type Index, type Platform, platformRank } from "../oci/mod.ts";
import type { BlobReader } from "../store/mod.ts";
import type { Archive } from "./types.ts";

/** Which image a statement is about. */
const ABOUT = "vnd.docker.reference.digest";

/**
 * Which children of an index are loaded: those that the archive has with all they need, and with `only` those of that platform with what is stated
 * about them; and in any case the manifest that is to be named. The others are left, as if they were not there.
 */
export async function childChoice(
  archive: Archive,
  blobs: BlobReader,
  { only, named }: { readonly only: Platform | undefined; readonly named: Digest | undefined },
): Promise<(child: Descriptor, index: Index) => boolean> {
  const broken = new Set<Digest>();
  for (const { digest, config, layers } of archive.manifests) {
    for (const blob of [...(config === undefined ? [] : [config.digest]), ...(layers ?? [])])
      if ((await blobs.stat({ digest: blob })) === undefined) broken.add(digest);
  }
  const wanted = (child: Descriptor): boolean =>
    only === undefined || platformRank(only, child.platform) !== undefined;
  return (child, index) => {
    // What the names will mean has to be there: without it the copy fails, as it must.
    if (child.digest === named) return true;
    if (broken.has(child.digest)) return false;
    if (wanted(child)) return true;
    const about = child.annotations?.get(ABOUT);
    return index.manifests.some((other) => other.digest === about && wanted(other));
  };
}
