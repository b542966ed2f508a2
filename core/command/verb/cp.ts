import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker cp` */
export const CP: VerbSpec = {
  use: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  summary: "Copy files/folders between a container and the local filesystem",
  description: `Copy files/folders between a container and the local filesystem

Use '-' as the source to read a tar archive from stdin
and extract it to a directory destination in a container.
Use '-' as the destination to stream a tar archive of a
container source to stdout.`,
  aliases: ["docker container cp", "docker cp"],
  flags: [
    flag("-L, --follow-link", "Always follow symbol link in SRC_PATH"),
    flag("-a, --archive", "Archive mode (copy all uid/gid information)"),
    flag(
      "-q, --quiet",
      "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
    ),
  ],
  args: { min: 2, max: 2 },
  values: ["container", "container"],
  async run() {
    throw failed("this command is not there yet");
  },
};
