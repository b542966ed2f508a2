import { commitContainer, openContainer } from "../../container/mod.ts";
import { formatCanonical, withDefaultTag } from "../../oci/mod.ts";
import { containerContext } from "../containers.ts";
import { VERSION } from "../edition.ts";
import { asEngine, failed } from "../failure.ts";
import { flag } from "../flag.ts";
import { learnSizes } from "../layer-sizes.ts";
import { typedReference } from "../names.ts";
import type { VerbSpec } from "../spec.ts";
import { spoolsOf } from "../spool.ts";

/** `docker commit` */
export const COMMIT: VerbSpec = {
  use: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  summary: "Create a new image from a container's changes",
  aliases: ["docker container commit", "docker commit"],
  flags: [
    flag("-p, --pause", "Pause container during commit", { shownDefault: "true" }),
    flag("-m, --message string", "Commit message"),
    flag("-a, --author string", 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")'),
    flag("-c, --change list", "Apply Dockerfile instruction to the created image"),
  ],
  args: { min: 1, max: 2 },
  values: ["container", "repository"],
  async run({ args: [name = "", target = ""], flags, context }) {
    const reference = target === "" ? undefined : await typedReference(target);
    if (reference?.digest !== undefined) throw failed("refusing to create a tag with a digest reference");
    const containers = containerContext(context);
    const spools = spoolsOf(context);
    try {
      const { record } = await asEngine(async () =>
        commitContainer(containers, await openContainer(containers, name), {
          names: reference === undefined ? [] : [formatCanonical(withDefaultTag(reference))],
          author: flags.text("author"),
          message: flags.text("message"),
          changes: flags.all("change"),
          engineVersion: VERSION,
          spool: spools.spool,
        }),
      );
      await learnSizes(context, record);
      await context.stdout.write(`${record.id}\n`);
      return 0;
    } finally {
      await spools.close();
    }
  },
};
