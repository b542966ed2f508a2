import type { Bytes } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { formatJson, type HistoryEntry, type Platform, parseTimestamp, type Writable } from "../oci/mod.ts";
import { type RunConfig, runConfigJson } from "./run-config.ts";

/** What the config of an image is written from that was committed or imported. */
export interface EngineConfig {
  readonly platform: Platform;
  /** RFC 3339. */
  readonly created: string;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  readonly config: RunConfig;
  /** The container that it was committed from, by its ID and how that would be started; of an import the start of nothing. */
  readonly container?: { readonly id: string; readonly config: RunConfig } | undefined;
  /** Version of the engine that made it, where one is to be named. */
  readonly engineVersion?: string | undefined;
  readonly history: readonly HistoryEntry[];
  readonly diffIDs: readonly Digest[];
}

/**
 * The bytes of a config as Docker's engine writes it after commit and import: members by name, the config in the order of the engine's struct,
 * dates in Go's spelling. The same fields give the same bytes.
 */
export function encodeEngineConfig(image: EngineConfig): Bytes {
  const { platform, author, comment, container, history, diffIDs } = image;
  const members: readonly (readonly [string, Writable])[] = [
    ["architecture", platform.architecture ?? ""],
    ["author", said(author)],
    ["comment", said(comment)],
    ["config", runConfigJson(image.config)],
    ["container", said(container?.id)],
    ["container_config", runConfigJson(container?.config ?? {})],
    ["created", image.created],
    ["docker_version", said(image.engineVersion)],
    ["history", history.length === 0 ? undefined : history.map(historyJson)],
    ["os", platform.os ?? ""],
    ["os.features", platform.osFeatures?.length ? platform.osFeatures : undefined],
    ["os.version", said(platform.osVersion)],
    ["rootfs", rootfsJson(diffIDs)],
    ["variant", said(platform.variant)],
  ];
  return new TextEncoder().encode(formatJson(new Map(members)));
}

const said = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

function rootfsJson(diffIDs: readonly Digest[]): Writable {
  return new Map<string, Writable>([
    ["type", "layers"],
    ["diff_ids", diffIDs.length === 0 ? undefined : diffIDs],
  ]);
}

function historyJson({ created, createdBy, author, comment, emptyLayer }: HistoryEntry): Writable {
  return new Map<string, Writable>([
    ["created", created && (parseTimestamp(created)?.text ?? created)],
    ["created_by", said(createdBy)],
    ["author", said(author)],
    ["comment", said(comment)],
    ["empty_layer", emptyLayer ? true : undefined],
  ]);
}
