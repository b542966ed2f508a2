import { failed } from "../failure.ts";
import { FILTER, flag, TABLE_FORMAT } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker ps` */
export const PS: VerbSpec = {
  use: "[OPTIONS]",
  summary: "List containers",
  aliases: ["docker container ls", "docker container list", "docker container ps", "docker ps"],
  flags: [
    flag("-q, --quiet", "Only display container IDs"),
    flag("-s, --size", "Display total file sizes"),
    flag("-a, --all", "Show all containers (default shows just running)"),
    flag("--no-trunc", "Don't truncate output"),
    flag("-l, --latest", "Show the latest created container (includes all states)"),
    flag("-n, --last int", "Show n last created containers (includes all states)", { shownDefault: "-1" }),
    TABLE_FORMAT,
    FILTER,
  ],
  args: { min: 0, max: 0 },
  async run() {
    throw failed("this command is not there yet");
  },
};
