import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker import` */
export const IMPORT: VerbSpec = {
  use: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  summary: "Import the contents from a tarball to create a filesystem image",
  aliases: ["docker image import", "docker import"],
  values: ["file", "repository"],
  flags: [
    flag("-c, --change list", "Apply Dockerfile instruction to the created image"),
    flag("-m, --message string", "Set commit message for imported image"),
    flag("--platform string", "Set platform if server is multi-platform capable", { value: "platform" }),
  ],
  args: { min: 1 },
  async run() {
    throw failed("this command is not there yet");
  },
};
