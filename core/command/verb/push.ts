import { withDefaultTag } from "../../oci/mod.ts";
import { failed } from "../failure.ts";
import { contentTrust, flag } from "../flag.ts";
import { typedReference } from "../names.ts";
import { platformFlag } from "../platform.ts";
import { push, pushedName } from "../pushing.ts";
import type { VerbSpec } from "../spec.ts";

const PLATFORM_NOTE = `
 Info -> Using --platform pushes only the specified platform manifest of a multi-platform image index.
         Other components, like attestations, will not be included.
         To push the complete multi-platform image, remove the --platform flag.
         
`;

/** `docker push` */
export const PUSH: VerbSpec = {
  use: "[OPTIONS] NAME[:TAG]",
  summary: "Upload an image to a registry",
  aliases: ["docker image push", "docker push"],
  flags: [
    flag("-a, --all-tags", "Push all tags of an image to the repository"),
    flag("-q, --quiet", "Suppress verbose output"),
    contentTrust("Skip image signing"),
    flag(
      "--platform string",
      `Push a platform-specific manifest as a single-platform image to the registry.
Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`,
      { value: "platform" },
    ),
  ],
  args: { min: 1, max: 1 },
  values: ["image"],
  async run({ args: [name = ""], flags, context }) {
    const platform = platformFlag(flags.text("platform"));
    const { stdout } = context;
    if (platform !== undefined) await stdout.write(PLATFORM_NOTE);
    const typed = await typedReference(name);
    const allTags = flags.on("all-tags");
    if (typed.digest !== undefined) throw failed("cannot push a digest reference");
    if (allTags && typed.tag !== undefined) throw failed("tag can't be used with --all-tags/-a");
    const quiet = flags.on("quiet");
    if (!allTags && typed.tag === undefined && !quiet) await stdout.write("Using default tag: latest\n");
    const request = { reference: allTags ? typed : withDefaultTag(typed), allTags, platform, quiet };
    await push(context, request);
    if (quiet) await stdout.write(`${pushedName(request)}\n`);
    return 0;
  },
};
