import type { Digest } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import {
  type Descriptor,
  formatCanonical,
  formatFamiliar,
  MEDIA_TYPES,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../oci/mod.ts";
import { editTable, type ImageTable, type TableChange, type TableSnapshot } from "../store/mod.ts";

/** An image whose content is all there, to be put into the table. */
export interface Naming {
  readonly id: Digest;
  readonly root: Descriptor;
  /** As written in the archive. */
  readonly names: readonly string[];
}

/**
 * Puts an image and its names into the table, in one step. Gives the names in full, and what Docker prints of each.
 * @throws CoreError `oci/reference` at the first name that is none; the image and the names before it are there then, as with Docker.
 */
export async function nameImage(
  table: ImageTable,
  naming: Naming,
): Promise<{ readonly names: readonly string[]; readonly lines: readonly string[] }> {
  const references: Reference[] = [];
  let bad: CoreError | undefined;
  for (const text of naming.names) {
    try {
      references.push(tagOf(text));
    } catch (error) {
      if (!isCoreError(error)) throw error;
      bad = error;
      break;
    }
  }
  const { names, lines } = await editTable(table, (snapshot) => plan(snapshot, naming, references));
  if (bad !== undefined) throw bad;
  return { names, lines };
}

/** The name that an archive means, with its tag. */
function tagOf(text: string): Reference {
  const reference = withDefaultTag(parseReference(text));
  if (reference.digest === undefined) return reference;
  throw new CoreError("oci/reference", `invalid tag ${JSON.stringify(text)}`, {
    text,
    reason: `invalid tag ${JSON.stringify(text)}`,
  });
}

function plan(
  snapshot: TableSnapshot,
  { id, root }: Naming,
  references: readonly Reference[],
): { readonly changes: TableChange[]; readonly names: string[]; readonly lines: string[] } {
  const changes: TableChange[] = [];
  const names: string[] = [];
  const lines: string[] = [];
  const known = snapshot.images.get(id);
  if (known === undefined || richer(root, known.target)) {
    const record = { ...known, id, target: root };
    changes.push({ kind: "image", id, record });
  }
  for (const reference of references) {
    const name = formatCanonical(reference);
    const shown = formatFamiliar(reference);
    const before = snapshot.names.get(name);
    if (before !== undefined && before.image !== id)
      lines.push(
        `The image ${shown} already exists, renaming the old one with ID ${before.image} to empty string`,
      );
    lines.push(`Loaded image: ${shown}`);
    names.push(name);
    if (before?.image !== id || before.target.digest !== root.digest)
      changes.push({ kind: "name", name, record: { name, target: root, image: id } });
  }
  return { changes, names, lines };
}

/** Whether the image would lose something if it were kept by the second root: its other platforms. */
function richer(root: Descriptor, known: Descriptor): boolean {
  const isIndex = ({ mediaType }: Descriptor): boolean =>
    mediaType === MEDIA_TYPES.ociIndex || mediaType === MEDIA_TYPES.dockerList;
  return isIndex(root) && !isIndex(known);
}

/**
 * Writes down which images were built on which, as manifest.json says, as far as both are there and the layers of one are the first of the
 * other.
 */
export async function linkParents(
  table: ImageTable,
  images: readonly {
    readonly id: Digest;
    readonly parent: Digest | undefined;
    readonly diffIDs: readonly Digest[];
  }[],
): Promise<void> {
  const byID = new Map(images.map((image) => [image.id, image]));
  await editTable(table, (snapshot) => ({
    changes: images.flatMap(({ id, parent, diffIDs }): TableChange[] => {
      const base = parent === undefined ? undefined : byID.get(parent);
      const record = snapshot.images.get(id);
      if (base === undefined || record === undefined || !snapshot.images.has(base.id) || base.id === id)
        return [];
      if (record.parent === base.id || !base.diffIDs.every((diffID, at) => diffIDs[at] === diffID)) return [];
      return [{ kind: "image", id, record: { ...record, parent: base.id } }];
    }),
  }));
}
