import { failed } from "../failure.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker diff` */
export const DIFF: VerbSpec = {
  use: "CONTAINER",
  summary: "Inspect changes to files or directories on a container's filesystem",
  aliases: ["docker container diff", "docker diff"],
  values: ["container"],
  flags: [],
  args: { min: 1, max: 1 },
  async run() {
    throw failed("this command is not there yet");
  },
};
