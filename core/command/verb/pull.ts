import { formatCanonical, withDefaultTag } from "../../oci/mod.ts";
import { failed } from "../failure.ts";
import { contentTrust, flag } from "../flag.ts";
import { typedReference } from "../names.ts";
import { pull } from "../pulling.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker pull` */
export const PULL: VerbSpec = {
  use: "[OPTIONS] NAME[:TAG|@DIGEST]",
  summary: "Download an image from a registry",
  aliases: ["docker image pull", "docker pull"],
  flags: [
    flag("-a, --all-tags", "Download all tagged images in the repository"),
    flag("-q, --quiet", "Suppress verbose output"),
    flag("--platform string", "Set platform if server is multi-platform capable", { value: "platform" }),
    contentTrust("Skip image verification"),
  ],
  args: { min: 1, max: 1 },
  values: ["repository"],
  async run({ args: [name = ""], flags, context }) {
    const { stdout } = context;
    const typed = await typedReference(name);
    const allTags = flags.on("all-tags");
    const bare = typed.tag === undefined && typed.digest === undefined;
    if (allTags && !bare) throw failed("tag can't be used with --all-tags/-a");
    const quiet = flags.on("quiet");
    const reference = allTags ? typed : withDefaultTag(typed);
    if (bare && !allTags && !quiet) await stdout.write("Using default tag: latest\n");
    await pull(context, { reference, allTags, platform: flags.text("platform"), quiet, output: stdout });
    await stdout.write(`${formatCanonical(reference)}\n`);
    return 0;
  },
};
