import { pump, type ReadOptions } from "../bytes/mod.ts";
import { type Digest, type NewHasher, verifying } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { draftLayers, tableRoots } from "./reach.ts";
import type { LocalStore } from "./store.ts";
import { walk } from "./walk.ts";

/** What {@link check} takes. */
export interface CheckOptions extends ReadOptions {
  readonly newHasher?: NewHasher | undefined;
  /** Called as it goes, with the bytes checked and those there are. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What {@link check} found wrong. */
export interface Finding {
  readonly digest: Digest;
  /** `damaged`: it is there, but not what its digest says, or cannot be read. `missing`: something named needs it. */
  readonly kind: "damaged" | "missing";
  readonly problem: CoreError;
  /** Roots of images that need it. */
  readonly roots: readonly Digest[];
}

/**
 * Reads every blob and compares it with its digest, then looks whether everything that names reach is there. Findings come sorted by
 * digest, none when the store is whole. A manifest of another platform that was never fetched is no finding; nor is a foreign layer.
 * Holds a chunk, and the digests of the store.
 */
export async function check(store: LocalStore, options: CheckOptions = {}): Promise<readonly Finding[]> {
  const { signal } = options;
  const found = new Map<Digest, { kind: Finding["kind"]; problem: CoreError; roots: Digest[] }>();
  const blobs = await store.list(options);
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const { digest, size } of blobs) {
    const verifier = verifying(digest, size, options.newHasher);
    try {
      const source = await store.blob({ digest }, options);
      // Removed since the list was made: by somebody who knew what he did.
      if (source === undefined) continue;
      let read = 0;
      const sink = (chunk: Uint8Array): void => {
        verifier.push(chunk);
        read += chunk.length;
        options.onProgress?.(done + read, total);
      };
      await pump(source, sink, options);
      verifier.end();
    } catch (error) {
      signal?.throwIfAborted();
      found.set(digest, { kind: "damaged", problem: problemOf(digest, error), roots: [] });
    }
    done += size;
  }
  const table = await store.table.snapshot();
  const there = new Set(blobs.map(({ digest }) => digest));
  for (const { digest } of draftLayers(table)) {
    const roots = [...table.containers.values()]
      .filter(({ drafts, undone }) => [...drafts, ...undone].some(({ layer }) => layer.digest === digest))
      .map(({ target }) => target.digest);
    const known = found.get(digest);
    if (known !== undefined) known.roots.push(...roots);
    else if (!there.has(digest))
      found.set(digest, { kind: "missing", problem: missing(digest, roots[0]!), roots });
  }
  for (const root of tableRoots(table)) {
    for await (const node of walk(store, root, { signal })) {
      const { digest, urls } = node.descriptor;
      const known = found.get(digest);
      if (known !== undefined) known.roots.push(root.digest);
      else if (node.state === "missing" && needed(node.kind, node.depth) && urls === undefined)
        found.set(digest, { kind: "missing", problem: missing(digest, root.digest), roots: [root.digest] });
      else if (node.state === "damaged" && node.problem !== undefined)
        found.set(digest, { kind: "damaged", problem: node.problem, roots: [root.digest] });
    }
  }
  return [...found]
    .map(([digest, finding]) => ({ digest, ...finding }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

/** Children of an index may stay away; a root, and what a manifest lists, may not. */
const needed = (kind: string, depth: number): boolean => depth === 0 || kind === "config" || kind === "layer";

function problemOf(digest: Digest, error: unknown): CoreError {
  if (isCoreError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CoreError("store/unreadable", `Cannot read ${digest}: ${reason}`, { digest }, { cause: error });
}

function missing(digest: Digest, root: Digest): CoreError {
  return new CoreError("store/missing", `Cannot find ${digest}, which image ${root} needs`, { digest, root });
}
