import { isCoreError } from "../error.ts";
import { resolveImage } from "../image/mod.ts";
import {
  formatFamiliar,
  formatPlatform,
  type Platform,
  parseReference,
  platformRank,
  withDefaultTag,
} from "../oci/mod.ts";
import type { CommandContext } from "./context.ts";
import { asEngine, refused, wordsOf } from "./failure.ts";
import { partsOf } from "./image-parts.ts";
import { platformFlag } from "./platform.ts";
import { checkPlatform } from "./platform-check.ts";
import { pull } from "./pulling.ts";

const HOST: Platform = { os: "linux", architecture: "amd64" };

/**
 * Sees to it that the image of a container is there, and of the platform that was asked for. Gives a warning, where Docker has one.
 * @throws CoreError `command/failed` with Docker's words.
 */
export async function imageFor(
  context: CommandContext,
  wanted: {
    readonly image: string;
    readonly policy: string;
    readonly platform?: string | undefined;
    readonly quiet: boolean;
  },
): Promise<string | undefined> {
  const { image, policy, quiet } = wanted;
  const { stderr, store } = context;
  const platform = platformFlag(wanted.platform, "");
  const fetchIt = async (): Promise<void> => {
    const reference = withDefaultTag(await asEngine(() => parseReference(image)));
    await pull(context, { reference, platform: wanted.platform, quiet, output: quiet ? silent : stderr });
  };
  if (policy === "always") await fetchIt();
  else if (!(await isThere(context, image))) {
    if (policy === "never") await asEngine(async () => resolveImage(await store.table.snapshot(), image));
    const shown = formatFamiliar(withDefaultTag(await asEngine(() => parseReference(image))));
    if (!quiet) await stderr.write(`Unable to find image '${shown}' locally\n`);
    await fetchIt();
  }
  return asEngine(async () => {
    const table = await store.table.snapshot();
    const { image: record } = resolveImage(table, image);
    const parts = await partsOf(store, table, record, context);
    checkPlatform(parts, image, platform);
    const host = context.platform ?? HOST;
    if (
      platform !== undefined ||
      parts.platform === undefined ||
      platformRank(host, parts.platform) !== undefined
    )
      return undefined;
    return `WARNING: The requested image's platform (${formatPlatform(parts.platform)}) does not match the detected host platform (${formatPlatform(host)}) and no specific platform was requested`;
  });
}

const silent = { write: () => {}, terminal: false, columns: 80 };

async function isThere({ store }: CommandContext, image: string): Promise<boolean> {
  try {
    resolveImage(await store.table.snapshot(), image);
    return true;
  } catch (error) {
    if (isCoreError(error, "image/missing")) return false;
    if (isCoreError(error)) throw refused(wordsOf(error), {}, error);
    throw error;
  }
}
