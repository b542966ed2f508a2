import { CoreError, isCoreError } from "../error.ts";
import { type Descriptor, readDescriptor } from "./descriptor.ts";
import { type Fields, fieldsOf } from "./field.ts";
import { type DocumentOptions, parseJson } from "./json.ts";
import { documentKind, MEDIA_TYPES } from "./media-type.ts";

/** One image (or artifact) of one platform. */
export interface Manifest {
  readonly kind: "manifest";
  /** As the document says it, else as its shape says. */
  readonly mediaType: string;
  readonly config: Descriptor;
  /** From the base up. */
  readonly layers: readonly Descriptor[];
  readonly artifactType?: string | undefined;
  readonly subject?: Descriptor | undefined;
  readonly annotations?: ReadonlyMap<string, string> | undefined;
  readonly duplicateKeys: readonly string[];
}

/** Several manifests, usually of one image for several platforms; they may be indexes again. */
export interface Index {
  readonly kind: "index";
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly artifactType?: string | undefined;
  readonly subject?: Descriptor | undefined;
  readonly annotations?: ReadonlyMap<string, string> | undefined;
  /** What is wrong with entries that were left out of `manifests`, of the first {@link MOST_FLAWS}. */
  readonly flaws: readonly CoreError[];
  readonly duplicateKeys: readonly string[];
}

/** What {@link parseManifest} takes. */
export interface ManifestOptions extends DocumentOptions {
  /** The type it was announced under (in a descriptor or an HTTP header), used when the document itself does not say. */
  readonly mediaType?: string | undefined;
}

/**
 * The manifest or index in `bytes`, told apart by its own media type, else by the announced one, else by its shape.
 * @throws CoreError `oci/json`, `bytes/limit`, `oci/document`; `oci/media-type` when the kind cannot be told or the document is of two
 * kinds at once; `oci/schema1` for manifests of before 2016, which are recognised and refused.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
 */
export function parseManifest(bytes: Uint8Array, options: ManifestOptions): Manifest | Index {
  const { value, duplicateKeys } = parseJson(bytes, options);
  const fields = fieldsOf(value, options.document);
  const shared = {
    artifactType: fields.string("artifactType") || undefined,
    subject: optionalDescriptor(fields, "subject"),
    annotations: fields.stringMap("annotations"),
    duplicateKeys,
  };
  const mediaType = fields.string("mediaType") ?? "";
  if (kindOf(fields, mediaType, options.mediaType) === "index") {
    return { kind: "index", mediaType: mediaType || MEDIA_TYPES.ociIndex, ...children(fields), ...shared };
  }
  const config = fields.object("config");
  return {
    kind: "manifest",
    mediaType: mediaType || MEDIA_TYPES.ociManifest,
    config: readDescriptor(config ?? fieldsOf(undefined, `${fields.place} config`)),
    layers: fields.objects("layers")?.map(readDescriptor) ?? [],
    ...shared,
  };
}

/**
 * The kind of a document. One that could be read as two kinds is an error: what was checked as one could be run as the other.
 * @see CVE-2021-41190
 */
function kindOf(fields: Fields, mediaType: string, announced: string | undefined): "manifest" | "index" {
  const has = (...names: string[]): boolean => names.some((name) => fields.value(name) !== undefined);
  const kind = documentKind(mediaType);
  if (kind === "manifest" && has("manifests", "fsLayers"))
    throw dual(fields, mediaType, '"manifests" or "fsLayers"');
  if (kind === "index" && has("config", "layers", "fsLayers")) {
    throw dual(fields, mediaType, '"config", "layers", or "fsLayers"');
  }
  if (
    kind === "schema1" ||
    (kind === undefined && has("fsLayers") && !has("config", "layers", "manifests"))
  ) {
    throw new CoreError(
      "oci/schema1",
      `Cannot read ${fields.place}: it is a Docker schema 1 manifest, a format given up in 2016; save or push the image again with a newer engine`,
      { document: fields.place },
    );
  }
  if (kind !== undefined) return kind;
  // Beyond this the type field names nothing known. What it was announced as counts only if the shape allows it.
  const shapes = {
    manifest: has("config", "layers") && !has("manifests", "fsLayers"),
    index: !has("config", "layers", "fsLayers"),
  };
  const hint = documentKind(announced);
  if ((hint === "manifest" || hint === "index") && shapes[hint]) return hint;
  if (shapes.manifest) return "manifest";
  if (shapes.index && (has("manifests") || mediaType === "")) return "index";
  throw new CoreError("oci/media-type", `Cannot read ${fields.place}: media-type: cannot determine`, {
    document: fields.place,
    mediaType,
  });
}

function dual(fields: Fields, mediaType: string, keys: string): CoreError {
  return new CoreError(
    "oci/media-type",
    `Cannot read ${fields.place}: media-type: "${mediaType}" should not have ${keys}`,
    { document: fields.place, mediaType },
  );
}

function optionalDescriptor(fields: Fields, name: string): Descriptor | undefined {
  const object = fields.object(name);
  return object && readDescriptor(object);
}

/** Flaws of one index that are told: each is an error with its stack, and the next half million say nothing new. */
const MOST_FLAWS = 1000;

function children(fields: Fields): { readonly manifests: Descriptor[]; readonly flaws: CoreError[] } {
  const manifests: Descriptor[] = [];
  const flaws: CoreError[] = [];
  for (const child of fields.objects("manifests") ?? []) {
    try {
      manifests.push(readDescriptor(child));
    } catch (error) {
      if (!isCoreError(error)) throw error;
      if (flaws.length < MOST_FLAWS) flaws.push(error);
    }
  }
  return { manifests, flaws };
}
