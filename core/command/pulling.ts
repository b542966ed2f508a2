import { isCoreError } from "../error.ts";
import {
  familiarName,
  formatCanonical,
  formatFamiliar,
  formatPlatform,
  type Platform,
  platformRank,
  type Reference,
} from "../oci/mod.ts";
import {
  PULL_STATES,
  type PullEvent,
  type PulledImage,
  pullFailure,
  pullImage,
  type Registry,
} from "../registry/mod.ts";
import type { CommandContext, Output } from "./context.ts";
import { failed, refused } from "./failure.ts";
import { platformFlag } from "./platform.ts";
import { ProgressLines } from "./progress.ts";
import { shortID } from "./units.ts";

/** What to pull, and where to tell of it. */
export interface PullRequest {
  /** With its tag or digest, unless all tags are wanted. */
  readonly reference: Reference;
  readonly allTags?: boolean | undefined;
  readonly platform?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly output: Output;
}

/** The registries of a context. @throws CoreError `command/failed` when it has none. */
export function registryOf({ registry }: CommandContext): Registry {
  if (registry === undefined) throw failed("no registry can be reached from here");
  return registry;
}

/** The platform that a flag, else the environment, asks for. @throws CoreError `command/failed` with Docker's words. */
export function wantedPlatform(flag: string | undefined, { env }: CommandContext): Platform | undefined {
  return platformFlag(flag ?? env["DOCKER_DEFAULT_PLATFORM"], "Error response from daemon: ");
}

/**
 * Pulls, and tells of it as Docker does up to the status line.
 * @throws CoreError `command/failed` with Docker's words.
 */
export async function pull(context: CommandContext, request: PullRequest): Promise<readonly PulledImage[]> {
  const { reference, allTags = false, quiet = false, output } = request;
  const { store, layers, newHasher, signal } = context;
  const platform = wantedPlatform(request.platform, context);
  if (reference.domain === "docker.io" && reference.path === "library/scratch")
    throw refused("'scratch' is a reserved name");
  const lines = new ProgressLines(output);
  const own = shownOf(reference, allTags);
  let begun = false;
  try {
    const pulled = await pullImage(registryOf(context), store, {
      reference: own,
      allTags,
      platform: platform ?? context.platform,
      newHasher,
      scans: layers,
      moveLayer: context.moveLayer,
      signal,
      onEvent: (event) => {
        begun ||= event.kind === "image";
        if (!quiet) tell(lines, event);
      },
    });
    await lines.end();
    if (quiet) return pulled;
    const newer = pulled.some((image) => image.newer);
    const name = allTags ? familiarName(reference) : formatFamiliar(own);
    const status = newer ? "Downloaded newer image" : "Image is up to date";
    await output.write(`Status: ${status} for ${name}\n`);
    const [first] = pulled;
    if (platform !== undefined && first !== undefined && platformRank(platform, first.platform) === undefined)
      await output.write(
        `WARNING: image with reference ${name} was found but its platform (${formatPlatform(first.platform)}) does not match the specified platform (${formatPlatform(platform)})\n`,
      );
    return pulled;
  } catch (error) {
    if (!begun && isAfterManifest(error)) {
      begun = true;
      if (!quiet && !allTags) lines.say(beginning(own));
    }
    await lines.end();
    signal?.throwIfAborted();
    const words = pullFailure(error, own, context.dial);
    // Once the daemon has begun to answer it can only tell an error inside its answer, and Docker prints that as it is.
    throw begun ? failed(words, {}, error) : refused(words, {}, error);
  }
}

/** Whether the daemon finds this out after it has told that it pulls. */
function isAfterManifest(error: unknown): boolean {
  if (!isCoreError(error)) return false;
  return error.code === "image/platform" || (error.code === "oci/document" && "reason" in error.detail);
}

const beginning = (reference: Reference): string =>
  `${reference.digest === undefined ? reference.tag : formatCanonical(reference)}: Pulling from ${reference.path}`;

/** With a digest the tag means nothing. */
function shownOf({ domain, path, tag, digest }: Reference, allTags: boolean): Reference {
  if (allTags) return { domain, path };
  return digest === undefined ? { domain, path, tag } : { domain, path, digest };
}

function tell(lines: ProgressLines, event: PullEvent): void {
  if (event.kind === "layer") {
    const { state, bytes, total } = event;
    const id = shortID(event.digest);
    if (state === "retrying") {
      const { seconds = 0 } = event;
      lines.tell(id, `Retrying in ${seconds} second${seconds === 1 ? "" : "s"}`, { bytes: 0, total: 0 });
    } else {
      const moving = state === "downloading" || state === "extracting";
      lines.tell(id, PULL_STATES[state], moving ? { bytes, total } : { bytes: 0, total: 0 });
    }
    return;
  }
  const { reference } = event;
  if (event.kind === "done") lines.say(`Digest: ${event.digest}`);
  else lines.say(beginning(reference));
}
