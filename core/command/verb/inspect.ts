import { DOCUMENT_FORMAT, flag } from "../flag.ts";
import { inspectAny, inspectImages } from "../inspecting.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker inspect` */
export const INSPECT: VerbSpec = {
  use: "[OPTIONS] NAME|ID [NAME|ID...]",
  summary: "Return low-level information on Docker objects",
  flags: [
    DOCUMENT_FORMAT,
    flag("-s, --size", "Display total file sizes if the type is container"),
    flag("--type string", "Only inspect objects of the given type"),
  ],
  args: { min: 1 },
  values: ["image"],
  run: inspectAny,
};

/** `docker image inspect` */
export const IMAGE_INSPECT: VerbSpec = {
  use: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Display detailed information on one or more images",
  flags: [
    DOCUMENT_FORMAT,
    flag(
      "--platform string",
      `Inspect a specific platform of the multi-platform image.
If the image or the server is not multi-platform capable, the command will error out if the platform does not match.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`,
      { value: "platform" },
    ),
  ],
  args: { min: 1 },
  values: ["image"],
  run: inspectImages,
};
