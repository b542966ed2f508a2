import { type PlainDocument, typed } from "./decode.ts";
import { DURATION } from "./duration.ts";
import { TIME } from "./time.ts";
import {
  ANY,
  BOOL,
  type GoField,
  type GoType,
  INT,
  INT64,
  listType,
  mapType,
  pointerType,
  STRING,
  STRINGS,
  type StructType,
} from "./type.ts";
import type { GoValue } from "./value.ts";

/** A field that JSON always has. */
export const kept = (name: string, type: GoType, key?: string): GoField => ({ name, type, key });
/** A field that JSON leaves out when it is empty. */
export const optional = (name: string, type: GoType, key?: string): GoField => ({
  name,
  type,
  key,
  omit: "empty",
});
/** A struct whose fields are those of the one around it. */
export const embedded = (name: string, type: GoType): GoField => ({ name, type, embedded: true });

/** A struct type of these fields. */
export const structType = (name: string, fields: readonly GoField[]): StructType => ({
  kind: "struct",
  name,
  fields,
});

/** A set of names: a map to nothing. */
export const NAMES = mapType(structType("struct {}", []));
/** Texts by their names. */
export const LABELS = mapType(STRING);

/** How an image or container is asked whether it is well. */
export const HEALTHCHECK = structType("v1.HealthcheckConfig", [
  optional("Test", STRINGS),
  optional("Interval", DURATION),
  optional("Timeout", DURATION),
  optional("StartPeriod", DURATION),
  optional("StartInterval", DURATION),
  optional("Retries", INT),
]);

const IMAGE_CONFIG = structType("v1.DockerOCIImageConfig", [
  embedded(
    "ImageConfig",
    structType("v1.ImageConfig", [
      optional("User", STRING),
      optional("ExposedPorts", NAMES),
      optional("Env", STRINGS),
      optional("Entrypoint", STRINGS),
      optional("Cmd", STRINGS),
      optional("Volumes", NAMES),
      optional("WorkingDir", STRING),
      optional("Labels", LABELS),
      optional("StopSignal", STRING),
      optional("ArgsEscaped", BOOL),
    ]),
  ),
  embedded(
    "DockerOCIImageConfigExt",
    structType("v1.DockerOCIImageConfigExt", [
      optional("Healthcheck", pointerType(HEALTHCHECK)),
      optional("OnBuild", STRINGS),
      optional("Shell", STRINGS),
    ]),
  ),
]);

const GRAPH_DRIVER = structType("storage.DriverData", [kept("Data", LABELS), kept("Name", STRING)]);

const DESCRIPTOR = structType("v1.Descriptor", [
  kept("MediaType", STRING, "mediaType"),
  kept("Digest", STRING, "digest"),
  kept("Size", INT64, "size"),
  optional("URLs", STRINGS, "urls"),
  optional("Annotations", LABELS, "annotations"),
  optional("ArtifactType", STRING, "artifactType"),
]);

const IMAGE = structType("image.InspectResponse", [
  kept("ID", STRING, "Id"),
  kept("RepoTags", STRINGS),
  kept("RepoDigests", STRINGS),
  kept("Parent", STRING),
  kept("Comment", STRING),
  optional("Created", STRING),
  optional("Container", STRING),
  optional("ContainerConfig", pointerType(structType("container.Config", []))),
  kept("DockerVersion", STRING),
  kept("Author", STRING),
  kept("Config", pointerType(IMAGE_CONFIG)),
  kept("Architecture", STRING),
  optional("Variant", STRING),
  kept("Os", STRING),
  optional("OsVersion", STRING),
  kept("Size", INT64),
  optional("VirtualSize", INT64),
  kept("GraphDriver", GRAPH_DRIVER),
  kept("RootFS", structType("image.RootFS", [optional("Type", STRING), optional("Layers", STRINGS)])),
  kept("Metadata", structType("image.Metadata", [optional("LastTagTime", TIME)])),
  optional("Descriptor", pointerType(DESCRIPTOR)),
  optional("Manifests", listType(ANY, "[]image.ManifestSummary")),
]);

/** The document of `docker image inspect` as the type that Docker's client decodes it into (28.5). */
export function imageDocument(document: PlainDocument): GoValue {
  return typed(IMAGE, document);
}
