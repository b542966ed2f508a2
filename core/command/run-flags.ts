import { parseDuration } from "../dockerfile/mod.ts";
import type { RunConfig } from "../image/mod.ts";
import type { Healthcheck } from "../oci/mod.ts";
import type { CommandContext } from "./context.ts";
import { failed } from "./failure.ts";
import { filesOf } from "./host-files.ts";
import type { ParsedFlags } from "./parse-flags.ts";

/** Exit code of flags whose values mean nothing. */
const BAD_VALUE = 125;

/** How a container is to be started, by the flags of `docker create` that say so; the others are about a kernel. */
export async function runSettingsOf(
  flags: ParsedFlags,
  command: readonly string[],
  context: CommandContext,
): Promise<RunConfig> {
  const entrypoint = flags.text("entrypoint");
  const interactive = flags.on("interactive");
  const volumes = flags.all("volume").filter((volume) => !volume.includes(":"));
  const timeout = flags.text("stop-timeout");
  const attached = flags.all("attach").map((name) => name.toLowerCase());
  const attach = (name: string): boolean =>
    attached.length === 0 ? name !== "stdin" : attached.includes(name);
  return {
    ...(command.length > 0 && { cmd: command }),
    ...(entrypoint !== undefined && { entrypoint: [entrypoint] }),
    env: [...(await lines(flags.all("env-file"), context)), ...flags.all("env")].map((text) =>
      variable(text, context),
    ),
    labels: new Map([...(await lines(flags.all("label-file"), context)), ...flags.all("label")].map(pair)),
    user: flags.text("user"),
    workingDir: flags.text("workdir"),
    hostname: flags.text("hostname"),
    domainname: flags.text("domainname"),
    exposedPorts: [...flags.all("expose"), ...flags.all("publish").map(containerPort)].flatMap(ports),
    volumes,
    stopSignal: flags.text("stop-signal"),
    ...(timeout !== undefined && { stopTimeout: Number(timeout) }),
    healthcheck: healthcheck(flags),
    tty: flags.on("tty"),
    openStdin: interactive,
    attachStdin: attach("stdin") || (attached.length === 0 && interactive),
    attachStdout: attach("stdout"),
    attachStderr: attach("stderr"),
    stdinOnce: interactive && (attached.length === 0 || attached.includes("stdin")),
    macAddress: flags.text("mac-address"),
  };
}

const pair = (text: string): [string, string] => {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
};

/** A variable without a value has that of the caller's environment, and stands by itself where that has none. */
function variable(text: string, { env }: CommandContext): string {
  if (text === "" || text.startsWith("="))
    throw failed(`invalid environment variable: ${text}`, { status: BAD_VALUE });
  const value = text.includes("=") ? undefined : env[text];
  return value === undefined ? text : `${text}=${value}`;
}

/** The lines of files that say something. */
async function lines(paths: readonly string[], context: CommandContext): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const file = await filesOf(context).open(path, context);
    try {
      const text = new TextDecoder().decode(await file.source.arrayBuffer());
      found.push(
        ...text
          .split(/\r?\n/)
          .map((line) => line.trimStart())
          .filter((line) => line !== "" && !line.startsWith("#")),
      );
    } finally {
      await file.close();
    }
  }
  return found;
}

/** `[[ip:]host:]container[/protocol]` */
const containerPort = (text: string): string => text.slice(text.lastIndexOf(":") + 1);

/** A port or a range of ports with its protocol, one by one. */
function ports(text: string): string[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(\w+))?$/.exec(text);
  if (match === null) throw failed(`invalid containerPort: ${text}`, { status: BAD_VALUE });
  const [, from = "", to = from, protocol = "tcp"] = match;
  const [first, last] = [Number(from), Number(to)];
  if (last < first || last > 65_535)
    throw failed(`invalid range format for --expose: ${text}`, { status: BAD_VALUE });
  return Array.from({ length: last - first + 1 }, (_, at) => `${first + at}/${protocol.toLowerCase()}`);
}

function healthcheck(flags: ParsedFlags): Healthcheck | undefined {
  const command = flags.text("health-cmd") ?? "";
  const names = ["health-interval", "health-timeout", "health-start-period", "health-start-interval"];
  const given = command !== "" || flags.has("health-retries") || names.some((name) => flags.has(name));
  if (flags.on("no-healthcheck")) {
    if (given) throw failed("--no-healthcheck conflicts with --health-* options", { status: BAD_VALUE });
    return { test: ["NONE"], interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0 };
  }
  if (!given) return undefined;
  const time = (name: string): number => {
    const text = flags.text(name) ?? "0s";
    const value = parseDuration(text);
    if (value === undefined || value < 0)
      throw failed(
        `invalid argument ${JSON.stringify(text)} for "--${name}" flag: time: invalid duration ${JSON.stringify(text)}`,
        { status: BAD_VALUE },
      );
    return value;
  };
  const [interval = 0, timeout = 0, startPeriod = 0, startInterval = 0] = names.map(time);
  return {
    ...(command !== "" && { test: ["CMD-SHELL", command] }),
    interval,
    timeout,
    startPeriod,
    startInterval,
    retries: Number(flags.text("health-retries") ?? 0),
  };
}
