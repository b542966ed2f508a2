import { failed } from "../failure.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker rename` */
export const RENAME: VerbSpec = {
  use: "CONTAINER NEW_NAME",
  summary: "Rename a container",
  aliases: ["docker container rename", "docker rename"],
  flags: [],
  args: { min: 2, max: 2 },
  values: ["container", "text"],
  async run() {
    throw failed("this command is not there yet");
  },
};
