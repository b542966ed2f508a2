import type { Bytes } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import {
  type ContainerConfig,
  formatJson,
  type HistoryEntry,
  type Platform,
  type Writable,
} from "../oci/mod.ts";
import { compareNames } from "./files.ts";

/** What the config of a built image is written from. */
export interface ConfigParts {
  readonly platform: Platform;
  readonly author: string | undefined;
  readonly created: string | undefined;
  readonly container: ContainerConfig;
  readonly history: readonly HistoryEntry[];
  readonly diffIDs: readonly Digest[];
}

/** The config as BuildKit writes it: top-level members by name, the rest in the order of its structs, nothing that is empty. */
export function encodeConfig(parts: ConfigParts): Bytes {
  const { platform, author, created, container, history, diffIDs } = parts;
  const rootfs = new Map<string, Writable>([
    ["type", "layers"],
    ["diff_ids", diffIDs.length === 0 ? null : diffIDs],
  ]);
  const text = formatJson(
    new Map<string, Writable>([
      ["architecture", platform.architecture ?? ""],
      ["author", filled(author)],
      ["config", containerJson(container)],
      ["created", created ?? null],
      ["history", history.length === 0 ? null : history.map(historyJson)],
      ["os", platform.os ?? ""],
      ["os.features", filledList(platform.osFeatures)],
      ["os.version", filled(platform.osVersion)],
      ["rootfs", rootfs],
      ["variant", filled(platform.variant)],
    ]),
  );
  return new TextEncoder().encode(text);
}

const filled = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

const filledList = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

const set = (names: readonly string[] | undefined): Writable =>
  names === undefined || names.length === 0
    ? undefined
    : new Map([...names].sort(compareNames).map((name) => [name, new Map<string, Writable>()]));

const map = (values: ReadonlyMap<string, string> | undefined): Writable =>
  values === undefined || values.size === 0
    ? undefined
    : new Map([...values].sort(([a], [b]) => compareNames(a, b)));

function containerJson(config: ContainerConfig): Writable {
  const { healthcheck } = config;
  return new Map<string, Writable>([
    ["User", filled(config.user)],
    ["ExposedPorts", set(config.exposedPorts)],
    ["Env", filledList(config.env)],
    ["Entrypoint", filledList(config.entrypoint)],
    ["Cmd", filledList(config.cmd)],
    ["Volumes", set(config.volumes)],
    ["WorkingDir", filled(config.workingDir)],
    ["Labels", map(config.labels)],
    ["StopSignal", filled(config.stopSignal)],
    ["ArgsEscaped", config.argsEscaped === true ? true : undefined],
    ["Healthcheck", healthcheck && healthJson(healthcheck)],
    ["OnBuild", filledList(config.onBuild)],
    ["Shell", filledList(config.shell)],
  ]);
}

function healthJson(health: NonNullable<ContainerConfig["healthcheck"]>): Writable {
  const number = (value: number): number | undefined => (value === 0 ? undefined : value);
  return new Map<string, Writable>([
    ["Test", filledList(health.test)],
    ["Interval", number(health.interval)],
    ["Timeout", number(health.timeout)],
    ["StartPeriod", number(health.startPeriod)],
    ["StartInterval", number(health.startInterval)],
    ["Retries", number(health.retries)],
  ]);
}

function historyJson({ created, createdBy, author, comment, emptyLayer }: HistoryEntry): Writable {
  return new Map<string, Writable>([
    ["created", created],
    ["created_by", filled(createdBy)],
    ["author", filled(author)],
    ["comment", filled(comment)],
    ["empty_layer", emptyLayer ? true : undefined],
  ]);
}
