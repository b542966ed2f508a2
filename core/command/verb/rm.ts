import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker rm` */
export const RM: VerbSpec = {
  use: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Remove one or more containers",
  aliases: ["docker container rm", "docker container remove", "docker rm"],
  flags: [
    flag("-v, --volumes", "Remove anonymous volumes associated with the container"),
    flag("-l, --link", "Remove the specified link"),
    flag("-f, --force", "Force the removal of a running container (uses SIGKILL)"),
  ],
  args: { min: 1 },
  values: ["container"],
  async run() {
    throw failed("this command is not there yet");
  },
};
