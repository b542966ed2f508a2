import type { ReadOptions } from "../bytes/mod.ts";
import { type Digest, parseDigest } from "../digest/mod.ts";
import { isCoreError } from "../error.ts";
import {
  type Descriptor,
  isRepositoryPath,
  isTag,
  MEDIA_TYPES,
  parseManifest,
  readDescriptor,
} from "../oci/mod.ts";
import { readManifest } from "./manifest.ts";
import { readPages } from "./pages.ts";
import { type Remote, remoteUrl, scopeFor } from "./remote.ts";
import type { Transport } from "./transport.ts";

/** The tags of a repository in the registry's order, page by page; what is listed and can be no tag is left out. @throws CoreError `registry/*`. */
export async function* readTags(
  remote: Remote,
  options: ReadOptions & { readonly pageSize?: number | undefined } = {},
): AsyncGenerator<readonly string[], void, void> {
  const query = options.pageSize === undefined ? "" : `?n=${options.pageSize}`;
  const url = remoteUrl(remote, `tags/list${query}`);
  const document = `the tags of ${remote.name}`;
  const ask = { url, document, scopes: scopeFor(remote, "pull"), signal: options.signal };
  for await (const { fields } of readPages(remote.transport, ask))
    yield (fields.strings("tags") ?? []).filter(isTag);
}

/**
 * The repositories of a registry, page by page, without the prefix that a proxy gives them.
 * @throws CoreError `registry/unsupported`, `registry/denied`, `registry/missing` where the registry lists none.
 */
export async function* readCatalog(
  transport: Transport,
  options: ReadOptions & { readonly pageSize?: number | undefined } = {},
): AsyncGenerator<readonly string[], void, void> {
  const { base, prefix, registry } = transport.endpoint;
  const url = `${base}${prefix}_catalog${options.pageSize === undefined ? "" : `?n=${options.pageSize}`}`;
  const scopes = [{ type: "registry", name: "catalog", actions: ["*"] }];
  const document = `the repositories of ${registry}`;
  for await (const { fields } of readPages(transport, { url, document, scopes, signal: options.signal })) {
    const names = fields.strings("repositories") ?? [];
    yield names
      .map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name))
      .filter(isRepositoryPath);
  }
}

/**
 * What refers to a manifest: signatures, bills of materials. A registry without this list keeps it under a tag.
 * @throws CoreError `registry/*`, `oci/*`.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function readReferrers(
  remote: Remote,
  digest: Digest,
  options: ReadOptions & { readonly artifactType?: string | undefined } = {},
): Promise<Descriptor[]> {
  const { artifactType, signal } = options;
  const query = artifactType === undefined ? "" : `?${new URLSearchParams({ artifactType }).toString()}`;
  const url = remoteUrl(remote, `referrers/${digest}${query}`);
  const ask = {
    url,
    document: `the referrers of ${digest}`,
    scopes: scopeFor(remote, "pull"),
    headers: { accept: MEDIA_TYPES.ociIndex },
    signal,
  };
  const found: Descriptor[] = [];
  try {
    for await (const { fields } of readPages(remote.transport, ask))
      for (const entry of fields.objects("manifests") ?? []) found.push(readDescriptor(entry));
  } catch (error) {
    if (!isCoreError(error) || !NO_LIST.has(error.code)) throw error;
    for (const one of await taggedReferrers(remote, digest, { signal })) found.push(one);
  }
  // Filtering is the registry's choice.
  return artifactType === undefined ? found : found.filter((one) => one.artifactType === artifactType);
}

const NO_LIST: ReadonlySet<string> = new Set([
  "registry/missing",
  "registry/unsupported",
  "registry/refused",
]);

async function taggedReferrers(
  remote: Remote,
  digest: Digest,
  options: ReadOptions,
): Promise<readonly Descriptor[]> {
  const tag = referrersTag(digest);
  try {
    const { bytes, descriptor } = await readManifest(remote, tag, options);
    const index = parseManifest(bytes, { document: tag, mediaType: descriptor.mediaType });
    return index.kind === "index" ? index.manifests : [];
  } catch (error) {
    if (isCoreError(error, "registry/missing")) return [];
    throw error;
  }
}

/** The tag that holds the referrers of a manifest where the registry has no list of them. */
export function referrersTag(digest: Digest): string {
  const { algorithm, encoded } = parseDigest(digest);
  const clean = (text: string): string => text.replace(/[^A-Za-z0-9._-]/g, "-");
  return `${clean(algorithm.slice(0, 32))}-${clean(encoded.slice(0, 64))}`;
}

/** Tags under which cosign keeps what it says about a manifest, where the registry has any of them. */
export interface CosignTags {
  readonly signature: string;
  readonly attestation: string;
  readonly sbom: string;
}

/** @see https://github.com/sigstore/cosign/blob/v2.4.1/specs/SIGNATURE_SPEC.md */
export function cosignTags(digest: Digest): CosignTags {
  const tag = referrersTag(digest);
  return { signature: `${tag}.sig`, attestation: `${tag}.att`, sbom: `${tag}.sbom` };
}
