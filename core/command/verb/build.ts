import { formatCanonical, withDefaultTag } from "../../oci/mod.ts";
import { build, openGround } from "../building.ts";
import type { CommandContext } from "../context.ts";
import { asClient, failed } from "../failure.ts";
import { flag } from "../flag.ts";
import { filesOf } from "../host-files.ts";
import { learnSizes } from "../layer-sizes.ts";
import { typedReference } from "../names.ts";
import type { ParsedFlags } from "../parse-flags.ts";
import { platformFlag } from "../platform.ts";
import { push } from "../pushing.ts";
import type { VerbSpec } from "../spec.ts";
import { BUILD_FLAGS } from "./build-flags.ts";

/** `docker build`, which Docker hands to its plugin: `docker buildx build`. */
export const BUILD: VerbSpec = {
  use: "[OPTIONS] PATH | URL | -",
  summary: "Build an image from a Dockerfile",
  description: "Start a build",
  aliases: ["docker build", "docker builder build", "docker image build", "docker buildx b"],
  path: "docker buildx build",
  errorPrefix: "ERROR: ",
  flags: [
    ...BUILD_FLAGS,
    flag("--builder string", "Override the configured builder instance", { shownDefault: '"default"' }),
    // Not Docker's: what can be done where nothing runs.
    flag("--skip-run", "Leave out RUN instructions", { hidden: true }),
  ],
  args: { min: 1, max: 1 },
  values: ["directory"],
  async run({ args: [path = ""], flags, context }) {
    refuseOutputs(flags);
    const names = await Promise.all(
      flags.all("tag").map(async (tag) => withDefaultTag(await asClient(() => typedReference(tag)))),
    );
    const platforms = flags.all("platform").flatMap((text) => text.split(","));
    if (platforms.length > 1)
      throw failed(`ERROR: failed to build: Multi-platform build is not supported for the docker driver.
Switch to a different driver, or turn on the containerd image store, and try again.
Learn more at https://docs.docker.com/go/build-multi-platform/`);
    const platform = platformFlag(
      platforms[0] ?? context.env["DOCKER_DEFAULT_PLATFORM"],
      "ERROR: failed to build: ",
    );
    const quiet = flags.on("quiet");
    const ground = await openGround(context, { path, file: flags.text("file") });
    try {
      const id = await build(context, {
        ground,
        names: names.map(formatCanonical),
        args: new Map(flags.all("build-arg").flatMap((text) => argument(text, context))),
        labels: new Map(flags.all("label").map(pair)),
        target: flags.text("target") || undefined,
        platform,
        noCache: flags.on("no-cache"),
        skipRun: flags.on("skip-run"),
        output: quiet || flags.text("progress") === "quiet" ? undefined : context.stderr,
      });
      const image = (await context.store.table.snapshot()).images.get(id);
      if (image !== undefined) await learnSizes(context, image);
      const idFile = flags.text("iidfile") ?? "";
      if (idFile !== "") await writeText(context, idFile, id);
      if (quiet) await context.stdout.write(`${id}\n`);
      if (flags.on("push"))
        for (const reference of names)
          await push(context, { reference, allTags: false, platform: undefined, quiet });
      return 0;
    } finally {
      await ground.close();
    }
  },
};

const pair = (text: string): [string, string] => {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
};

/** An argument without a value has that of the caller's environment, if any. */
function argument(text: string, { env }: CommandContext): [string, string][] {
  if (text.includes("=")) return [pair(text)];
  const value = env[text];
  return value === undefined ? [] : [[text, value]];
}

/** What a build makes is an image in the store; other forms are made of that. */
function refuseOutputs(flags: ParsedFlags): void {
  const other = flags
    .all("output")
    .find((output) => !/^type=(?:docker|image)(?:$|,(?!.*dest=))/.test(output));
  if (other !== undefined)
    throw failed(
      `ERROR: failed to build: output ${JSON.stringify(other)} is not made here: build an image, then use docker save for an archive, or docker create and docker export for its files`,
    );
}

async function writeText(context: CommandContext, path: string, text: string): Promise<void> {
  const sink = await filesOf(context).create(path);
  try {
    await sink.write(new TextEncoder().encode(text));
    await sink.commit();
  } finally {
    await sink.abort();
  }
}
