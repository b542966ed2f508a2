import { isCoreError } from "../../error.ts";
import { removeImages } from "../../image/mod.ts";
import { wordsOf } from "../failure.ts";
import { flag } from "../flag.ts";
import { checkPlatforms } from "../platform.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker rmi` */
export const RMI: VerbSpec = {
  use: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Remove one or more images",
  aliases: ["docker image rm", "docker image remove", "docker rmi"],
  flags: [
    flag("-f, --force", "Force removal of the image"),
    flag("--no-prune", "Do not delete untagged parents"),
    flag(
      "--platform strings",
      'Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      { value: "platform" },
    ),
  ],
  args: { min: 1 },
  values: ["image"],
  async run({ args, flags, context }) {
    const { store, signal, stdout, stderr } = context;
    checkPlatforms(flags.all("platform"));
    const force = flags.on("force");
    const { steps, errors } = await removeImages(store, args, {
      force,
      keepParents: flags.on("no-prune"),
      signal,
    });
    for (const { kind, text } of steps)
      await stdout.write(`${kind === "untagged" ? "Untagged" : "Deleted"}: ${text}\n`);
    if (errors.length === 0) return 0;
    for (const error of errors) {
      // An empty name makes another address of Docker's request.
      const words = error.detail["text"] === "" ? "page not found" : wordsOf(error);
      await stderr.write(`Error response from daemon: ${words}\n`);
    }
    return force && errors.every((error) => isCoreError(error, "image/missing")) ? 0 : 1;
  },
};
