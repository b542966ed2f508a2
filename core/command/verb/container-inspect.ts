import { containerDocument } from "../container-document.ts";
import { DOCUMENT_FORMAT, flag } from "../flag.ts";
import { inspect } from "../inspecting.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker container inspect` */
export const CONTAINER_INSPECT: VerbSpec = {
  use: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Display detailed information on one or more containers",
  flags: [DOCUMENT_FORMAT, flag("-s, --size", "Display total file sizes")],
  args: { min: 1 },
  values: ["container"],
  run: (call) => inspect(call, (name) => containerDocument(name, call.context, call.flags.on("size"))),
};
