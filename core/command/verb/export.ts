import { exportContainer, openContainer } from "../../container/mod.ts";
import { containerContext } from "../containers.ts";
import { asEngine, failed } from "../failure.ts";
import { flag } from "../flag.ts";
import { filesOf } from "../host-files.ts";
import { checkOutput } from "../output-path.ts";
import type { VerbSpec } from "../spec.ts";
import { pumpStream } from "../streams.ts";

/** `docker export` */
export const EXPORT: VerbSpec = {
  use: "[OPTIONS] CONTAINER",
  summary: "Export a container's filesystem as a tar archive",
  aliases: ["docker container export", "docker export"],
  flags: [flag("-o, --output string", "Write to a file, instead of STDOUT", { value: "file" })],
  args: { min: 1, max: 1 },
  values: ["container"],
  async run({ args: [name = ""], flags, context }) {
    const { stdout, signal } = context;
    const path = flags.text("output") ?? "";
    if (path === "" && stdout.terminal)
      throw failed("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    if (path !== "") await checkOutput(context, path, "failed to export container");
    const container = await asEngine(() => openContainer(containerContext(context), name));
    const stream = exportContainer(container, { signal });
    if (path === "") {
      await pumpStream(stream, (chunk) => stdout.write(chunk), signal);
      return 0;
    }
    const sink = await filesOf(context).create(path, { mode: 0o600 });
    try {
      await pumpStream(stream, (chunk) => sink.write(chunk), signal);
      await sink.commit();
    } finally {
      await sink.abort();
    }
    return 0;
  },
};
