import { flag } from "../flag.ts";
import { manifestDocument } from "../manifest-document.ts";
import { typedReference } from "../names.ts";
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
  async run({ args, flags, context }) {
    const name = args.at(-1) ?? "";
    const reference = await typedReference(name);
    const text = await manifestDocument(context, {
      reference,
      shown: name,
      verbose: flags.on("verbose"),
      insecure: flags.on("insecure"),
    });
    await context.stdout.write(`${text}\n`);
    return 0;
  },
};
