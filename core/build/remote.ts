import { type Bytes, pump, readExact, type Source, sourceOf } from "../bytes/mod.ts";
import { type Digest, type NewHasher, newSha256 } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { blobSpool } from "../image/mod.ts";
import type { LeafNode } from "./files.ts";
import type { BuildLimits } from "./limits.ts";
import type { BuildOptions } from "./options.ts";

/** Whether a source of ADD is fetched by HTTP. */
export const isURL = (text: string): boolean => /^https?:\/\/./i.test(text);

/** Whether a source of ADD is a repository of git. */
export const isGit = (text: string): boolean =>
  /^(?:git:\/\/|ssh:\/\/|git@[^/]+:)/i.test(text) ||
  /^https?:\/\/[^?#]+\.git(?:[?#]|$)/i.test(text) ||
  text.startsWith("github.com/");

/** A file that was fetched, and the name it has without a better one. */
export interface Fetched {
  readonly name: string;
  readonly node: LeafNode;
}

/** The digest that `--checksum` names. @throws CoreError `build/failed` with BuildKit's words */
export function parseChecksum(text: string): Digest {
  const match = /^([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([0-9a-zA-Z=_-]+)$/.exec(text);
  const fail = (reason: string): CoreError => new CoreError("build/failed", reason, { checksum: text });
  if (match === null) throw fail("invalid checksum digest format");
  const [, algorithm, hex = ""] = match;
  if (algorithm !== "sha256") throw fail("unsupported digest algorithm");
  if (hex.length !== 64) throw fail("invalid checksum digest length");
  if (!/^[0-9a-f]+$/.test(hex)) throw fail("invalid checksum digest format");
  return `sha256:${hex}`;
}

/**
 * The file behind `url`: 0600, with the time that the server says.
 * @throws CoreError `build/failed` when there is none or its digest is another, `bytes/limit`
 */
export async function fetchFile(
  url: string,
  checksum: Digest | undefined,
  options: Pick<BuildOptions, "fetch" | "signal"> & {
    readonly newHasher?: NewHasher;
    readonly limits: BuildLimits;
  },
): Promise<Fetched> {
  const { fetch, signal, newHasher = newSha256, limits } = options;
  if (fetch === undefined)
    throw new CoreError("build/failed", `cannot fetch ${url}: this build has no network`, { url });
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (!response.ok) {
    await response.body?.cancel();
    throw new CoreError(
      "build/failed",
      `failed to load cache key: invalid response status ${response.status}`,
      { url },
    );
  }
  const hasher = newHasher();
  const spool = blobSpool();
  let size = 0;
  const body: Source = {
    ...sourceOf(new Uint8Array(0)),
    stream: () => response.body ?? sourceOf(new Uint8Array(0)).stream(),
  };
  const sink = async (chunk: Bytes): Promise<void> => {
    size += chunk.length;
    if (size > limits.download) {
      throw new CoreError("bytes/limit", `Cannot fetch ${url}: it has more than ${limits.download} bytes`, {
        url,
        limit: limits.download,
      });
    }
    hasher.update(chunk);
    await spool.write(chunk);
  };
  await pump(body, sink, { signal });
  const digest: Digest = `sha256:${hasher.hex()}`;
  if (checksum !== undefined && digest !== checksum) {
    throw new CoreError("build/failed", `digest mismatch ${digest}: ${checksum}`, { url });
  }
  const blob = await spool.end();
  const content = size < SMALL ? sourceOf(await readExact(blob, { from: 0, to: size })) : blob;
  const modified = Date.parse(response.headers.get("last-modified") ?? "");
  const mtime = Number.isNaN(modified) ? 0 : Math.floor(modified / 1000);
  return {
    name: nameOf(url),
    node: { type: "file", mode: 0o600, uid: 0, gid: 0, mtime, content, inode: {} },
  };
}

/** Files below this many bytes are held. */
const SMALL = 1_048_576;

function nameOf(url: string): string {
  const path = /^https?:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? "";
  const last = path
    .split("/")
    .filter((part) => part !== "")
    .at(-1);
  if (last === undefined) return "__unnamed__";
  try {
    const name = decodeURIComponent(last);
    return name.includes("/") || name === "." || name === ".." || name.includes("\0") ? "__unnamed__" : name;
  } catch {
    return last;
  }
}
