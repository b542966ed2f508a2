import { type Archive, type ArchiveImage, openArchive } from "../../core/archive/mod.ts";
import type { Digest, NewHasher } from "../../core/digest/mod.ts";
import { resolveImage } from "../../core/image/mod.ts";
import {
  choosePlatform,
  type Descriptor,
  formatFamiliar,
  parsePlatform,
  parseReference,
} from "../../core/oci/mod.ts";
import { type BlobReader, walk } from "../../core/store/mod.ts";
import { composeTar, type TarMember } from "../../core/tar/mod.ts";
import type { LayerScan } from "../../core/tree/mod.ts";
import type { BrowserStore } from "../store/mod.ts";
import { composedBlob } from "./composed-blob.ts";
import { withScans } from "./scanned-archive.ts";

/** What of a store is opened. */
export interface StoredRequest {
  /** Name, ID, or beginning of one. */
  readonly ref: string;
  /** Which image comes first; default: the one that is meant. */
  readonly platform?: string | undefined;
}

/**
 * A kept image as an archive that holds nothing else, its layers with the scans that are kept of them. What is missing of it is missing in the
 * archive, and the rest can be looked at.
 * @throws CoreError `image/missing`, `oci/reference`, `oci/platform`, `store/*`.
 */
export async function storedArchive(
  store: BrowserStore,
  request: StoredRequest,
  options: { readonly newHasher: NewHasher; readonly signal: AbortSignal },
): Promise<Archive> {
  const table = await store.table.snapshot();
  const { image, target } = resolveImage(table, request.ref);
  const names = [...table.names.values()]
    .filter((record) => record.image === image.id)
    .map((record) => record.name);
  const archive = await openArchive(await layoutOf(store, target, names), options);
  const scans = new Map<Digest, LayerScan>();
  for (const { layers } of archive.images) {
    for (const { digest } of layers) {
      if (digest === undefined || scans.has(digest)) continue;
      const scan = await store.scans.byBlob(digest);
      if (scan !== undefined) scans.set(digest, scan);
    }
  }
  const scanned = withScans(archive, ({ digest }) => (digest === undefined ? undefined : scans.get(digest)));
  return {
    ...scanned,
    images: inOrder(scanned.images, image.id, request.platform),
    problems: withoutOtherPlatforms(archive),
  };
}

/** A pull of one platform leaves the others where they are: that they are not here is no problem of an image that is. */
function withoutOtherPlatforms({ images, manifests, problems }: Archive): Archive["problems"] {
  if (images.length === 0) return problems;
  const elsewhere = new Set<string>(
    manifests.filter(({ missing, depth }) => missing && depth > 0).map(({ digest }) => digest),
  );
  return problems.filter(({ code, detail }) => {
    const digest = detail["digest"];
    return code !== "archive/missing" || typeof digest !== "string" || !elsewhere.has(digest);
  });
}

/** The one that is meant first, the others in their order. */
function inOrder(
  images: readonly ArchiveImage[],
  id: Digest,
  platform: string | undefined,
): readonly ArchiveImage[] {
  const wanted =
    platform === undefined
      ? images.findIndex((image) => image.id === id)
      : choosePlatform(
          parsePlatform(platform),
          images.map((image) => image.platform),
        );
  const first = wanted === undefined ? undefined : images[wanted];
  return first === undefined ? images : [first, ...images.filter((image) => image !== first)];
}

/** Everything there is under a root as an OCI layout, composed over the stored blobs. */
async function layoutOf(store: BlobReader, target: Descriptor, names: readonly string[]): Promise<Blob> {
  const text = (path: string, value: unknown): TarMember => ({
    entry: { path, type: "file" },
    content: new Blob([JSON.stringify(value)]),
  });
  const { mediaType, digest, size } = target;
  const entries = names.map(parseReference).filter((reference) => reference.digest === undefined);
  const manifests = (entries.length === 0 ? [undefined] : entries).map((reference) => ({
    mediaType,
    digest,
    size,
    ...(reference && { annotations: { "io.containerd.image.name": formatFamiliar(reference) } }),
  }));
  const members = [
    text("oci-layout", { imageLayoutVersion: "1.0.0" }),
    text("index.json", {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests,
    }),
  ];
  for await (const { descriptor } of walk(store, target)) {
    const content = await store.blob(descriptor);
    if (content === undefined) continue;
    const [algorithm, hex] = descriptor.digest.split(":");
    members.push({ entry: { path: `blobs/${algorithm}/${hex}`, type: "file" }, content });
  }
  const blob = await composedBlob(composeTar(members));
  if (blob === undefined) throw new TypeError("the store gives its blobs as something else than Blobs");
  return blob;
}
