import { failed } from "../failure.ts";
import { contentTrust, flag } from "../flag.ts";
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
  async run() {
    throw failed("this command is not there yet");
  },
};
