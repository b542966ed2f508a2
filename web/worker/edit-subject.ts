import { newSha256 } from "../../core/digest/mod.ts";
import { draftOf, lookForStrip, platformImages } from "../../core/edit/mod.ts";
import { openLayer, readStoredImage, referencesOf, resolveImage } from "../../core/image/mod.ts";
import { formatFamiliar, formatPlatform, type ImageConfig } from "../../core/oci/mod.ts";
import type { EditSubject, StripFound, SubjectSettings } from "../model/making.ts";
import type { BrowserStore } from "../store/mod.ts";

/** An image as its editing begins. @throws CoreError `image/missing`, `edit/image`, `store/damaged` */
export async function editSubject(
  store: BrowserStore,
  ref: string,
  signal?: AbortSignal,
): Promise<EditSubject> {
  const table = await store.table.snapshot();
  const { image, target: root } = resolveImage(table, ref);
  const how = { newHasher: newSha256, signal };
  const stored = await readStoredImage(store, { id: image.id, target: root }, how);
  const draft = draftOf(stored);
  const lines = new Map<unknown, string>();
  for (const { entry, layer } of draft.steps) {
    const createdBy = entry.get("created_by");
    if (layer !== undefined && typeof createdBy === "string") lines.set(layer, createdBy);
  }
  const { images } = await platformImages(store, [root], how);
  return {
    id: stored.id,
    digest: stored.descriptor.digest,
    tags: referencesOf(table, image.id)
      .filter(({ tag }) => tag !== undefined)
      .map(formatFamiliar),
    family: draft.family,
    settings: settingsOf(stored.config),
    annotations: [...draft.annotations],
    layers: draft.layers.map((layer) => ({
      digest: layer.descriptor.digest,
      diffID: layer.diffID,
      mediaType: layer.descriptor.mediaType,
      size: layer.descriptor.size,
      createdBy: lines.get(layer),
    })),
    platforms: images.map(({ platform }) => formatPlatform(platform)),
  };
}

function settingsOf({ container = {}, platform, author }: ImageConfig): SubjectSettings {
  const { env, labels, cmd, entrypoint, shell, user, workingDir, stopSignal, exposedPorts, volumes } =
    container;
  return {
    env: env ?? [],
    labels: [...(labels ?? [])],
    cmd,
    entrypoint,
    shell,
    user,
    workingDir,
    stopSignal,
    ports: exposedPorts ?? [],
    volumes: volumes ?? [],
    platform: formatPlatform(platform),
    author,
  };
}

/** What a strip would find. @throws CoreError what a layer throws that was never read. */
export async function stripFound(
  store: BrowserStore,
  { ref, paths }: { readonly ref: string; readonly paths: readonly string[] },
  signal?: AbortSignal,
): Promise<StripFound> {
  const { image, target } = resolveImage(await store.table.snapshot(), ref);
  const how = { newHasher: newSha256, signal };
  const stored = await readStoredImage(store, { id: image.id, target }, how);
  const tables = [];
  for (const layer of stored.manifest.layers)
    tables.push((await openLayer(store, layer, { ...how, shelf: store.scans })).table);
  return lookForStrip(tables, paths);
}
