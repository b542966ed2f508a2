import type { BuildCache } from "../build/mod.ts";
import type { ReadOptions, Source } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import type { Platform } from "../oci/mod.ts";
import type { Registry } from "../registry/mod.ts";
import type { LocalStore, MoveLayer } from "../store/mod.ts";
import type { LayerScan } from "../tree/mod.ts";
import type { Files } from "./files.ts";

/** Where a command prints. Writes come one after the other, each awaited before the next. */
export interface Output {
  /** Takes text, or bytes that may be reused once it settles. Waits while the reader is behind, so that gigabytes can pass. */
  write(chunk: string | Uint8Array): void | Promise<void>;
  /** Takes text that moves the cursor of a terminal, and means to. Default: `write`, which may let only harmless text through. */
  paint?(text: string): void | Promise<void>;
  /** Somebody looks at it: progress moves, archives are not written to it. */
  readonly terminal: boolean;
  /** Width of the terminal. */
  readonly columns: number;
}

/** What a command reads. */
export interface Input {
  /** Somebody types it. */
  readonly terminal: boolean;
  /** The bytes, once. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The bytes in place, where they are in a file already (`docker load < x.tar`): nothing is set aside then. */
  source?(): Promise<Source | undefined>;
}

/** What is known of layers beside their bytes. */
export interface LayerFacts {
  /** Keeps what a scan found. */
  put(scan: LayerScan): Promise<void>;
  byBlob(digest: Digest): Promise<LayerScan | undefined>;
  /** Bytes of a layer as Docker counts them, by its diff ID; `undefined` when it was never scanned. */
  sizeOf(diffID: Digest): Promise<number | undefined>;
}

/** Who somebody is to a registry. */
export interface Login {
  readonly username: string;
  readonly password: string;
  /** OAuth refresh token that stands for the password. */
  readonly identityToken?: string | undefined;
}

/** Where logins are kept, by server: a host with its port, or `https://index.docker.io/v1/` for Docker Hub. */
export interface Credentials {
  get(server: string): Promise<Login | undefined>;
  put(server: string, login: Login): Promise<void>;
  /** Forgets a login; `false` when there was none. */
  erase(server: string): Promise<boolean>;
  /** Servers with a login. */
  list(): Promise<readonly string[]>;
  /** File in which passwords can be read by whoever can read the file; people are warned of it. */
  readonly plainFile?: string | undefined;
}

/** Everything a command works with. Hosts fill it in: a page, Node, Deno, a test. */
export interface CommandContext extends ReadOptions {
  readonly store: LocalStore;
  readonly layers: LayerFacts;
  readonly newHasher: NewHasher;
  /** Files as the command line names them. Without, commands that need one say so. */
  readonly files?: Files | undefined;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Fills bytes at random (`crypto.getRandomValues`). */
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly credentials?: Credentials | undefined;
  /** The registries, by the way that leads to them from here, with the {@link credentials}. Without, nothing can be pulled or pushed. */
  readonly registry?: Registry | undefined;
  /** Layers of earlier builds. Without, nothing is remembered. */
  readonly buildCache?: BuildCache | undefined;
  /** For `import` and `ADD` of URLs. Without, they are refused. */
  readonly fetch?: ((url: string, init: { readonly signal?: AbortSignal }) => Promise<Response>) | undefined;
  /** Brings a layer that is pulled over and takes it apart, on another thread perhaps. Default: here. */
  readonly moveLayer?: MoveLayer | undefined;
  /** What the host's network says of a connection that failed: `dial tcp 127.0.0.1:9: connect: connection refused`. */
  readonly dial?: ((cause: unknown, host: string) => string | undefined) | undefined;
  /**
   * Asks somebody at a terminal, after the question has been printed; `undefined` when they gave up. Without it, a line of standard input is
   * the answer.
   */
  readonly prompt?: ((question: { readonly hidden: boolean }) => Promise<string | undefined>) | undefined;
  /** What images are chosen for where nobody says. Default: linux/amd64. */
  readonly platform?: Platform | undefined;
  /** Aborting it ends the command with exit code 130. */
  readonly signal?: AbortSignal | undefined;
}
