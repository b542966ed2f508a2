import { failed } from "../failure.ts";
import { FILTER, flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker search` */
export const SEARCH: VerbSpec = {
  use: "[OPTIONS] TERM",
  summary: "Search Docker Hub for images",
  flags: [
    flag("--no-trunc", "Don't truncate output"),
    FILTER,
    flag("--limit int", "Max number of search results"),
    flag("--format string", "Pretty-print search using a Go template", { value: "format" }),
  ],
  args: { min: 1, max: 1 },
  async run() {
    throw failed("this command is not there yet");
  },
};
