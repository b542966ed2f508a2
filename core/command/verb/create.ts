import { createContainer } from "../../container/mod.ts";
import { containerContext } from "../containers.ts";
import { asEngine, failed, refused } from "../failure.ts";
import { flag } from "../flag.ts";
import { filesOf } from "../host-files.ts";
import { imageFor } from "../image-for.ts";
import { runSettingsOf } from "../run-flags.ts";
import type { VerbSpec } from "../spec.ts";
import { CONTAINER_FLAGS } from "./container-flags.ts";

const POLICIES = ["always", "missing", "never"];

/** `docker create` */
export const CREATE: VerbSpec = {
  use: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create a new container",
  aliases: ["docker container create", "docker create"],
  flags: [
    ...CONTAINER_FLAGS,
    flag("--help", "Print usage"),
    flag("--pull string", 'Pull image before creating ("always", "|missing", "never")', {
      shownDefault: '"missing"',
    }),
  ],
  args: { min: 1 },
  values: ["image", "text"],
  flagsFirst: true,
  async run({ args: [image = "", ...command], flags, context }) {
    const policy = flags.text("pull") || "missing";
    if (!POLICIES.includes(policy))
      throw failed(`invalid pull option: '${policy}': must be one of "always", "missing" or "never"`, {
        status: 125,
      });
    const settings = await runSettingsOf(flags, command, context);
    const cidfile = flags.text("cidfile") ?? "";
    if (cidfile !== "" && (await filesOf(context).stat(cidfile)) !== undefined)
      throw failed(
        `container ID file found, make sure the other container isn't running or delete ${cidfile}`,
      );
    if (image === "") throw refused("invalid reference format");
    const warning = await imageFor(context, {
      image,
      policy,
      platform: flags.text("platform"),
      quiet: flags.on("quiet"),
    });
    const record = await asEngine(() =>
      createContainer(containerContext(context), {
        image,
        name: flags.text("name"),
        settings,
        random: context.random,
      }),
    );
    if (warning !== undefined) await context.stderr.write(`${warning}\n`);
    if (cidfile !== "") {
      const sink = await filesOf(context).create(cidfile);
      await sink.write(new TextEncoder().encode(record.id));
      await sink.commit();
    }
    await context.stdout.write(`${record.id}\n`);
    return 0;
  },
};
