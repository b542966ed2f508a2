import { CoreError } from "../error.ts";
import {
  type Descriptor,
  formatCanonical,
  formatJson,
  type JsonValue,
  MEDIA_TYPES,
  type Platform,
  parseImageConfig,
  parseJson,
  parseManifest,
  type Reference,
  type Writable,
  withDefaultTag,
} from "../oci/mod.ts";
import type { ReceivedManifest, Repository } from "../registry/mod.ts";
import type { CommandContext } from "./context.ts";
import { failed } from "./failure.ts";
import { registryOf } from "./pulling.ts";

/** Which manifest to show. */
export interface ManifestRequest {
  readonly reference: Reference;
  /** As it was typed. */
  readonly shown: string;
  /** `-v` */
  readonly verbose: boolean;
  /** Registries without encryption are asked, too. */
  readonly insecure: boolean;
}

/** What `docker manifest inspect` prints. @throws CoreError `command/failed` with Docker's words. */
export async function manifestDocument(context: CommandContext, request: ManifestRequest): Promise<string> {
  const { reference, shown, verbose, insecure } = request;
  const registry = registryOf(context);
  const own = withDefaultTag(reference);
  const { endpoint } = registry.transport(own.domain);
  // Docker asks without encryption only when it is told to, even on this machine.
  if (!insecure && endpoint.prefix === "" && endpoint.base.startsWith("http:")) throw missing(shown);
  const repository = registry.repository(own);
  try {
    const found = await repository.manifest(own.digest ?? own.tag ?? "latest", context);
    if (!verbose) return formatJson(plain(found.bytes, shown), "\t");
    return formatJson(await described(repository, { reference: own, found, context }), "\t");
  } catch (error) {
    context.signal?.throwIfAborted();
    if (!(error instanceof CoreError) || error.code.startsWith("command/")) throw error;
    throw missing(shown, error);
  }
}

function missing(shown: string, cause?: unknown): CoreError {
  return failed(`no such manifest: ${shown}`, {}, cause);
}

function plain(bytes: Uint8Array, document: string): Writable {
  return writable(parseJson(bytes, { document }).value);
}

/** A parsed document can be written as it is. */
const writable = (value: JsonValue): Writable => value;

interface Described {
  readonly reference: Reference;
  readonly found: ReceivedManifest;
  readonly context: CommandContext;
}

/** A manifest with its descriptor; of an index, those of all its images. */
async function described(
  repository: Repository,
  { reference, found, context }: Described,
): Promise<Writable> {
  const name = formatCanonical(reference);
  const { bytes } = found;
  const { mediaType, digest } = found.descriptor;
  const document = parseManifest(bytes, { document: digest, mediaType });
  if (document.kind !== "index") {
    const descriptor = { mediaType, digest, size: bytes.length };
    const platform = await platformOf(repository, document.config, context);
    return member({ name, descriptor: { ...descriptor, platform }, bytes });
  }
  const members: Writable[] = [];
  for (const descriptor of document.manifests) {
    const one = await repository.manifest(descriptor.digest, context);
    const { domain, path } = reference;
    members.push(
      member({
        name: formatCanonical({ domain, path, digest: descriptor.digest }),
        descriptor,
        bytes: one.bytes,
      }),
    );
  }
  return members;
}

async function platformOf(
  repository: Repository,
  config: Descriptor,
  context: CommandContext,
): Promise<Platform | undefined> {
  const source = await repository.blob(config, context);
  if (source === undefined) return undefined;
  return parseImageConfig(new Uint8Array(await source.arrayBuffer()), { document: config.digest }).platform;
}

function member({
  name,
  descriptor,
  bytes,
}: {
  readonly name: string;
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}): Writable {
  const { mediaType, digest, size, platform } = descriptor;
  const key = mediaType === MEDIA_TYPES.ociManifest ? "OCIManifest" : "SchemaV2Manifest";
  return new Map<string, Writable>([
    ["Ref", name],
    [
      "Descriptor",
      new Map<string, Writable>([
        ["mediaType", mediaType],
        ["digest", digest],
        ["size", size],
        ["platform", platform && platformMembers(platform)],
      ]),
    ],
    ["Raw", btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))],
    [key, plain(bytes, digest)],
  ]);
}

function platformMembers({ architecture, os, osVersion, variant }: Platform): Writable {
  return new Map<string, Writable>([
    ["architecture", architecture ?? ""],
    ["os", os ?? ""],
    ["os.version", osVersion || undefined],
    ["variant", variant || undefined],
  ]);
}
