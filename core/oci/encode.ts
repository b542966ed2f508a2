import type { Bytes } from "../bytes/mod.ts";
import type { Descriptor } from "./descriptor.ts";
import { formatJson, type Writable } from "./json-text.ts";
import { MEDIA_TYPES } from "./media-type.ts";
import type { Platform } from "./platform.ts";

/** What a manifest is written from. */
export interface ManifestFields {
  /** Default: the OCI type. */
  readonly mediaType?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly config: Descriptor;
  /** From the base up. */
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor | undefined;
  /** Written in the order of their keys. */
  readonly annotations?: ReadonlyMap<string, string> | undefined;
}

/** What an index is written from. */
export interface IndexFields {
  /** Default: the OCI type. */
  readonly mediaType?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor | undefined;
  readonly annotations?: ReadonlyMap<string, string> | undefined;
}

/** The bytes of a manifest: compact, its members in the order of the specification, as engines write it. The same fields give the same bytes. */
export function encodeManifest(fields: ManifestFields): Bytes {
  const { mediaType = MEDIA_TYPES.ociManifest, artifactType, config, layers, subject, annotations } = fields;
  return encode([
    ["schemaVersion", 2],
    ["mediaType", mediaType],
    ["artifactType", artifactType],
    ["config", descriptorJson(config)],
    ["layers", layers.map(descriptorJson)],
    ["subject", subject && descriptorJson(subject)],
    ["annotations", annotations && sorted(annotations)],
  ]);
}

/** The bytes of an index, by the rules of {@link encodeManifest}. */
export function encodeIndex(fields: IndexFields): Bytes {
  const { mediaType = MEDIA_TYPES.ociIndex, artifactType, manifests, subject, annotations } = fields;
  return encode([
    ["schemaVersion", 2],
    ["mediaType", mediaType],
    ["artifactType", artifactType],
    ["manifests", manifests.map(descriptorJson)],
    ["subject", subject && descriptorJson(subject)],
    ["annotations", annotations && sorted(annotations)],
  ]);
}

const encode = (members: readonly (readonly [string, Writable])[]): Bytes =>
  new TextEncoder().encode(formatJson(new Map(members)));

function descriptorJson(descriptor: Descriptor): Writable {
  const { mediaType, digest, size, urls, annotations, data, platform, artifactType } = descriptor;
  return new Map<string, Writable>([
    ["mediaType", mediaType],
    ["digest", digest],
    ["size", size],
    ["urls", urls],
    ["annotations", annotations && sorted(annotations)],
    ["data", data],
    ["platform", platform && platformJson(platform)],
    ["artifactType", artifactType],
  ]);
}

function platformJson({ architecture, os, osVersion, osFeatures, variant }: Platform): Writable {
  return new Map<string, Writable>([
    ["architecture", architecture],
    ["os", os],
    ["os.version", osVersion],
    ["os.features", osFeatures],
    ["variant", variant],
  ]);
}

/** Go writes maps by key, in the order of their bytes. */
const sorted = (map: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
