import { copyFromContainer, copyToContainer } from "../copying.ts";
import { failed } from "../failure.ts";
import { flag } from "../flag.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker cp` */
export const CP: VerbSpec = {
  use: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  summary: "Copy files/folders between a container and the local filesystem",
  description: `Copy files/folders between a container and the local filesystem

Use '-' as the source to read a tar archive from stdin
and extract it to a directory destination in a container.
Use '-' as the destination to stream a tar archive of a
container source to stdout.`,
  aliases: ["docker container cp", "docker cp"],
  flags: [
    flag("-L, --follow-link", "Always follow symbol link in SRC_PATH"),
    flag("-a, --archive", "Archive mode (copy all uid/gid information)"),
    flag(
      "-q, --quiet",
      "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
    ),
  ],
  args: { min: 2, max: 2 },
  values: ["container", "container"],
  async run({ args: [source = "", destination = ""], flags, context }) {
    if (source === "") throw failed("source can not be empty");
    if (destination === "") throw failed("destination can not be empty");
    const from = splitArgument(source);
    const to = splitArgument(destination);
    const manner = {
      archive: flags.on("archive"),
      followLink: flags.on("follow-link"),
      quiet: flags.on("quiet"),
    };
    if (from.container !== "" && to.container !== "")
      throw failed("copying between containers is not supported");
    if (from.container !== "") await copyFromContainer(context, { ...from, local: to.path, ...manner });
    else if (to.container !== "") await copyToContainer(context, { ...to, local: from.path, ...manner });
    else throw failed("must specify at least one container source");
    return 0;
  },
};

/** A path of the host, or with a container before the first colon one of that. */
function splitArgument(text: string): { readonly container: string; readonly path: string } {
  const colon = text.indexOf(":");
  if (text.startsWith("/") || text.startsWith(".") || colon < 0) return { container: "", path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}
