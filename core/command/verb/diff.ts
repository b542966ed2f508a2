import { containerChanges, openContainer } from "../../container/mod.ts";
import { containerContext } from "../containers.ts";
import { asEngine, refuseEmpty } from "../failure.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker diff` */
export const DIFF: VerbSpec = {
  use: "CONTAINER",
  summary: "Inspect changes to files or directories on a container's filesystem",
  aliases: ["docker container diff", "docker diff"],
  flags: [],
  args: { min: 1, max: 1 },
  values: ["container"],
  async run({ args: [name = ""], context }) {
    refuseEmpty([name]);
    const changes = await asEngine(async () =>
      containerChanges(await openContainer(containerContext(context), name)),
    );
    await context.stdout.write(changes.map(({ kind, path }) => `${kind} ${path}\n`).join(""));
    return 0;
  },
};
