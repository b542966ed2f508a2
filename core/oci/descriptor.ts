import { type Digest, isDigest } from "../digest/mod.ts";
import { type Fields, wrongType } from "./field.ts";
import { type Platform, platformFields } from "./platform.ts";

/** A reference to bytes: what they are, how many, and what they hash to. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Where else the bytes are to be had. */
  readonly urls?: readonly string[] | undefined;
  readonly annotations?: ReadonlyMap<string, string> | undefined;
  readonly artifactType?: string | undefined;
  readonly platform?: Platform | undefined;
  /** The bytes themselves, in base64, not yet checked. */
  readonly data?: string | undefined;
}

/**
 * The descriptor in these fields. A media type that is absent is "".
 * @throws CoreError `oci/document`.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md
 */
export function readDescriptor(fields: Fields): Descriptor {
  const digest = readDigest(fields, "digest");
  const size = fields.count("size");
  if (digest === undefined) throw wrongType(fields.place, "digest", undefined, "a digest");
  if (size === undefined) throw wrongType(fields.place, "size", undefined, "a number of bytes");
  const platform = fields.object("platform");
  return {
    mediaType: fields.string("mediaType") ?? "",
    digest,
    size,
    urls: fields.strings("urls"),
    annotations: fields.stringMap("annotations"),
    artifactType: fields.string("artifactType"),
    platform: platform && platformFields(platform),
    data: fields.string("data"),
  };
}

/** The digest under `name`; "" counts as absent. */
export function readDigest(fields: Fields, name: string): Digest | undefined {
  const text = fields.string(name);
  if (text === undefined || text === "") return undefined;
  if (!isDigest(text)) throw wrongType(fields.place, name, text, "a digest");
  return text;
}
