import { failed } from "../failure.ts";
import { DOCUMENT_FORMAT } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker info` */
export const INFO: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Display system-wide information",
  aliases: ["docker system info", "docker info"],
  flags: [DOCUMENT_FORMAT],
  args: { min: 0, max: 0 },
  async run() {
    throw failed("this command is not there yet");
  },
};
