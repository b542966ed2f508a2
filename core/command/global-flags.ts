import { sha256Digest } from "../digest/mod.ts";
import type { CommandContext } from "./context.ts";
import { BUILD, VERSION } from "./edition.ts";
import { failed } from "./failure.ts";
import type { Call } from "./spec.ts";

const LEVELS = ["panic", "fatal", "error", "warn", "warning", "info", "debug", "trace"];

/** What the flags before a command ask for; gives an exit code when that is all. @throws CoreError `command/failed` */
export async function checkGlobalFlags({ flags, context }: Call): Promise<number | undefined> {
  const level = flags.text("log-level");
  if (level !== undefined && !LEVELS.includes(level.toLowerCase()))
    throw failed(`Unable to parse logging level: ${level}`);
  const host = flags.text("host");
  if (flags.on("version")) {
    await context.stdout.write(`Docker version ${VERSION}, build ${BUILD}\n`);
    return 0;
  }
  if (host !== undefined)
    throw failed(`Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`);
  const name = flags.text("context");
  if (name !== undefined && name !== "default")
    throw failed(
      `Failed to initialize: unable to resolve docker endpoint: context ${JSON.stringify(name)}: context not found: open ${contextPath(name, context)}: no such file or directory`,
    );
  return undefined;
}

/** Where Docker would look for a context. */
function contextPath(name: string, { credentials, env, newHasher }: CommandContext): string {
  const folder = credentials?.plainFile?.replace(/\/[^/]*$/, "") ?? env["DOCKER_CONFIG"] ?? "/root/.docker";
  const digest = sha256Digest(new TextEncoder().encode(name), newHasher);
  return `${folder}/contexts/meta/${digest.slice("sha256:".length)}/meta.json`;
}
