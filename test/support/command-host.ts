import type { Source } from "../../core/bytes/mod.ts";
import { sourceOf } from "../../core/bytes/mod.ts";
import type {
  CommandContext,
  Credentials,
  Files,
  LayerFacts,
  Login,
  Output,
} from "../../core/command/mod.ts";
import { run } from "../../core/command/mod.ts";
import type { Digest } from "../../core/digest/mod.ts";
import { layerSize } from "../../core/image/mod.ts";
import type { LocalStore } from "../../core/store/mod.ts";
import type { LayerScan } from "../../core/tree/mod.ts";
import { seeded } from "./random.ts";

/** What a command printed. */
export interface Printed {
  readonly stdout: Uint8Array<ArrayBuffer>;
  readonly stderr: string;
  readonly exit: number;
}

/** Scans in memory. */
export function memoryLayers(): LayerFacts {
  const scans = new Map<Digest, LayerScan>();
  const sizes = new Map<Digest, number>();
  return {
    async put(scan) {
      scans.set(scan.blobDigest, scan);
      if (scan.diffID !== undefined) sizes.set(scan.diffID, layerSize(scan.table));
    },
    byBlob: async (digest) => scans.get(digest),
    sizeOf: async (diffID) => sizes.get(diffID),
  };
}

/** Logins in memory, said to lie in a file that everybody can read. */
export function memoryCredentials(plainFile?: string): Credentials {
  const logins = new Map<string, Login>();
  return {
    get: async (server) => logins.get(server),
    put: async (server, login) => void logins.set(server, login),
    erase: async (server) => logins.delete(server),
    list: async () => [...logins.keys()],
    plainFile,
  };
}

/** A host of commands in memory. */
export interface CommandHost {
  readonly store: LocalStore;
  readonly layers: LayerFacts;
  readonly files: Files;
  readonly credentials?: Credentials | undefined;
  readonly newHasher: CommandContext["newHasher"];
  readonly nowMs: number;
  readonly more?: Partial<CommandContext> | undefined;
}

/** Runs a command line, without a terminal. */
export async function runCommand(
  host: CommandHost,
  argv: readonly string[],
  stdin: Source = sourceOf(new Uint8Array(0)),
): Promise<Printed> {
  const out: Uint8Array<ArrayBuffer>[] = [];
  const err: Uint8Array<ArrayBuffer>[] = [];
  const random = seeded(argv.join(" ").length + host.nowMs + counter++);
  const exit = await run(argv, {
    store: host.store,
    layers: host.layers,
    newHasher: host.newHasher,
    files: host.files,
    credentials: host.credentials,
    stdin: { terminal: false, stream: () => stdin.stream(), source: async () => stdin },
    stdout: outputTo(out),
    stderr: outputTo(err),
    env: {},
    now: () => host.nowMs,
    random: (bytes) => {
      for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(random() * 256);
    },
    ...host.more,
  });
  return { stdout: joined(out), stderr: new TextDecoder().decode(joined(err)), exit };
}

let counter = 0;

function outputTo(chunks: Uint8Array<ArrayBuffer>[]): Output {
  const encoder = new TextEncoder();
  return {
    write: (chunk) => void chunks.push(typeof chunk === "string" ? encoder.encode(chunk) : chunk.slice()),
    terminal: false,
    columns: 80,
  };
}

function joined(chunks: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
