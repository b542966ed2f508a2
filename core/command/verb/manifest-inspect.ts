import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker manifest inspect` */
export const MANIFEST_INSPECT: VerbSpec = {
  use: "[OPTIONS] [MANIFEST_LIST] MANIFEST",
  summary: "Display an image manifest, or manifest list",
  experimental: true,
  flags: [
    flag("--insecure", "Allow communication with an insecure registry"),
    flag("-v, --verbose", "Output additional info including layers and platform"),
  ],
  args: { min: 1, max: 2 },
  values: ["repository"],
  async run() {
    throw failed("this command is not there yet");
  },
};
