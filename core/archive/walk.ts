import type { Bytes } from "../bytes/mod.ts";
import { type Digest, sha256Digest } from "../digest/mod.ts";
import { type Descriptor, type Index, type Manifest, parseManifest } from "../oci/mod.ts";
import type { Contents } from "./contents.ts";
import { blobPath } from "./layer.ts";
import { documentOptions, type OpenOptions } from "./options.ts";
import { attempt, attemptAsync, duplicateKeys, problemOf } from "./problem.ts";
import type { ManifestNode, Problem } from "./types.ts";

/** A node, and the document it stands for. */
export interface WalkedNode {
  readonly node: Omit<ManifestNode, "image">;
  readonly document: Manifest | Index | undefined;
}

/** What a walk from index.json found. */
export interface Walk {
  /** Depth first. */
  readonly nodes: readonly WalkedNode[];
  readonly problems: readonly Problem[];
}

interface Loaded {
  readonly bytes: Bytes | undefined;
  readonly document: Manifest | Index | undefined;
  /** Entries of an index, those that cannot be read included. */
  readonly children?: number | undefined;
  readonly missing: boolean;
  readonly digestMismatch: boolean;
  readonly unparsable: boolean;
}

/**
 * Everything that the index in `bytes` reaches, depth first. Documents are read once however often they are named; an index inside
 * itself, or deeper than allowed, is listed but not entered.
 * @throws CoreError `oci/*`, `bytes/limit` when index.json itself cannot be read.
 */
export async function walkIndex(contents: Contents, bytes: Bytes, options: OpenOptions): Promise<Walk> {
  const { limits } = options;
  const root = parseManifest(bytes, {
    ...documentOptions("index.json", options),
    mediaType: "application/vnd.oci.image.index.v1+json",
  });
  const problems: Problem[] = duplicateKeys("index.json", root.duplicateKeys);
  if (root.kind !== "index") return { nodes: [], problems: [...problems, notAnIndex()] };
  problems.push(...root.flaws.slice(0, limits.problems).map(problemOf));
  const nodes: WalkedNode[] = [];
  const loaded = new Map<Digest, Loaded>();
  const refused = new Set<Digest>();

  // An explicit stack of what is still to be visited, last first: input must not decide how deep we recurse.
  const pending = visitsOf(root, { depth: 0, tags: [], ancestors: [] }, limits.manifests + 1);
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    options.signal?.throwIfAborted();
    if (nodes.length >= limits.manifests) {
      problems.push(tooMany(limits.manifests));
      break;
    }
    const { descriptor, depth, ancestors } = visit;
    let state = loaded.get(descriptor.digest);
    if (state === undefined) {
      state = await load(contents, descriptor, { options, problems });
      loaded.set(descriptor.digest, state);
    }
    const names = tagsOf(descriptor);
    const tags = names.length > 0 ? names : visit.tags;
    nodes.push({ node: nodeOf(descriptor, state, { depth, tags }), document: state.document });
    if (state.document?.kind !== "index") continue;
    if (ancestors.includes(descriptor.digest) || depth >= limits.depth) {
      if (!refused.has(descriptor.digest)) problems.push(tooDeep(descriptor.digest, depth));
      refused.add(descriptor.digest);
      continue;
    }
    const inside = { depth: depth + 1, tags, ancestors: [...ancestors, descriptor.digest] };
    for (const next of visitsOf(state.document, inside, limits.manifests - nodes.length + 1))
      pending.push(next);
  }
  return { nodes, problems: problems.slice(0, limits.problems) };
}

interface Visit {
  readonly descriptor: Descriptor;
  readonly depth: number;
  /** Names of the index it stands in. */
  readonly tags: readonly string[];
  readonly ancestors: readonly Digest[];
}

/** The first `most` children of an index, last first. */
function visitsOf(index: Index, at: Omit<Visit, "descriptor">, most: number): Visit[] {
  return index.manifests
    .slice(0, most)
    .map((descriptor) => ({ descriptor, ...at }))
    .reverse();
}

