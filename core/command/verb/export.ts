import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker export` */
export const EXPORT: VerbSpec = {
  use: "[OPTIONS] CONTAINER",
  summary: "Export a container's filesystem as a tar archive",
  aliases: ["docker container export", "docker export"],
  values: ["container"],
  flags: [flag("-o, --output string", "Write to a file, instead of STDOUT", { value: "file" })],
  args: { min: 1, max: 1 },
  async run() {
    throw failed("this command is not there yet");
  },
};
