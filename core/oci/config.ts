import { type Digest, isDigest } from "../digest/mod.ts";
import { type Fields, fieldsOf, wrongType } from "./field.ts";
import type { HistoryEntry } from "./history.ts";
import { type DocumentOptions, parseJson } from "./json.ts";
import { type Platform, platformFields } from "./platform.ts";

/** The config of an image: what it runs on, how it is started, and what it is made of. */
export interface ImageConfig {
  readonly platform: Platform;
  /** RFC 3339 text as written. */
  readonly created?: string | undefined;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  readonly dockerVersion?: string | undefined;
  /** How to run it; absent when the config says nothing. */
  readonly container?: ContainerConfig | undefined;
  /** `layers` in every image that can run. */
  readonly rootfsType: string;
  /** Digests of the uncompressed layers, from the base up. */
  readonly diffIDs: readonly Digest[];
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  readonly duplicateKeys: readonly string[];
}

/** How a container of the image is started. `undefined` is not said (absent or null), which is not the same as empty. */
export interface ContainerConfig {
  readonly user?: string | undefined;
  readonly workingDir?: string | undefined;
  /** `K=V`. */
  readonly env?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly cmd?: readonly string[] | undefined;
  readonly exposedPorts?: readonly string[] | undefined;
  readonly volumes?: readonly string[] | undefined;
  readonly labels?: ReadonlyMap<string, string> | undefined;
  readonly onBuild?: readonly string[] | undefined;
  readonly shell?: readonly string[] | undefined;
  readonly stopSignal?: string | undefined;
  readonly argsEscaped?: boolean | undefined;
  readonly healthcheck?: Healthcheck | undefined;
}

/** How the health of a container is tested. Times are in nanoseconds, 0 when not said. */
export interface Healthcheck {
  readonly test?: readonly string[] | undefined;
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

/**
 * The image config in `bytes`; their sha256 is the image's ID.
 * @throws CoreError `oci/json`, `bytes/limit`, `oci/document`.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */
export function parseImageConfig(bytes: Uint8Array, options: DocumentOptions): ImageConfig {
  const { value, duplicateKeys } = parseJson(bytes, options);
  return { ...readImageConfig(fieldsOf(value, options.document)), duplicateKeys };
}

/** The image config in these fields. @throws CoreError `oci/document`. */
export function readImageConfig(fields: Fields): ImageConfig {
  const rootfs = fields.object("rootfs");
  const container = fields.object("config");
  return {
    platform: platformFields(fields),
    created: fields.string("created"),
    author: fields.string("author"),
    comment: fields.string("comment"),
    dockerVersion: fields.string("docker_version"),
    container: container && readContainerConfig(container),
    rootfsType: rootfs?.string("type") ?? "",
    diffIDs: rootfs?.strings("diff_ids")?.map((text, index) => diffID(rootfs, text, index)) ?? [],
    history: fields.objects("history")?.map(readHistoryEntry) ?? [],
    duplicateKeys: [],
  };
}

function diffID(rootfs: Fields, text: string, index: number): Digest {
  if (isDigest(text)) return text;
  throw wrongType(rootfs.place, `diff_ids[${index}]`, text, "a digest");
}

function readHistoryEntry(fields: Fields): HistoryEntry {
  return {
    created: fields.string("created"),
    createdBy: fields.string("created_by") ?? "",
    author: fields.string("author"),
    comment: fields.string("comment"),
    emptyLayer: fields.boolean("empty_layer") ?? false,
  };
}

/** How a container of the image is started, in these fields. @throws CoreError `oci/document`. */
export function readContainerConfig(fields: Fields): ContainerConfig {
  const healthcheck = fields.object("Healthcheck");
  return {
    user: fields.string("User"),
    workingDir: fields.string("WorkingDir"),
    env: fields.strings("Env"),
    entrypoint: command(fields, "Entrypoint"),
    cmd: command(fields, "Cmd"),
    exposedPorts: fields.keys("ExposedPorts"),
    volumes: fields.keys("Volumes"),
    labels: fields.stringMap("Labels"),
    onBuild: fields.strings("OnBuild"),
    shell: command(fields, "Shell"),
    stopSignal: fields.string("StopSignal"),
    argsEscaped: fields.boolean("ArgsEscaped"),
    healthcheck: healthcheck && readHealthcheck(healthcheck),
  };
}

/** A command line; engines take a lone string for a list of one. */
function command(fields: Fields, name: string): readonly string[] | undefined {
  const value = fields.value(name);
  return typeof value === "string" ? [value] : fields.strings(name);
}

function readHealthcheck(fields: Fields): Healthcheck {
  return {
    test: fields.strings("Test"),
    interval: fields.integer("Interval") ?? 0,
    timeout: fields.integer("Timeout") ?? 0,
    startPeriod: fields.integer("StartPeriod") ?? 0,
    startInterval: fields.integer("StartInterval") ?? 0,
    retries: fields.integer("Retries") ?? 0,
  };
}
