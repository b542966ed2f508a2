import type { Digest } from "../digest/mod.ts";
import { type Descriptor, documentKind, formatCanonical, type Reference } from "../oci/mod.ts";
import { editTable, type ImageTable, type TableChange } from "../store/mod.ts";

/** An image that is there, to be named as a pull or a push names it. */
export interface RemoteName {
  readonly id: Digest;
  /** Root in the store that it is kept by. */
  readonly root: Descriptor;
  /** Digest of what the registry calls by the reference. */
  readonly digest: Digest;
  /** Asked for by a tag, or by a digest, which gives no tag. */
  readonly reference: Reference;
}

/** What naming an image did. */
export interface NamedImage {
  /** In full, the tag first. */
  readonly names: readonly string[];
  /** The name it was asked for by is new, or was another image's. */
  readonly newer: boolean;
}

/**
 * Puts a pulled image and its names into the table, in one step: the tag, if it was asked for by tag, and `name@digest`. An image that
 * had the tag keeps everything else. When it was last tagged is not changed: Docker counts what people tag, not what they pull.
 */
export async function nameRemoteImage(table: ImageTable, named: RemoteName): Promise<NamedImage> {
  const { id, root, digest, reference } = named;
  const { domain, path, tag } = reference;
  const tagged = reference.digest === undefined && tag !== undefined;
  const byDigest = formatCanonical({ domain, path, digest });
  const names = tagged ? [formatCanonical({ domain, path, tag }), byDigest] : [byDigest];
  return editTable(table, (snapshot) => {
    const changes: TableChange[] = [];
    const newer = snapshot.names.get(names[0]!)?.image !== id;
    const known = snapshot.images.get(id);
    const target = known === undefined || richer(root, known.target) ? root : known.target;
    if (known === undefined || target !== known.target)
      changes.push({ kind: "image", id, record: { ...known, id, target } });
    for (const name of names) {
      const before = snapshot.names.get(name);
      if (before?.image !== id || before.target.digest !== root.digest)
        changes.push({ kind: "name", name, record: { name, target: root, image: id } });
    }
    return { changes, names, newer };
  });
}

/** Whether the image would lose something if it were kept by the second root: its other platforms. */
function richer(root: Descriptor, known: Descriptor): boolean {
  return documentKind(root.mediaType) === "index" && documentKind(known.mediaType) !== "index";
}
