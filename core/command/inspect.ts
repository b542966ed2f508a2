import type { ImageParts } from "../image/mod.ts";
import {
  type ContainerConfig,
  formatCanonical,
  formatFamiliar,
  type Healthcheck,
  type ImageConfig,
  parseReference,
  parseTimestamp,
  type Reference,
} from "../oci/mod.ts";
import { formatJson, type Writable } from "./json.ts";

/** What is known of an image beside its parts. */
export interface InspectFacts {
  /** Sum of the sizes of its layers. */
  readonly size: number;
  /** `name@digest`, familiar. */
  readonly repoDigests?: readonly string[] | undefined;
  /** When it was given a tag last, in seconds since the epoch. */
  readonly lastTaggedAt?: number | undefined;
}

/** The object that `docker inspect` shows for an image, with its keys in order; write it with {@link formatInspect}. */
export type InspectDocument = ReadonlyMap<string, Writable>;

/**
 * What `docker inspect` (28.5, overlay2) says of an image. Where a file lies in the engine (`GraphDriver.Data`) has no meaning here: it is
 * null.
 */
export function inspectImage(image: ImageParts, facts: InspectFacts): InspectDocument {
  const { config } = image;
  const history = config?.history ?? [];
  return new Map<string, Writable>([
    ["Id", image.id ?? ""],
    ["RepoTags", sortedNames(image.tags)],
    ["RepoDigests", sortedNames(facts.repoDigests ?? [])],
    ["Parent", image.parent ?? ""],
    ["Comment", config?.comment || (history.at(-1)?.comment ?? "")],
    ["Created", createdText(config)],
    ["DockerVersion", config?.dockerVersion ?? ""],
    ["Author", config?.author ?? ""],
    ["Architecture", config?.platform.architecture ?? ""],
    ["Variant", config?.platform.variant || undefined],
    ["Os", config?.platform.os ?? ""],
    ["OsVersion", config?.platform.osVersion || undefined],
    ["Size", facts.size],
    [
      "GraphDriver",
      new Map<string, Writable>([
        ["Data", null],
        ["Name", "overlay2"],
      ]),
    ],
    [
      "RootFS",
      new Map<string, Writable>([
        ["Type", config?.rootfsType || "layers"],
        ["Layers", config !== undefined && config.diffIDs.length > 0 ? config.diffIDs : undefined],
      ]),
    ],
    ["Metadata", new Map([["LastTagTime", tagTime(facts.lastTaggedAt)]])],
    ["Config", containerDocument(config?.container)],
  ]);
}

/** What `docker inspect` prints for these objects, the final newline included. */
export function formatInspect(documents: readonly InspectDocument[]): string {
  return `${formatJson(documents, "    ")}\n`;
}

/** A time as Go writes it in JSON; the zero time for none. */
function tagTime(seconds: number | undefined): string {
  if (seconds === undefined) return "0001-01-01T00:00:00Z";
  const text = new Date(seconds * 1000).toISOString();
  return parseTimestamp(text)?.text ?? text;
}

/** Familiar names in the order of the full ones. */
function sortedNames(texts: readonly string[]): string[] {
  return texts
    .map((text) => {
      const reference = referenceOf(text);
      if (reference === undefined) return { full: text, shown: text };
      return { full: formatCanonical(reference), shown: formatFamiliar(reference) };
    })
    .sort((a, b) => (a.full < b.full ? -1 : 1))
    .map(({ shown }) => shown);
}

/** What an archive calls a name may be none. */
function referenceOf(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch {
    return undefined;
  }
}

function createdText(config: ImageConfig | undefined): string | undefined {
  const created = config?.created;
  return created === undefined || created === "" ? undefined : (parseTimestamp(created)?.text ?? created);
}

/** Keys in alphabetical order; some are always there, some only when set. */
function containerDocument(container: ContainerConfig = {}): Writable {
  return new Map<string, Writable>([
    ["ArgsEscaped", container.argsEscaped || undefined],
    ["Cmd", filled(container.cmd) ?? null],
    ["Entrypoint", filled(container.entrypoint) ?? null],
    ["Env", filled(container.env) ?? null],
    ["ExposedPorts", filled(container.exposedPorts) && keySet(container.exposedPorts)],
    ["Healthcheck", container.healthcheck && healthcheckDocument(container.healthcheck)],
    ["Labels", (container.labels?.size ?? 0) === 0 ? null : sorted(container.labels!)],
    ["OnBuild", filled(container.onBuild) ?? null],
    ["Shell", filled(container.shell)],
    ["StopSignal", container.stopSignal || undefined],
    ["User", container.user ?? ""],
    ["Volumes", filled(container.volumes) === undefined ? null : keySet(container.volumes)],
    ["WorkingDir", container.workingDir ?? ""],
  ]);
}

function healthcheckDocument(healthcheck: Healthcheck): Writable {
  return new Map<string, Writable>([
    ["Interval", healthcheck.interval || undefined],
    ["Retries", healthcheck.retries || undefined],
    ["StartInterval", healthcheck.startInterval || undefined],
    ["StartPeriod", healthcheck.startPeriod || undefined],
    ["Test", filled(healthcheck.test)],
    ["Timeout", healthcheck.timeout || undefined],
  ]);
}

function filled(list: readonly string[] | undefined): readonly string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

const keySet = (keys: readonly string[] = []): Writable =>
  new Map([...keys].sort().map((key) => [key, new Map()]));

function sorted(map: ReadonlyMap<string, string>): Writable {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
