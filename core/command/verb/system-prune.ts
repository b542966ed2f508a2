import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";
import { PRUNE_FORCE } from "./prune.ts";

/** `docker system prune` */
export const SYSTEM_PRUNE: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Remove unused data",
  flags: [
    PRUNE_FORCE,
    flag("-a, --all", "Remove all unused images not just dangling ones"),
    flag("--volumes", "Prune anonymous volumes"),
    flag("--filter filter", 'Provide filter values (e.g. "label=<key>=<value>")', { value: "filter" }),
  ],
  args: { min: 0, max: 0 },
  async run() {
    throw failed("this command is not there yet");
  },
};
