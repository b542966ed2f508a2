import { CoreError, isCoreError } from "../error.ts";
import { familiarName, formatCanonical, parseReference, type Reference, withDefaultTag } from "../oci/mod.ts";
import { editTable, type LocalStore, type NameRecord, type TableChange } from "../store/mod.ts";
import { lookUp, noSuchImage, resolveImage } from "./resolve.ts";

/**
 * Gives the image that `source` means the name `target`, as `docker tag` does: another image that had it loses it. The name leads to the root
 * that the source's name leads to. Gives the name in full.
 * @throws CoreError `oci/reference`, `image/missing`, with Docker's words.
 */
export async function tagImage(
  store: LocalStore,
  names: { readonly source: string; readonly target: string },
  { now }: { readonly now: number },
): Promise<string> {
  const target = tagReference(names.target);
  if (names.source === "") throw unparsable("", "invalid reference format");
  const name = formatCanonical(target);
  await editTable(store.table, (table) => {
    const { image, target: root } = resolveImage(table, names.source);
    if (familiarName(target) === "sha256") {
      const reason = "refusing to create an ambiguous tag using digest algorithm as name";
      throw new CoreError("oci/reference", reason, { text: names.target, reason });
    }
    const record = { name, target: root, image: image.id };
    const changes: TableChange[] = [
      { kind: "name", name, record },
      { kind: "image", id: image.id, record: { ...image, lastTaggedAt: now } },
    ];
    return { changes };
  });
  return name;
}

/** Takes a name from its image, which stays, if need be without one. Gives the record that went. @throws CoreError `image/missing`, `oci/reference`. */
export async function untagImage(store: LocalStore, text: string): Promise<NameRecord> {
  const { record } = await editTable(store.table, (table) => {
    const found = lookUp(table, withDefaultTag(parseReference(text)));
    if (found === undefined) throw noSuchImage(text);
    const changes: TableChange[] = [{ kind: "name", name: found.name, record: undefined }];
    return { changes, record: found };
  });
  return record;
}

function tagReference(text: string): Reference {
  let reference: Reference;
  try {
    reference = parseReference(text);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    const { reason } = error.detail;
    throw unparsable(text, typeof reason === "string" ? reason : error.message);
  }
  if (reference.digest === undefined) return withDefaultTag(reference);
  const reason = "refusing to create a tag with a digest reference";
  throw new CoreError("oci/reference", reason, { text, reason });
}

function unparsable(text: string, why: string): CoreError {
  const reason = `Error parsing reference: ${JSON.stringify(text)} is not a valid repository/tag: ${why}`;
  return new CoreError("oci/reference", reason, { text, reason });
}
