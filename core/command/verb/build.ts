import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
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
  ],
  args: { min: 1, max: 1 },
  values: ["directory"],
  async run() {
    throw failed("this command is not there yet");
  },
};
