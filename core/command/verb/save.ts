import { compositionSource, saveArchive } from "../../archive/mod.ts";
import { pump } from "../../bytes/mod.ts";
import { selectImages } from "../../image/mod.ts";
import { asEngine, failed, refused } from "../failure.ts";
import { flag } from "../flag.ts";
import { filesOf } from "../host-files.ts";
import { checkOutput } from "../output-path.ts";
import { platformFlag } from "../platform.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker save` */
export const SAVE: VerbSpec = {
  use: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Save one or more images to a tar archive (streamed to STDOUT by default)",
  aliases: ["docker image save", "docker save"],
  flags: [
    flag("-o, --output string", "Write to a file, instead of STDOUT", { value: "file" }),
    flag(
      "--platform string",
      'Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      { value: "platform" },
    ),
  ],
  args: { min: 1 },
  values: ["image"],
  async run({ args, flags, context }) {
    const { store, layers, newHasher, signal, stdout } = context;
    const platform = platformFlag(flags.text("platform"));
    const path = flags.text("output") ?? "";
    if (path === "" && stdout.terminal)
      throw failed("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    if (path !== "") await checkOutput(context, path, "failed to save image");
    const { composition } = await asEngine(async () => {
      const table = await store.table.snapshot();
      for (const text of args) {
        const id = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text)?.[1];
        if (id !== undefined && !table.images.has(`sha256:${id}`)) throw refused(notKept(id));
      }
      const items = selectImages(table, args);
      return saveArchive(store, items, { newHasher, platform, scans: layers, signal });
    });
    const source = compositionSource(composition);
    if (path === "") {
      await pump(source, (chunk) => stdout.write(chunk), { signal });
      return 0;
    }
    const sink = await filesOf(context).create(path, { mode: 0o600 });
    try {
      await pump(source, (chunk) => sink.write(chunk), { signal });
      await sink.commit();
    } finally {
      await sink.abort();
    }
    return 0;
  },
};

/** Docker looks for an ID among its files. */
const notKept = (id: string): string =>
  `failed to get digest sha256:${id}: open /var/lib/docker/image/overlay2/imagedb/content/sha256/${id}: no such file or directory`;
