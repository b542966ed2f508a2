import type { ReadOptions, Source } from "../bytes/mod.ts";
import { SNIFF_BYTES, sniffCompression } from "../compression/mod.ts";
import { chainIDs, type Digest, type NewHasher, sha256Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";
import { formatFamiliar, parseReference, type Reference } from "../oci/mod.ts";
import type { LayerScans } from "../store/mod.ts";
import { composeTar, type TarComposition, type TarMember } from "../tar/mod.ts";
import { layerContent, scanLayer } from "../tree/mod.ts";
import { createdOf } from "./compose.ts";
import type { SavedGraph } from "./save-graph.ts";
import { directoryMember, fileMember, hexOf, inPathOrder, tagsText, textMember } from "./write.ts";

/** What {@link composeClassic} takes. */
export interface ClassicOptions extends ReadOptions {
  readonly newHasher: NewHasher;
  readonly scans?: LayerScans | undefined;
  /** Told while a layer is read of which no scan is kept, in bytes. */
  readonly onRead?: ((digest: Digest, bytes: number, total: number) => void) | undefined;
}

/** An image to be written, with its names. */
export interface ClassicImage {
  readonly graph: SavedGraph;
  readonly names: readonly string[];
  readonly parent?: Digest | undefined;
}

/**
 * An archive as Docker wrote it from 1.10 to 24: a directory per layer with a description of before 1.10, layers plain, a layer that is there
 * already as a link. Layers that are stored compressed are decompressed when the archive is read; their size is known from their scan.
 * @throws CoreError `digest/mismatch` when a layer does not decompress to its diff ID, `compression/*`.
 */
export async function composeClassic(
  images: readonly ClassicImage[],
  options: ClassicOptions,
): Promise<TarComposition> {
  const members = new Map<string, TarMember>();
  const add = (member: TarMember): void => {
    if (!members.has(member.entry.path)) members.set(member.entry.path, member);
  };
  const paths = new Map<Digest, string>();
  const items: string[] = [];
  const tops: { readonly name: Reference; readonly id: string }[] = [];
  for (const { graph, names, parent } of images) {
    const mtime = createdOf(graph.config.created);
    const steps = stepsOf(graph, options.newHasher);
    for (const [index, { id, json }] of steps.entries()) {
      if (members.has(`${id}/`)) continue;
      add(directoryMember(`${id}/`, mtime));
      add(textMember(`${id}/VERSION`, "1.0", mtime));
      add(textMember(`${id}/json`, json, mtime));
      const diffID = graph.config.diffIDs[index]!;
      const path = `${id}/layer.tar`;
      const there = paths.get(diffID);
      if (there !== undefined) {
        add({ entry: { path, type: "symlink", link: `../${there}`, mode: 0o777, mtime } });
        continue;
      }
      paths.set(diffID, path);
      add(fileMember(path, await inflated(graph, index, options), mtime));
    }
    const references = names.map(parseReference);
    const config = `${hexOf(graph.id)}.json`;
    add(fileMember(config, graph.blobs.get(graph.id)!, mtime));
    const tags = references.length === 0 ? "null" : JSON.stringify(references.map(formatFamiliar));
    const layers = JSON.stringify(steps.map(({ id }) => `${id}/layer.tar`));
    const built = parent === undefined ? "" : `,"Parent":"${parent}"`;
    items.push(`{"Config":"${config}","RepoTags":${tags},"Layers":${layers}${built}}`);
    tops.push(...references.map((name) => ({ name, id: steps.at(-1)?.id ?? hexOf(graph.id) })));
  }
  add(textMember("manifest.json", `[${items.join()}]\n`));
  if (tops.length > 0) add(textMember("repositories", tagsText(tops)));
  return composeTar(inPathOrder([...members.values()]));
}

/** Where a container began in the configs of old. */
const CONTAINER =
  '{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null}';
const EPOCH = '"1970-01-01T00:00:00Z"';

/**
 * The layers of an image as images of before 1.10, each with the ID it had then. Those below the top get the IDs that Docker gives them; the
 * top's covers the whole config.
 */
function stepsOf(
  { config, configBytes }: SavedGraph,
  newHasher: NewHasher,
): { readonly id: string; readonly json: string }[] {
  const steps: { id: string; json: string }[] = [];
  const idOf = (text: string): string => hexOf(sha256Digest(new TextEncoder().encode(text), newHasher));
  const chain = chainIDs(config.diffIDs);
  const os = JSON.stringify(config.platform.os ?? "linux");
  for (const [index, layer] of chain.entries()) {
    const parent = steps.at(-1)?.id;
    const below = parent === undefined ? "" : `,"parent":"sha256:${parent}"`;
    if (index < chain.length - 1) {
      const id = idOf(`{"container_config":${CONTAINER},"created":${EPOCH},"layer_id":"${layer}"${below}}`);
      const under = parent === undefined ? "" : `,"parent":"${parent}"`;
      const json = `{"id":"${id}"${under},"created":${EPOCH},"container_config":${CONTAINER},"os":${os}}`;
      steps.push({ id, json });
      continue;
    }
    const top = topOf(configBytes);
    const id = idOf(JSON.stringify({ ...top, layer_id: layer, parent: parent ?? null }));
    steps.push({ id, json: JSON.stringify({ id, ...(parent === undefined ? {} : { parent }), ...top }) });
  }
  return steps;
}

/** What of a config stood in a description of before 1.10. */
function topOf(configBytes: Uint8Array): object {
  const value: unknown = JSON.parse(new TextDecoder().decode(configBytes));
  const members = Object.entries(typeof value === "object" ? (value ?? {}) : {}).filter(
    ([key]) => !["id", "parent", "rootfs", "history"].includes(key),
  );
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The plain tar of a layer. */
async function inflated(
  { manifest, config, blobs }: SavedGraph,
  index: number,
  { scans, newHasher, signal, onRead }: ClassicOptions,
): Promise<Source> {
  const descriptor = manifest.layers[index];
  const source = descriptor && blobs.get(descriptor.digest);
  const diffID = config.diffIDs[index];
  if (descriptor === undefined || source === undefined || diffID === undefined)
    throw new CoreError("store/missing", `Cannot save layer ${index}: the store does not have it`, { index });
  if (descriptor.digest === diffID) return source;
  const head = new Uint8Array(await source.slice(0, SNIFF_BYTES).arrayBuffer());
  if (sniffCompression(head) === "none") return source;
  let scan = await scans?.byBlob(descriptor.digest);
  if (scan === undefined) {
    const onProgress = (bytes: number): void => onRead?.(descriptor.digest, bytes, source.size);
    scan = await scanLayer(source, { newHasher, signal, onProgress });
    await scans?.put(scan);
  }
  if (scan.diffID === diffID) return layerContent(source, scan);
  throw new CoreError(
    "digest/mismatch",
    `Cannot save layer ${index}: it decompresses to ${scan.diffID ?? "nothing whole"}, expected ${diffID}`,
    { index, expected: diffID },
  );
}
