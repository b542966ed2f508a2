import { renameContainer } from "../../container/mod.ts";
import { containerContext } from "../containers.ts";
import { asEngine, failed } from "../failure.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker rename` */
export const RENAME: VerbSpec = {
  use: "CONTAINER NEW_NAME",
  summary: "Rename a container",
  aliases: ["docker container rename", "docker rename"],
  flags: [],
  args: { min: 2, max: 2 },
  values: ["container", "text"],
  async run({ args: [from = "", to = ""], context }) {
    if (from.trim() === "" || to.trim() === "") throw failed("Error: Neither old nor new names may be empty");
    await asEngine(() => renameContainer(containerContext(context), { from, to }));
    return 0;
  },
};