async function load(
  contents: Contents,
  descriptor: Descriptor,
  { options, problems }: { readonly options: OpenOptions; readonly problems: Problem[] },
): Promise<Loaded> {
  const nothing = { bytes: undefined, document: undefined, digestMismatch: false, unparsable: false };
  const path = blobPath(descriptor.digest);
  const bytes = await attemptAsync(problems, async () => {
    const member = contents.find(path);
    return member === undefined ? embedded(descriptor) : await contents.read(member, options);
  });
  if (bytes === undefined) {
    problems.push({
      code: "archive/missing",
      message: `Cannot find ${descriptor.mediaType || "manifest"} ${descriptor.digest}: the archive has no ${path}`,
      detail: { digest: descriptor.digest, path },
    });
    return { ...nothing, missing: true };
  }
  const found = sha256Digest(bytes, options.newHasher);
  const digestMismatch = descriptor.digest.startsWith("sha256:") && found !== descriptor.digest;
  if (digestMismatch) {
    problems.push({
      code: "digest/mismatch",
      message: `Manifest ${path} has digest ${found}, expected ${descriptor.digest}`,
      detail: { path, found, expected: descriptor.digest },
    });
  }
  const document = attempt(problems, () =>
    parseManifest(bytes, {
      ...documentOptions(path, options),
      mediaType: descriptor.mediaType,
    }),
  );
  problems.push(...duplicateKeys(path, document?.duplicateKeys ?? []));
  const seen = { bytes, missing: false, digestMismatch, unparsable: document === undefined };
  if (document?.kind !== "index") return { ...seen, document };
  const { manifests, flaws } = document;
  const room = Math.max(options.limits.problems - problems.length, 0);
  problems.push(...flaws.slice(0, room).map(problemOf));
  // Told once, the flaws go: they are errors with their stacks, a thousand for each of ten thousand indexes.
  return { ...seen, document: { ...document, flaws: [] }, children: manifests.length + flaws.length };
}

/** The content that a descriptor carries itself. */
function embedded({ data, size }: Descriptor): Bytes | undefined {
  if (data === undefined || data === "") return undefined;
  try {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    return bytes.length === size ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function nodeOf(
  descriptor: Descriptor,
  loaded: Loaded,
  at: { readonly depth: number; readonly tags: readonly string[] },
): Omit<ManifestNode, "image"> {
  const { document, bytes, children, missing, digestMismatch, unparsable } = loaded;
  const manifest = document?.kind === "manifest" ? document : undefined;
  return {
    digest: descriptor.digest,
    mediaType: descriptor.mediaType || (document?.mediaType ?? ""),
    size: descriptor.size,
    ...at,
    platform: descriptor.platform,
    attestation: descriptor.annotations?.get("vnd.docker.reference.type"),
    artifactType: document?.artifactType,
    subject: document?.subject?.digest,
    config: manifest && { digest: manifest.config.digest, mediaType: manifest.config.mediaType },
    layers: manifest?.layers.map((layer) => layer.digest),
    manifests: children,
    missing,
    digestMismatch,
    unparsable,
    bytes,
  };
}

/** Names in a descriptor's annotations: in full as containerd and Docker write it, and as the layout specification has it. */
const NAME_ANNOTATIONS = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];

function tagsOf({ annotations }: Descriptor): string[] {
  const names = NAME_ANNOTATIONS.map((key) => annotations?.get(key) ?? "").filter((name) => name !== "");
  return [...new Set(names)];
}

function notAnIndex(): Problem {
  return {
    code: "oci/media-type",
    message: "Cannot read index.json: it is a manifest, expected an index",
    detail: { document: "index.json" },
  };
}

function tooMany(limit: number): Problem {
  return {
    code: "bytes/limit",
    message: `index.json leads to more than ${limit} manifests; the rest is left out`,
    detail: { limit },
  };
}

function tooDeep(digest: Digest, depth: number): Problem {
  return {
    code: "archive/path",
    message: `Index ${digest} is not entered: it stands inside itself, or ${depth} indexes deep`,
    detail: { digest, depth },
  };
}
