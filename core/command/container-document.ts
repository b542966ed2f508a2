import { findContainer } from "../container/mod.ts";
import { parseRunConfig, runConfigJson } from "../image/mod.ts";
import { formatTimestamp } from "../oci/mod.ts";
import type { ContainerRecord } from "../store/mod.ts";
import { containerDocument as typedContainer } from "../template/mod.ts";
import { containerSizes } from "./container-size.ts";
import type { CommandContext } from "./context.ts";
import { asEngine, failed } from "./failure.ts";
import type { FoundDocument } from "./found-document.ts";
import type { Writable } from "./json.ts";

const NEVER = "0001-01-01T00:00:00Z";

const members = (list: readonly (readonly [string, Writable])[]): ReadonlyMap<string, Writable> =>
  new Map(list);

/** What `docker inspect` says of a container. @throws CoreError `command/failed` with Docker's words. */
export async function containerDocument(
  name: string,
  context: CommandContext,
  size: boolean,
): Promise<FoundDocument> {
  if (name === "") throw failed("invalid container name or ID: value is empty");
  const table = await context.store.table.snapshot();
  const record = await asEngine(() => findContainer(table, name));
  const sizes = size ? (await containerSizes(context, [record])).get(record.id) : undefined;
  const raw = documentOf(record, sizes);
  return { raw, typed: () => typedContainer(raw) };
}

function documentOf(
  record: ContainerRecord,
  sizes: { readonly own: number; readonly image: number } | undefined,
): ReadonlyMap<string, Writable> {
  const config = parseRunConfig(record.config);
  const [path = "", ...args] = [...(config.entrypoint ?? []), ...(config.cmd ?? [])];
  return members([
    ["Id", record.id],
    ["Created", formatTimestamp(record.created)],
    ["Path", path],
    ["Args", args],
    ["State", stateOf()],
    ["Image", record.image],
    ["ResolvConfPath", ""],
    ["HostnamePath", ""],
    ["HostsPath", ""],
    ["LogPath", ""],
    ["Name", `/${record.name}`],
    ["RestartCount", 0],
    ["Driver", "overlay2"],
    ["Platform", "linux"],
    ["MountLabel", ""],
    ["ProcessLabel", ""],
    ["AppArmorProfile", ""],
    ["ExecIDs", null],
    ["HostConfig", hostConfig()],
    [
      "GraphDriver",
      members([
        ["Data", null],
        ["Name", "overlay2"],
      ]),
    ],
    ["SizeRw", sizes?.own],
    ["SizeRootFs", sizes === undefined ? undefined : sizes.own + sizes.image],
    ["Mounts", []],
    ["Config", runConfigJson(config)],
    ["NetworkSettings", members([["Networks", members([])]])],
  ]);
}

/** A container that was never started. */
function stateOf(): Writable {
  return members([
    ["Status", "created"],
    ["Running", false],
    ["Paused", false],
    ["Restarting", false],
    ["OOMKilled", false],
    ["Dead", false],
    ["Pid", 0],
    ["ExitCode", 0],
    ["Error", ""],
    ["StartedAt", NEVER],
    ["FinishedAt", NEVER],
  ]);
}

/** What a kernel would be told; nothing of it is kept. */
function hostConfig(): Writable {
  return members([
    ["Binds", null],
    ["NetworkMode", "bridge"],
    ["PortBindings", members([])],
    [
      "RestartPolicy",
      members([
        ["Name", "no"],
        ["MaximumRetryCount", 0],
      ]),
    ],
    ["AutoRemove", false],
    ["Privileged", false],
    ["ReadonlyRootfs", false],
  ]);
}
