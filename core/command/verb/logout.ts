import { failed } from "../failure.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker logout` */
export const LOGOUT: VerbSpec = {
  use: "[SERVER]",
  summary: "Log out from a registry",
  description: "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
  flags: [],
  args: { min: 0, max: 1 },
  values: ["server"],
  async run() {
    throw failed("this command is not there yet");
  },
};
