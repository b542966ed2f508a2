import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker login` */
export const LOGIN: VerbSpec = {
  use: "[OPTIONS] [SERVER]",
  summary: "Authenticate to a registry",
  description: "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
  flags: [
    flag("-u, --username string", "Username"),
    flag("-p, --password string", "Password or Personal Access Token (PAT)"),
    flag("--password-stdin", "Take the Password or Personal Access Token (PAT) from stdin"),
  ],
  args: { min: 0, max: 1 },
  values: ["server"],
  async run() {
    throw failed("this command is not there yet");
  },
};
