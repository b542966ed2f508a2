import { isCoreError } from "../error.ts";
import { familiarName, formatCanonical, type Platform, type Reference } from "../oci/mod.ts";
import {
  gzipLayer,
  PUSH_STATES,
  type PushEvent,
  type PushedImage,
  pushFailure,
  pushImage,
} from "../registry/mod.ts";
import type { CommandContext } from "./context.ts";
import { failed, refused, wordsOf } from "./failure.ts";
import { ProgressLines } from "./progress.ts";
import { registryOf } from "./pulling.ts";
import { shortID } from "./units.ts";

/** What to push. */
export interface PushRequest {
  /** With its tag, unless all tags are wanted. */
  readonly reference: Reference;
  readonly allTags: boolean;
  readonly platform: Platform | undefined;
  readonly quiet: boolean;
}

/**
 * Pushes, and tells of it as Docker does. Plain layers are compressed on the way.
 * @throws CoreError `command/failed` with Docker's words.
 */
export async function push(context: CommandContext, request: PushRequest): Promise<readonly PushedImage[]> {
  const { reference, allTags, platform, quiet } = request;
  const { store, newHasher, signal, stdout } = context;
  const lines = new ProgressLines(stdout);
  // Whether there is such a platform, and a registry, Docker finds out before it says anything of it.
  let held: PushEvent[] = [];
  const release = (): void => {
    for (const event of held) tell(lines, event);
    held = [];
  };
  const heard = (event: PushEvent): void => {
    const early =
      (event.kind === "repository" && platform !== undefined) ||
      (event.kind === "layer" && event.state === "preparing" && !stdout.terminal);
    if (!early) release();
    if (early) held.push(event);
    else tell(lines, event);
  };
  try {
    const pushed = await pushImage(registryOf(context), store, {
      reference,
      allTags,
      platform,
      newHasher,
      compress: gzipLayer,
      signal,
      onEvent: quiet ? undefined : heard,
    });
    release();
    await lines.end();
    return pushed;
  } catch (error) {
    if (!isCoreError(error, "registry/unreachable") && !isCoreError(error, "image/platform")) release();
    await lines.end();
    signal?.throwIfAborted();
    if (isCoreError(error, "image/platform")) throw refused(wordsOf(error), {}, error);
    throw failed(pushFailure(error, context.dial), {}, error);
  }
}

function tell(lines: ProgressLines, event: PushEvent): void {
  switch (event.kind) {
    case "repository": {
      const { domain, path } = event.reference;
      return lines.say(`The push refers to repository [${formatCanonical({ domain, path })}]`);
    }
    case "layer": {
      const { state, bytes, total, from } = event;
      const status = from === undefined ? PUSH_STATES[state] : `${PUSH_STATES[state]} ${from}`;
      return lines.tell(
        shortID(event.diffID),
        status,
        state === "pushing" ? { bytes, total } : { bytes: 0, total: 0 },
      );
    }
    case "done":
      return lines.say(`${event.reference.tag ?? "latest"}: digest: ${event.digest} size: ${event.size}`);
    default:
      return lines.say(
        `\nInfo -> Not all multiplatform-content is present and only the available single-platform image was pushed\n         ${event.index} -> ${event.platform}\n`,
      );
  }
}

/** What is printed when nothing else is. */
export const pushedName = ({ reference, allTags }: PushRequest): string =>
  allTags ? familiarName(reference) : formatCanonical(reference);
