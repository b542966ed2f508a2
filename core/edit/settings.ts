import { CoreError } from "../error.ts";
import type { JsonObject, JsonValue, Platform } from "../oci/mod.ts";
import { arrayOf, type ImageDraft, objectOf } from "./draft.ts";

/** Names that get a value, and names that go. */
export interface NamedChanges {
  readonly set?: ReadonlyMap<string, string> | undefined;
  readonly unset?: readonly string[] | undefined;
}

/** Members of a set that come and that go. */
export interface SetChanges {
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** What to change about how an image is run and what it says of itself. What is not named stays; `null` takes it away. */
export interface SettingsChange {
  readonly env?: NamedChanges | undefined;
  readonly labels?: NamedChanges | undefined;
  readonly cmd?: readonly string[] | null | undefined;
  readonly entrypoint?: readonly string[] | null | undefined;
  readonly shell?: readonly string[] | null | undefined;
  readonly user?: string | null | undefined;
  readonly workingDir?: string | null | undefined;
  readonly stopSignal?: string | null | undefined;
  /** `80/tcp`. */
  readonly ports?: SetChanges | undefined;
  readonly volumes?: SetChanges | undefined;
  readonly platform?: Platform | undefined;
  readonly author?: string | null | undefined;
  /** RFC 3339. */
  readonly created?: string | null | undefined;
}

const PORT = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/;

/**
 * `draft` with other settings. Variables keep their place in the list, new ones come last, as Docker does.
 * @throws CoreError `edit/setting` for a value that Docker would not take: a variable without a name, a port that is none.
 */
export function withSettings(draft: ImageDraft, change: SettingsChange): ImageDraft {
  const config = new Map(draft.config);
  const run = new Map(objectOf(config.get("config")));
  if (change.env !== undefined) put(run, "Env", changedEnv(arrayOf(run.get("Env")), change.env));
  if (change.labels !== undefined) put(run, "Labels", changedMap(objectOf(run.get("Labels")), change.labels));
  put(run, "Cmd", change.cmd);
  put(run, "Entrypoint", change.entrypoint);
  put(run, "Shell", change.shell);
  put(run, "User", change.user);
  put(run, "WorkingDir", checkedFolder(change.workingDir));
  put(run, "StopSignal", change.stopSignal);
  if (change.ports !== undefined) {
    const { add = [], remove = [] } = change.ports;
    const ports = { add: add.map(checkedPort), remove: remove.map(checkedPort) };
    put(run, "ExposedPorts", changedSet(objectOf(run.get("ExposedPorts")), ports));
  }
  if (change.volumes !== undefined) {
    put(run, "Volumes", changedSet(objectOf(run.get("Volumes")), change.volumes));
  }
  if (run.size > 0 || config.has("config")) config.set("config", run);
  if (change.platform !== undefined) setPlatform(config, change.platform);
  put(config, "author", change.author);
  put(config, "created", change.created);
  return { ...draft, config };
}

/** `draft` with other annotations on its manifest. */
export function withAnnotations(draft: ImageDraft, { set, unset = [] }: NamedChanges): ImageDraft {
  const annotations = new Map(draft.annotations);
  for (const name of unset) annotations.delete(name);
  for (const [name, value] of set ?? []) annotations.set(name, value);
  return { ...draft, annotations };
}

function put(object: Map<string, JsonValue>, key: string, value: JsonValue | undefined): void {
  if (value === undefined) return;
  if (value === null) object.delete(key);
  else object.set(key, value);
}

function changedEnv(env: readonly JsonValue[], { set, unset = [] }: NamedChanges): readonly JsonValue[] {
  const gone = new Set(unset);
  const coming = new Map(set);
  const lines = env.flatMap((line): JsonValue[] => {
    const name = nameOf(line);
    if (gone.has(name) && !coming.has(name)) return [];
    const value = coming.get(name);
    // Of a variable that is there twice, both are given the value: which of them counts differs from runtime to runtime.
    return value === undefined ? [line] : [`${name}=${value}`];
  });
  const there = new Set(lines.map(nameOf));
  for (const [name, value] of coming) {
    if (name === "" || name.includes("=")) throw wrong("a variable", name, "a name without =");
    if (!there.has(name)) lines.push(`${name}=${value}`);
  }
  return lines;
}

function nameOf(line: JsonValue): string {
  const text = typeof line === "string" ? line : "";
  const equals = text.indexOf("=");
  return equals < 0 ? text : text.slice(0, equals);
}

function changedMap(map: JsonObject, { set, unset = [] }: NamedChanges): JsonObject | null {
  const changed = new Map(map);
  for (const name of unset) changed.delete(name);
  for (const [name, value] of set ?? []) {
    if (name === "") throw wrong("a label", name, "a name");
    changed.set(name, value);
  }
  return changed.size === 0 ? null : changed;
}

function changedSet(set: JsonObject, { add = [], remove = [] }: SetChanges): JsonObject | null {
  const changed = new Map(set);
  for (const member of remove) changed.delete(member);
  for (const member of add) {
    if (member === "") throw wrong("a volume", member, "a path");
    if (!changed.has(member)) changed.set(member, new Map());
  }
  return changed.size === 0 ? null : changed;
}

/** A port as configs have it: `80` is `80/tcp`. */
function checkedPort(text: string): string {
  const match = PORT.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (match === null || first > last || last > 65_535) throw wrong("a port", text, "such as 80/tcp");
  return `${text.split("/")[0]}/${match[3] ?? "tcp"}`;
}

function checkedFolder(path: string | null | undefined): string | null | undefined {
  if (path === null || path === undefined || path === "" || path.startsWith("/")) return path;
  throw wrong("a working directory", path, "an absolute path");
}

function setPlatform(config: Map<string, JsonValue>, platform: Platform): void {
  put(config, "architecture", platform.architecture ?? null);
  put(config, "os", platform.os ?? null);
  put(config, "variant", platform.variant ?? null);
  put(config, "os.version", platform.osVersion ?? null);
}

function wrong(what: string, found: string, expected: string): CoreError {
  return new CoreError(
    "edit/setting",
    `Cannot set ${what}: found ${JSON.stringify(found)}, expected ${expected}`,
    { found, expected },
  );
}
