import type { Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import {
  type Descriptor,
  familiarName,
  formatCanonical,
  formatFamiliar,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../oci/mod.ts";
import type { ImageRecord, NameRecord, TableSnapshot } from "../store/mod.ts";

/** What people type when they mean an image, found. */
export interface ResolvedImage {
  readonly image: ImageRecord;
  /** The name it was found by; `undefined` when it was an ID. */
  readonly name: NameRecord | undefined;
  /** The root that is meant: the one that the name leads to, else the one that the image came by. */
  readonly target: Descriptor;
}

const FULL_ID = /^(?:sha256:)?([0-9a-f]{64})$/;

/**
 * The image that `text` means: a full ID; else a name, to which `latest` is added when it has no tag; else the beginning of the ID of exactly one
 * image. So a name hides an ID that begins like it.
 * @throws CoreError `image/missing` with Docker's words, `oci/reference`.
 */
export function resolveImage(table: TableSnapshot, text: string): ResolvedImage {
  const full = FULL_ID.exec(text)?.[1];
  if (full !== undefined) {
    const image = table.images.get(`sha256:${full}`);
    if (image === undefined) throw noSuchImage(`sha256:${full}`);
    return { image, name: undefined, target: image.target };
  }
  const reference = withDefaultTag(parseReference(text));
  const name = lookUp(table, reference);
  if (name !== undefined) return { image: table.images.get(name.image)!, name, target: name.target };
  const found = imagesByPrefix(table, text);
  if (found.length === 1) return { image: found[0]!, name: undefined, target: found[0]!.target };
  throw noSuchImage(formatFamiliar(reference));
}

/** The record of a name; of one with a tag and a digest, that of the digest. */
export function lookUp(table: TableSnapshot, reference: Reference): NameRecord | undefined {
  const { domain, path, tag, digest } = reference;
  return table.names.get(
    formatCanonical(digest === undefined ? { domain, path, tag } : { domain, path, digest }),
  );
}

/** The images whose ID begins so, with or without `sha256:`. */
export function imagesByPrefix(table: TableSnapshot, text: string): ImageRecord[] {
  const prefix = text.startsWith("sha256:") ? text.slice("sha256:".length) : text;
  if (!/^[0-9a-f]{1,64}$/.test(prefix)) return [];
  return [...table.images.values()].filter(({ id }) => id.startsWith(`sha256:${prefix}`));
}

/** The error for an image that is not there, in Docker's words. */
export function noSuchImage(shown: string): CoreError {
  return new CoreError("image/missing", `No such image: ${shown}`, { name: shown });
}

/** The references of one image as it stands in a table, sorted by their full text. */
export function referencesOf(table: TableSnapshot, image: Digest): Reference[] {
  return [...table.names.values()]
    .filter((name) => name.image === image)
    .map(({ name }) => referenceOf(name));
}

/** The reference that a name of a table is. */
export function referenceOf(name: string): Reference {
  return parseReference(name);
}

/** An image to be saved or pushed: what it is kept by, and which of its names go with it. */
export interface ImageSelection {
  readonly image: Digest;
  readonly target: ImageRecord["target"];
  /** Full references with tags. */
  readonly names: readonly string[];
  readonly parent?: Digest | undefined;
}

/**
 * The images that `docker save` writes for these arguments: a name with a tag is that name; one without is every tag of the repository; a
 * digest or an ID is the image without a name. What means the same image under the same root is one.
 * @throws CoreError `image/missing` with Docker's words, `oci/reference`.
 */
export function selectImages(table: TableSnapshot, texts: readonly string[]): ImageSelection[] {
  const selected = new Map<string, { image: ImageRecord; target: ImageRecord["target"]; names: string[] }>();
  const add = (id: Digest, target: ImageRecord["target"], name?: string): void => {
    const image = table.images.get(id)!;
    const key = `${id} ${target.digest}`;
    const entry = selected.get(key) ?? { image, target, names: [] };
    selected.set(key, entry);
    if (name !== undefined && !entry.names.includes(name)) entry.names.push(name);
  };
  for (const text of texts) {
    if (FULL_ID.test(text)) {
      const { image } = resolveImage(table, text);
      add(image.id, image.target);
      continue;
    }
    const records = recordsOf(table, text);
    for (const { name, image, target } of records)
      add(image, target, referenceOf(name).tag === undefined ? undefined : name);
    if (records.length > 0) continue;
    const byID = imagesByPrefix(table, text);
    if (byID.length > 1) throw new CoreError("image/missing", "ambiguous digest string", { name: text });
    if (byID[0] !== undefined) add(byID[0].id, byID[0].target);
    else if (/[:@]/.test(text))
      throw new CoreError("image/missing", "reference does not exist", { name: text });
    else throw noSuchImage(text);
  }
  return [...selected.values()].map(({ image: { id, parent }, target, names }) => ({
    image: id,
    target,
    names,
    parent,
  }));
}

/** The records that a name means: its own, or without a tag all of the repository. */
function recordsOf(table: TableSnapshot, text: string): NameRecord[] {
  const reference = parseReference(text);
  if (reference.tag !== undefined || reference.digest !== undefined) {
    const record = lookUp(table, reference);
    return record === undefined ? [] : [record];
  }
  const repository = familiarName(reference);
  return [...table.names.values()].filter(({ name }) => familiarName(referenceOf(name)) === repository);
}
