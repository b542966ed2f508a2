import { failed } from "../failure.ts";
import { DOCUMENT_FORMAT, flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker container inspect` */
export const CONTAINER_INSPECT: VerbSpec = {
  use: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Display detailed information on one or more containers",
  flags: [DOCUMENT_FORMAT, flag("-s, --size", "Display total file sizes")],
  args: { min: 1 },
  values: ["container"],
  async run() {
    throw failed("this command is not there yet");
  },
};
