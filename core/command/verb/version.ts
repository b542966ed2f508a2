import { failed } from "../failure.ts";
import { DOCUMENT_FORMAT } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker version` */
export const VERSION: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Show the Docker version information",
  flags: [DOCUMENT_FORMAT],
  args: { min: 0, max: 0 },
  async run() {
    throw failed("this command is not there yet");
  },
};
