import type { Bytes, ReadOptions } from "../bytes/mod.ts";
import type { Digest, NewHasher } from "../digest/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { type Descriptor, documentKind, type Index, type Manifest, parseManifest } from "../oci/mod.ts";
import type { BlobReader } from "./blob.ts";
import { readDocument } from "./document.ts";
import { type GraphLimits, graphLimits } from "./limits.ts";

/** One descriptor as it is met under a root. */
export interface GraphNode {
  readonly descriptor: Descriptor;
  /** Place in the graph: what its media type and the place where it stands make it. */
  readonly kind: "index" | "manifest" | "config" | "layer" | "other";
  /** 0 for the root. */
  readonly depth: number;
  /** What named it first. */
  readonly parent?: Digest | undefined;
  /**
   * `here`: it is there, documents checked. `missing`: it is not. `damaged`: its bytes or size are not what the descriptor says, or cannot be
   * read. `unasked`: a leaf, with `leaves: false`.
   */
  readonly state: "here" | "missing" | "damaged" | "unasked";
  /** Why it is damaged; or why a document that is whole was not followed: too large, or not what its type says. */
  readonly problem?: CoreError | undefined;
  /** Of manifests and indexes that are here. */
  readonly document?: Manifest | Index | undefined;
  /** The same as they were received. */
  readonly bytes?: Bytes | undefined;
}

/** What {@link walk} takes. */
export interface WalkOptions extends ReadOptions {
  /** Which children of an index to follow, for instance those of one platform. Default: all. */
  readonly select?: ((child: Descriptor, index: Index) => boolean) | undefined;
  /** Whether to ask the store for configs and layers. Default: yes. */
  readonly leaves?: boolean | undefined;
  readonly limits?: GraphLimits | undefined;
  readonly newHasher?: NewHasher | undefined;
}

interface Step {
  readonly descriptor: Descriptor;
  readonly kind: GraphNode["kind"] | "child";
  readonly depth: number;
  readonly parent: Digest | undefined;
}

/**
 * The graph under `root`, parents before children and siblings in order, every digest once (once
 * more where it is a document here and a leaf there): index → manifests → config and layers. What is
 * missing is a node like any other. What a manifest refers to as its subject is not under it. Without recursion; holds one document at a
 * time, and about 100 bytes per descriptor.
 * @throws CoreError `bytes/limit` when the graph is too large or too deep.
 */
export async function* walk(
  store: BlobReader,
  root: Descriptor,
  options: WalkOptions = {},
): AsyncGenerator<GraphNode, void, void> {
  const limits = graphLimits(options.limits);
  // By role: an image may list as its layer what another one has as its manifest, and must not hide that one's children.
  const seen = { leaf: new Set<Digest>(), branch: new Set<Digest>() };
  const stack: Step[] = [{ descriptor: root, kind: "child", depth: 0, parent: undefined }];
  let documents = 0;
  let descriptors = 0;
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    options.signal?.throwIfAborted();
    if (++descriptors > limits.descriptors) throw tooLarge(root, "descriptors", limits.descriptors);
    const role = isDocument(step) ? "branch" : "leaf";
    if (seen[role].has(step.descriptor.digest)) continue;
    seen[role].add(step.descriptor.digest);
    if (role === "leaf") {
      yield await leaf(store, step, options);
      continue;
    }
    if (++documents > limits.documents) throw tooLarge(root, "documents", limits.documents);
    const node = await branch(store, step, options);
    yield node;
    const children = childrenOf(node, options.select);
    if (children.length > 0 && step.depth >= limits.depth) throw tooLarge(root, "levels", limits.depth);
    for (let at = children.length - 1; at >= 0; at--) stack.push(children[at]!);
  }
}

/** The root may be announced without a type; in an index, what has another type than a document's is an artifact to be left alone. */
function isDocument({ kind, depth, descriptor: { mediaType } }: Step): boolean {
  return kind === "child" && (documentKind(mediaType) !== undefined || mediaType === "" || depth === 0);
}

async function leaf(store: BlobReader, step: Step, options: WalkOptions): Promise<GraphNode> {
  const { descriptor, depth, parent } = step;
  const node = { descriptor, kind: step.kind === "child" ? ("other" as const) : step.kind, depth, parent };
  if (options.leaves === false) return { ...node, state: "unasked" };
  const size = await store.stat(descriptor, options);
  if (size === undefined) return { ...node, state: descriptor.data === undefined ? "missing" : "here" };
  if (size === descriptor.size) return { ...node, state: "here" };
  return { ...node, state: "damaged", problem: sizeProblem(descriptor, size) };
}

/** The error for a blob that is not of the size that a descriptor says. */
export function sizeProblem({ digest, size: expected }: Descriptor, found: number): CoreError {
  return new CoreError(
    "digest/mismatch",
    `Cannot use ${digest}: size is ${found} bytes, expected ${expected}`,
    {
      expected: digest,
      expectedSize: expected,
      foundSize: found,
    },
  );
}

async function branch(store: BlobReader, step: Step, options: WalkOptions): Promise<GraphNode> {
  const { descriptor, depth, parent } = step;
  const announced = documentKind(descriptor.mediaType);
  const kind = announced === "manifest" || announced === "index" ? announced : "other";
  const node = { descriptor, kind, depth, parent } as const;
  let bytes: Bytes | undefined;
  try {
    const limit = options.limits?.document;
    bytes = await readDocument(store, descriptor, {
      signal: options.signal,
      limit,
      newHasher: options.newHasher,
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isCoreError(error, "bytes/limit")) return { ...node, state: "here", problem: error };
    return { ...node, state: "damaged", problem: readProblem(descriptor, error) };
  }
  if (bytes === undefined) return { ...node, state: "missing" };
  try {
    const document = parseManifest(bytes, { document: descriptor.digest, mediaType: descriptor.mediaType });
    return { ...node, kind: document.kind, state: "here", document, bytes };
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return { ...node, state: "here", problem: error, bytes };
  }
}

function readProblem({ digest }: Descriptor, error: unknown): CoreError {
  if (isCoreError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CoreError("store/unreadable", `Cannot read ${digest}: ${reason}`, { digest }, { cause: error });
}

function childrenOf({ descriptor, depth, document }: GraphNode, select: WalkOptions["select"]): Step[] {
  if (document === undefined) return [];
  const place = { depth: depth + 1, parent: descriptor.digest };
  if (document.kind === "manifest") {
    return [
      { descriptor: document.config, kind: "config", ...place },
      ...document.layers.map((layer) => ({ descriptor: layer, kind: "layer", ...place }) as const),
    ];
  }
  const chosen =
    select === undefined ? document.manifests : document.manifests.filter((m) => select(m, document));
  return chosen.map((child) => ({ descriptor: child, kind: "child", ...place }) as const);
}

function tooLarge({ digest }: Descriptor, what: string, limit: number): CoreError {
  return new CoreError("bytes/limit", `Cannot walk ${digest}: more than ${limit} ${what} are under it`, {
    digest,
    what,
    limit,
  });
}
