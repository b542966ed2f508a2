import { type Archive, loadArchive, openArchive } from "../../archive/mod.ts";
import type { Source } from "../../bytes/mod.ts";
import type { CommandContext, Input } from "../context.ts";
import { failed } from "../failure.ts";
import type { OpenFile } from "../files.ts";
import { flag } from "../flag.ts";
import { filesOf } from "../host-files.ts";
import { loadProgress } from "../load-progress.ts";
import { loadWords } from "../load-words.ts";
import { platformFlag } from "../platform.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker load` */
export const LOAD: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Load an image from a tar archive or STDIN",
  aliases: ["docker image load", "docker load"],
  flags: [
    flag("-i, --input string", "Read from tar archive file, instead of STDIN", { value: "file" }),
    flag("-q, --quiet", "Suppress the load output"),
    flag(
      "--platform string",
      'Load only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      { value: "platform" },
    ),
  ],
  args: { min: 0, max: 0 },
  async run({ flags, context }) {
    const { store, layers, newHasher, signal, stdout } = context;
    const path = flags.text("input") ?? "";
    if (path === "" && context.stdin.terminal) throw failed("requested load from stdin, but stdin is empty");
    const only = platformFlag(flags.text("platform"));
    const file = await opened(context, path);
    const progress = loadProgress(stdout, flags.on("quiet"));
    let archive: Archive | undefined;
    try {
      archive = await openArchive(file.source, { newHasher, signal });
      const { lines } = await loadArchive(archive, store, {
        newHasher,
        scans: layers,
        signal,
        platform: context.platform,
        only,
        onProgress: progress.take,
      });
      await progress.end();
      for (const line of lines) await stdout.write(`${line}\n`);
      // Docker ends the list of IDs even where there are none.
      if (lines.length === 0 && archive.kind === "docker-save") await stdout.write("\n");
      return 0;
    } catch (error) {
      await progress.end();
      throw loadWords(error, archive);
    } finally {
      await file.close();
    }
  },
};

function opened(context: CommandContext, path: string): Promise<OpenFile> {
  if (path !== "") return filesOf(context).open(path, context);
  return inputInPlace(context.stdin, context);
}

/** Standard input where it lies, or set aside: an archive is read here and there. */
async function inputInPlace(stdin: Input, context: CommandContext): Promise<OpenFile> {
  const source: Source | undefined = await stdin.source?.();
  if (source !== undefined) return { source, close: async () => {} };
  return filesOf(context).setAside(stdin.stream(), context);
}
