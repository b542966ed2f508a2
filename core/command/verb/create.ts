import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";
import { CONTAINER_FLAGS } from "./container-flags.ts";

/** `docker create` */
export const CREATE: VerbSpec = {
  use: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create a new container",
  aliases: ["docker container create", "docker create"],
  flags: [
    ...CONTAINER_FLAGS,
    flag("--help", "Print usage"),
    flag("--pull string", 'Pull image before creating ("always", "|missing", "never")', {
      shownDefault: '"missing"',
    }),
  ],
  args: { min: 1 },
  values: ["image", "text"],
  flagsFirst: true,
  async run() {
    throw failed("this command is not there yet");
  },
};
