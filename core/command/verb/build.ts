import { formatCanonical, withDefaultTag } from "../../oci/mod.ts";
import { checkOutputs, parseOutput, writeOutput } from "../build-output.ts";
import { build, openGround } from "../building.ts";
import type { CommandContext } from "../context.ts";
import { asClient } from "../failure.ts";
import { flag } from "../flag.ts";
import { filesOf } from "../host-files.ts";
import { learnSizes } from "../layer-sizes.ts";
import { typedReference } from "../names.ts";
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
    const outputs = flags.all("output").flatMap((text) => parseOutput(text) ?? []);
    const names = await Promise.all(
      flags.all("tag").map(async (tag) => withDefaultTag(await asClient(() => typedReference(tag)))),
    );
    const typed = flags.all("platform").flatMap((text) => text.split(","));
    if (typed.length === 0) typed.push(context.env["DOCKER_DEFAULT_PLATFORM"] ?? "");
    const platforms = typed.flatMap((text) => platformFlag(text, "ERROR: failed to build: ") ?? []);
    checkOutputs(outputs, { platforms: platforms.length, context });
    const canonical = names.map(formatCanonical);
    const quiet = flags.on("quiet");
    const ground = await openGround(context, { path, file: flags.text("file") });
    try {
      const id = await build(context, {
        ground,
        // What goes elsewhere gets its names there.
        names: outputs.length === 0 || flags.on("load") ? canonical : [],
        args: new Map(flags.all("build-arg").flatMap((text) => argument(text, context))),
        labels: new Map(flags.all("label").map(pair)),
        target: flags.text("target") || undefined,
        platforms,
        noCache: flags.on("no-cache"),
        skipRun: flags.on("skip-run"),
        output: quiet || flags.text("progress") === "quiet" ? undefined : context.stderr,
      });
      const image = (await context.store.table.snapshot()).images.get(id);
      if (image !== undefined) await learnSizes(context, image);
      for (const output of outputs) await writeOutput(context, output, { id, names: canonical });
      const idFile = flags.text("iidfile") ?? "";
      if (idFile !== "") await writeText(context, idFile, id);
      // An archive on standard output is all that goes there.
      if (quiet && !outputs.some(({ dest }) => dest === "-")) await context.stdout.write(`${id}\n`);
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

async function writeText(context: CommandContext, path: string, text: string): Promise<void> {
  const sink = await filesOf(context).create(path);
  try {
    await sink.write(new TextEncoder().encode(text));
    await sink.commit();
  } finally {
    await sink.abort();
  }
}
