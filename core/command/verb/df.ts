import { failed } from "../failure.ts";
import { flag, TABLE_FORMAT } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker system df` */
export const SYSTEM_DF: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Show docker disk usage",
  flags: [flag("-v, --verbose", "Show detailed information on space usage"), TABLE_FORMAT],
  args: { min: 0, max: 0 },
  async run() {
    throw failed("this command is not there yet");
  },
};
