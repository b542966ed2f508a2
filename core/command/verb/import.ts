import type { Source } from "../../bytes/mod.ts";
import { importImage } from "../../container/mod.ts";
import { formatCanonical, withDefaultTag } from "../../oci/mod.ts";
import { containerContext } from "../containers.ts";
import type { CommandContext } from "../context.ts";
import { VERSION } from "../edition.ts";
import { asEngine, refused } from "../failure.ts";
import { fetchFile } from "../fetching.ts";
import { flag } from "../flag.ts";
import { filesOf } from "../host-files.ts";
import { learnSizes } from "../layer-sizes.ts";
import { typedReference } from "../names.ts";
import { platformFlag } from "../platform.ts";
import type { VerbSpec } from "../spec.ts";
import { spoolsOf } from "../spool.ts";

/** `docker import` */
export const IMPORT: VerbSpec = {
  use: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  summary: "Import the contents from a tarball to create a filesystem image",
  aliases: ["docker image import", "docker import"],
  flags: [
    flag("-c, --change list", "Apply Dockerfile instruction to the created image"),
    flag("-m, --message string", "Set commit message for imported image"),
    flag("--platform string", "Set platform if server is multi-platform capable", { value: "platform" }),
  ],
  args: { min: 1 },
  values: ["file", "repository"],
  async run({ args: [from = "", name = ""], flags, context }) {
    const reference = name === "" ? undefined : await typedReference(name);
    const url = /^https?:\/\//.test(from);
    const input = url ? undefined : await opened(context, from);
    const spools = spoolsOf(context);
    try {
      if (reference?.digest !== undefined) throw refused("cannot import digest reference");
      const platform = platformFlag(flags.text("platform"), "Error response from daemon: ");
      const tar = input?.tar ?? (await fetchFile(context, from));
      if (url) await context.stdout.write(`Downloading from ${from}\n`);
      const { record } = await asEngine(() =>
        importImage(containerContext(context), tar, {
          names: reference === undefined ? [] : [formatCanonical(withDefaultTag(reference))],
          message: flags.text("message") || (url ? `Imported from ${from}` : undefined),
          changes: flags.all("change"),
          platform,
          engineVersion: VERSION,
          spool: spools.spool,
        }),
      );
      await learnSizes(context, record);
      await context.stdout.write(`${record.id}\n`);
      return 0;
    } finally {
      await spools.close();
      await input?.close();
    }
  },
};

interface Input {
  readonly tar: Source | ReadableStream<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

async function opened(context: CommandContext, path: string): Promise<Input> {
  if (path === "-") {
    const tar = (await context.stdin.source?.()) ?? context.stdin.stream();
    return { tar, close: async () => {} };
  }
  const file = await filesOf(context).open(path, context);
  return { tar: file.source, close: () => file.close() };
}
