import {
  type ContainerConfig,
  type Fields,
  fieldsOf,
  parseJson,
  readContainerConfig,
  type Writable,
} from "../oci/mod.ts";

/** How a container is started, in full: what an image says, and what only engines keep. */
export interface RunConfig extends ContainerConfig {
  readonly hostname?: string | undefined;
  readonly domainname?: string | undefined;
  readonly attachStdin?: boolean | undefined;
  readonly attachStdout?: boolean | undefined;
  readonly attachStderr?: boolean | undefined;
  readonly tty?: boolean | undefined;
  readonly openStdin?: boolean | undefined;
  readonly stdinOnce?: boolean | undefined;
  /** The image as it was asked for. */
  readonly image?: string | undefined;
  readonly networkDisabled?: boolean | undefined;
  readonly macAddress?: string | undefined;
  /** Seconds. */
  readonly stopTimeout?: number | undefined;
}

/** Go leaves these out where they are empty. */
const filled = <T>(value: T | undefined, empty: boolean): T | undefined => (empty ? undefined : value);

/** A config as the engine writes it: members in the order of its struct, `null` for lists and maps that are not said. */
export function runConfigJson(config: RunConfig): ReadonlyMap<string, Writable> {
  const { exposedPorts = [], healthcheck, stopSignal = "", macAddress = "" } = config;
  return new Map<string, Writable>([
    ["Hostname", config.hostname ?? ""],
    ["Domainname", config.domainname ?? ""],
    ["User", config.user ?? ""],
    ["AttachStdin", config.attachStdin ?? false],
    ["AttachStdout", config.attachStdout ?? false],
    ["AttachStderr", config.attachStderr ?? false],
    ["ExposedPorts", filled(set(exposedPorts), exposedPorts.length === 0)],
    ["Tty", config.tty ?? false],
    ["OpenStdin", config.openStdin ?? false],
    ["StdinOnce", config.stdinOnce ?? false],
    ["Env", config.env ?? null],
    ["Cmd", config.cmd ?? null],
    ["Healthcheck", healthcheck && healthcheckJson(healthcheck)],
    ["ArgsEscaped", filled(true, config.argsEscaped !== true)],
    ["Image", config.image ?? ""],
    ["Volumes", config.volumes === undefined ? null : set(config.volumes)],
    ["WorkingDir", config.workingDir ?? ""],
    ["Entrypoint", config.entrypoint ?? null],
    ["NetworkDisabled", filled(true, config.networkDisabled !== true)],
    ["MacAddress", filled(macAddress, macAddress === "")],
    ["OnBuild", config.onBuild ?? null],
    ["Labels", config.labels === undefined ? null : sortedMap(config.labels)],
    ["StopSignal", filled(stopSignal, stopSignal === "")],
    ["StopTimeout", config.stopTimeout],
    ["Shell", filled(config.shell, (config.shell ?? []).length === 0)],
  ]);
}

function healthcheckJson(healthcheck: NonNullable<ContainerConfig["healthcheck"]>): Writable {
  const { test = [], interval, timeout, startPeriod, startInterval, retries } = healthcheck;
  return new Map<string, Writable>([
    ["Test", filled(test, test.length === 0)],
    ["Interval", filled(interval, interval === 0)],
    ["Timeout", filled(timeout, timeout === 0)],
    ["StartPeriod", filled(startPeriod, startPeriod === 0)],
    ["StartInterval", filled(startInterval, startInterval === 0)],
    ["Retries", filled(retries, retries === 0)],
  ]);
}

/** How Go writes a set. */
const set = (keys: readonly string[]): Writable =>
  new Map([...keys].sort(byBytes).map((key) => [key, new Map<string, Writable>()]));

const sortedMap = (map: ReadonlyMap<string, string>): Writable =>
  new Map([...map].sort(([a], [b]) => byBytes(a, b)));

/** Go orders keys by their UTF-8 bytes, which is the order of code points and not that of UTF-16. */
function byBytes(a: string, b: string): number {
  for (let at = 0; ; ) {
    const left = a.codePointAt(at);
    const right = b.codePointAt(at);
    if (left === undefined || right === undefined) return a.length - b.length;
    if (left !== right) return left - right;
    at += left > 0xffff ? 2 : 1;
  }
}

/**
 * The config in a JSON text that {@link runConfigJson} was written as, or that an image has as its `config`.
 * @throws CoreError `oci/json`, `oci/document`.
 */
export function parseRunConfig(text: string): RunConfig {
  const { value } = parseJson(new TextEncoder().encode(text), { document: "the config of a container" });
  return readRunConfig(fieldsOf(value, "the config of a container"));
}

/** The config in these fields. @throws CoreError `oci/document`. */
export function readRunConfig(fields: Fields): RunConfig {
  return {
    ...readContainerConfig(fields),
    hostname: fields.string("Hostname"),
    domainname: fields.string("Domainname"),
    attachStdin: fields.boolean("AttachStdin"),
    attachStdout: fields.boolean("AttachStdout"),
    attachStderr: fields.boolean("AttachStderr"),
    tty: fields.boolean("Tty"),
    openStdin: fields.boolean("OpenStdin"),
    stdinOnce: fields.boolean("StdinOnce"),
    image: fields.string("Image"),
    networkDisabled: fields.boolean("NetworkDisabled"),
    macAddress: fields.string("MacAddress"),
    stopTimeout: fields.integer("StopTimeout"),
  };
}
