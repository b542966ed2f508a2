import type { CommandContext } from "../context.ts";
import { formatDocument } from "../document.ts";
import { VERSION } from "../edition.ts";
import { DOCUMENT_FORMAT } from "../flag.ts";
import type { Writable } from "../json.ts";
import type { VerbSpec } from "../spec.ts";

/** `docker info` */
export const INFO: VerbSpec = {
  use: "[OPTIONS]",
  summary: "Display system-wide information",
  aliases: ["docker system info", "docker info"],
  flags: [DOCUMENT_FORMAT],
  args: { min: 0, max: 0 },
  async run({ flags, context }) {
    const { stdout } = context;
    const format = flags.text("format") ?? "";
    const document = await infoDocument(context);
    if (format !== "") {
      await stdout.write(formatDocument(document, format));
      return 0;
    }
    const fact = (key: string): string => {
      const value = document.get(key);
      return typeof value === "string" || typeof value === "number" ? String(value) : "";
    };
    await stdout.write(`Client: Breakbulk
 Version:    ${VERSION}
 Context:    default
 Debug Mode: false

Server:
 Containers: ${fact("Containers")}
  Running: 0
  Paused: 0
  Stopped: ${fact("ContainersStopped")}
 Images: ${fact("Images")}
 Server Version: ${VERSION}
 Storage Driver: ${fact("Driver")}
 Logging Driver: none
 Cgroup Driver: none
 Plugins:
  Volume:
  Network:
 Swarm: inactive
 OSType: ${fact("OSType")}
 Architecture: ${fact("Architecture")}
 Name: breakbulk
 Debug Mode: false
 Experimental: false
`);
    return 0;
  },
};

/** What `docker info --format` is given. */
async function infoDocument({ store, platform }: CommandContext): Promise<ReadonlyMap<string, Writable>> {
  const { images, containers } = await store.table.snapshot();
  return new Map<string, Writable>([
    ["ID", "breakbulk"],
    ["Containers", containers.size],
    ["ContainersRunning", 0],
    ["ContainersPaused", 0],
    ["ContainersStopped", containers.size],
    ["Images", images.size],
    ["Driver", "overlay2"],
    ["Name", "breakbulk"],
    ["ServerVersion", VERSION],
    ["OSType", platform?.os ?? "linux"],
    ["Architecture", platform?.architecture === "arm64" ? "aarch64" : "x86_64"],
    ["IndexServerAddress", "https://index.docker.io/v1/"],
    ["ExperimentalBuild", false],
  ]);
}
