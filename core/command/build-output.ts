import { compositionSource, type SaveLayout, saveArchive } from "../archive/mod.ts";
import type { Bytes } from "../bytes/mod.ts";
import type { Digest } from "../digest/mod.ts";
import { mergedMembers, openLayer, readStoredImage } from "../image/mod.ts";
import { encodeGoHeader, type TarMember, writeTar } from "../tar/mod.ts";
import { foldLayers } from "../tree/mod.ts";
import type { CommandContext } from "./context.ts";
import { extractTo } from "./extract.ts";
import { failed } from "./failure.ts";
import { filesOf } from "./host-files.ts";
import { pumpStream } from "./streams.ts";

/** Where a build puts what it made, beside the store. */
export interface BuildOutput {
  readonly type: "tar" | "local" | "docker" | "oci";
  /** A file, a folder for `local`; `-`: standard output. */
  readonly dest: string;
}

const PREFIX = "ERROR: failed to build: ";

/**
 * One `--output`, as buildx reads it: `type=…,dest=…`, a folder, or `-` for a tar. `undefined`: the store alone.
 * @throws CoreError `command/failed`.
 */
export function parseOutput(text: string): BuildOutput | undefined {
  if (text === "-") return { type: "tar", dest: "-" };
  if (!text.includes("=")) return { type: "local", dest: text };
  const fields = new Map<string, string>();
  for (const field of text.split(",")) {
    const equals = field.indexOf("=");
    if (equals < 0) throw failed(`${PREFIX}invalid value ${field}`);
    fields.set(field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1));
  }
  const [type, dest] = [fields.get("type"), fields.get("dest")];
  if (type === undefined) throw failed(`${PREFIX}type is required for output`);
  switch (type) {
    case "image":
      return undefined;
    case "docker":
      return dest === undefined ? undefined : { type, dest };
    case "local":
      if (dest === undefined || dest === "-") throw failed(`${PREFIX}dest is required for local output`);
      return { type, dest };
    case "tar":
    case "oci":
      return { type, dest: dest ?? "-" };
    default:
      throw failed(
        `${PREFIX}output ${JSON.stringify(text)} is not made here: build an image, then push or save it`,
      );
  }
}

/** Refuses what could not be written, before anything is built. @throws CoreError `command/failed`. */
export function checkOutputs(
  outputs: readonly BuildOutput[],
  { platforms, context }: { readonly platforms: number; readonly context: CommandContext },
): void {
  const shown = outputs.find(({ dest }) => dest === "-");
  if (context.stdout.terminal && shown !== undefined)
    throw failed(`${PREFIX}dest file is required for ${shown.type} exporter. refusing to write to console`);
  // The folder of each platform that buildx makes here is left to one build each.
  if (platforms > 1 && outputs.some(({ type }) => type !== "oci"))
    throw failed(`${PREFIX}several platforms go into one archive of type=oci, or into the store`);
}

/** Writes an image that was built, in the form that was asked for. @throws CoreError `command/failed`, `command/file`. */
export async function writeOutput(
  context: CommandContext,
  { type, dest }: BuildOutput,
  { id, names }: { readonly id: Digest; readonly names: readonly string[] },
): Promise<void> {
  const { store, newHasher, layers: scans, signal } = context;
  const image = (await store.table.snapshot()).images.get(id);
  if (image === undefined) throw failed(`${PREFIX}image ${id} is gone`);
  if (type === "docker" || type === "oci") {
    const layout: SaveLayout = type;
    const item = { image: id, target: image.target, names };
    const { composition } = await saveArchive(store, [item], { layout, newHasher, scans, signal });
    return writeTo(context, dest, compositionSource(composition).stream());
  }
  const members = await filesOfImage(context, image);
  if (type === "tar") return writeTo(context, dest, writeTar(members, { signal, encode: encodeGoHeader }));
  if ((await filesOf(context).stat(dest, { follow: true })) === undefined)
    await filesOf(context).makeDirectory(dest, { mode: 0o755 });
  const inside = (path: string): string => `./${path}`;
  const placed = [...members].map(({ entry, ...rest }): TarMember => {
    const link = entry.type === "link" && entry.link !== undefined ? { link: inside(entry.link) } : {};
    return { ...rest, entry: { ...entry, path: inside(entry.path), ...link } };
  });
  const out = { type: "dir", base: ".", name: "", members: () => placed } as const;
  await extractTo(context, { out, to: dest, keepOwners: false });
}

async function filesOfImage(
  { store, layers: shelf, newHasher, signal }: CommandContext,
  image: Parameters<typeof readStoredImage>[1],
): Promise<Iterable<TarMember>> {
  const stored = await readStoredImage(store, image, { signal });
  const layers = [];
  for (const layer of stored.manifest.layers)
    layers.push(await openLayer(store, layer, { newHasher, signal, shelf }));
  if (layers.length === 0) return [];
  const tree = foldLayers(layers.map(({ table }) => table));
  return mergedMembers({ tree, layers, upTo: layers.length - 1 });
}

async function writeTo(context: CommandContext, dest: string, stream: ReadableStream<Bytes>): Promise<void> {
  const { stdout, signal } = context;
  if (dest === "-") return pumpStream(stream, (chunk) => stdout.write(chunk), signal);
  const sink = await filesOf(context).create(dest);
  try {
    await pumpStream(stream, (chunk) => sink.write(chunk), signal);
    await sink.commit();
  } finally {
    await sink.abort();
  }
}
