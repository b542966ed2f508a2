import { failed } from "../failure.ts";
import { contentTrust, flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

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
  async run() {
    throw failed("this command is not there yet");
  },
};
