import { sourceOf } from "../../../core/bytes/mod.ts";
import { type CommandContext, registryCredentials } from "../../../core/command/mod.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import { openRegistry } from "../../../core/registry/mod.ts";
import { createMemoryStore, type LocalStore } from "../../../core/store/mod.ts";
import { type CommandHost, memoryCredentials, memoryLayers, runCommand } from "../../support/command-host.ts";
import { dockerArchive, layerOf, type TestImage } from "../../support/docker-archives.ts";
import { type FakeRegistry, fakeClock } from "../../support/fake-registry.ts";
import { type MemoryFiles, memoryFiles } from "../../support/memory-files.ts";

/** 2026-11-20T19:15:10Z */
export const NOW = Date.UTC(2026, 10, 20, 19, 15, 10);

/** What a command printed, as text. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** A place to type commands in, with everything in memory. */
export interface Bench {
  readonly store: LocalStore;
  readonly files: MemoryFiles;
  /** Words as a shell would take them apart at spaces; a list where they hold spaces themselves. */
  (line: string | readonly string[], stdin?: string | Uint8Array<ArrayBuffer>): Promise<Said>;
}

/** A new one; `fake` answers for all registries. */
export function newBench(
  options: { readonly fake?: FakeRegistry; readonly more?: Partial<CommandContext> } = {},
): Bench {
  let nowMs = NOW;
  const files = memoryFiles({ now: NOW / 1000 });
  const store = createMemoryStore({ now: () => nowMs / 1000 });
  const credentials = memoryCredentials("/root/.docker/config.json");
  const host: CommandHost = {
    store,
    layers: memoryLayers(),
    files,
    credentials,
    newHasher: newSha256,
    nowMs,
  };
  const { fake, more } = options;
  const say = async (
    line: string | readonly string[],
    stdin: string | Uint8Array<ArrayBuffer> = "",
  ): Promise<Said> => {
    const words = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
    const input = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    // What is made later is younger.
    nowMs++;
    const registry =
      fake === undefined
        ? undefined
        : openRegistry({
            fetch: fake.fetch,
            credentials: registryCredentials(credentials),
            clock: fakeClock(fake),
          });
    const context = { ...more, ...(registry === undefined ? {} : { registry }) };
    const { stdout, stderr, exit } = await runCommand(
      { ...host, nowMs, more: context },
      words,
      sourceOf(input),
    );
    return { stdout: new TextDecoder().decode(stdout), stderr, exit };
  };
  return Object.assign(say, { store, files });
}

/** Loads images from an archive that is made of them. */
export async function loaded(bench: Bench, images: readonly TestImage[]): Promise<void> {
  bench.files.put("images.tar", await dockerArchive(images));
  const { exit, stderr } = await bench("load -q -i images.tar");
  if (exit !== 0) throw new Error(stderr);
  bench.files.entries.delete("images.tar");
}

/** An image of one file that was made at some time. */
export async function imageOf(
  content: string,
  tags: readonly string[],
  config: object = {},
): Promise<TestImage> {
  return { layers: [await layerOf("file", content)], tags, config };
}
