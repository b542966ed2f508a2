import { failed } from "../failure.ts";
import type { VerbSpec } from "../spec.ts";
import { PRUNE_FILTER, PRUNE_FORCE } from "./prune.ts";

/** `docker container prune` */
export const CONTAINER_PRUNE: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Remove all stopped containers",
  flags: [PRUNE_FORCE, PRUNE_FILTER],
  args: { min: 0, max: 0 },
  async run() {
    throw failed("this command is not there yet");
  },
};
