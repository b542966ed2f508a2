import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker commit` */
export const COMMIT: VerbSpec = {
  use: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  summary: "Create a new image from a container's changes",
  aliases: ["docker container commit", "docker commit"],
  values: ["container", "repository"],
  flags: [
    flag("-p, --pause", "Pause container during commit", { shownDefault: "true" }),
    flag("-m, --message string", "Commit message"),
    flag("-a, --author string", 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")'),
    flag("-c, --change list", "Apply Dockerfile instruction to the created image"),
  ],
  args: { min: 1, max: 2 },
  async run() {
    throw failed("this command is not there yet");
  },
};
