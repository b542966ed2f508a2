import { removeContainers } from "../../container/mod.ts";
import { containerContext } from "../containers.ts";
import { wordsOf } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker rm` */
export const RM: VerbSpec = {
  use: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Remove one or more containers",
  aliases: ["docker container rm", "docker container remove", "docker rm"],
  flags: [
    flag("-v, --volumes", "Remove anonymous volumes associated with the container"),
    flag("-l, --link", "Remove the specified link"),
    flag("-f, --force", "Force the removal of a running container (uses SIGKILL)"),
  ],
  args: { min: 1 },
  values: ["container"],
  async run({ args, flags, context }) {
    const { removed, errors } = await removeContainers(containerContext(context), args);
    for (const { text } of removed) await context.stdout.write(`${text}\n`);
    for (const error of errors) await context.stderr.write(`Error response from daemon: ${wordsOf(error)}\n`);
    return errors.length === 0 || flags.on("force") ? 0 : 1;
  },
};
