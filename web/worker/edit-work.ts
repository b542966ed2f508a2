import { newSha256 } from "../../core/digest/mod.ts";
import {
  type ImageEdit as CoreEdit,
  type DraftLayer,
  type EditedImage,
  editImage,
  type ImageFacts,
  platformImages,
  possibleBases,
  storeIndex,
} from "../../core/edit/mod.ts";
import {
  type LayerCompressor,
  readConfig,
  readConfigs,
  referencesOf,
  resolveImage,
} from "../../core/image/mod.ts";
import { formatFamiliar, formatPlatform, parsePlatform } from "../../core/oci/mod.ts";
import type { LocalStore } from "../../core/store/mod.ts";
import { composeTar, type TarMember } from "../../core/tar/mod.ts";
import type {
  EditedFacts,
  EditPlan,
  EditProgress,
  EditRequest,
  ImageEdit,
  MadeImage,
  Making,
  NamedChange,
  NewFile,
  PlatformChoice,
} from "../model/making.ts";
import type { BrowserStore } from "../store/mod.ts";
import { composedBlob } from "./composed-blob.ts";

/** gzip by the browser. It has one level, and gives the same bytes for the same layer as long as it is the same browser. */
export const GZIP: LayerCompressor = {
  format: "gzip",
  compress: (plain) => plain.pipeThrough(new CompressionStream("gzip")),
};

/** The compressor that a request asks for. */
export function compressorOf(compression: "gzip" | "none" | undefined): LayerCompressor | undefined {
  return compression === "none" ? undefined : GZIP;
}

/** The edits that wait to be kept, by their numbers. */
export class EditPlans {
  readonly #plans = new Map<number, EditedImage>();
  #numbers = 0;

  /** Makes edits. @throws CoreError what `editImage` throws. */
  async plan(
    store: BrowserStore,
    request: EditRequest,
    how: {
      readonly now: () => number;
      readonly signal: AbortSignal;
      readonly tell: (progress: EditProgress) => void;
    },
  ): Promise<EditPlan> {
    const table = await store.table.snapshot();
    const resolve = (ref: string) => resolveImage(table, ref);
    const edits = await Promise.all(request.edits.map((edit) => coreEdit(edit, { resolve, now: how.now() })));
    const made = await editImage(store, resolve(request.ref), {
      edits,
      now: how.now(),
      newHasher: newSha256,
      compressor: compressorOf(request.compression),
      shelf: store.scans,
      signal: how.signal,
      onProgress: how.tell,
    });
    const plan = this.#numbers++;
    this.#plans.set(plan, made);
    return {
      plan,
      before: factsOf(made.before),
      after: factsOf(made.after),
      fresh: made.fresh.map(layerOf),
      freshBytes: made.freshBytes,
      strippedEntries: made.strippedEntries,
      strippedBytes: made.strippedBytes,
      remaining: made.remaining,
    };
  }

  /** Gives the image names, or keeps it without. @throws RangeError when there is no such plan. */
  async keep(store: LocalStore, plan: number, names: readonly string[]): Promise<MadeImage> {
    const made = this.#taken(plan);
    if (made === undefined) throw new RangeError(`no edit ${plan} waits to be kept`);
    const { record } = await made.keep(names);
    return madeView(store, record.id);
  }

  async discard(plan: number): Promise<void> {
    await this.#taken(plan)?.discard();
  }

  #taken(plan: number): EditedImage | undefined {
    const made = this.#plans.get(plan);
    this.#plans.delete(plan);
    return made;
  }
}

/** An image that was made, by the names it has. */
export async function madeView(store: LocalStore, id: EditedImage["after"]["id"]): Promise<MadeImage> {
  const references = referencesOf(await store.table.snapshot(), id);
  return { id, tags: references.filter(({ tag }) => tag !== undefined).map(formatFamiliar) };
}

const layerOf = ({ descriptor, diffID }: DraftLayer) => ({
  digest: descriptor.digest,
  diffID,
  mediaType: descriptor.mediaType,
  size: descriptor.size,
});

const factsOf = ({ id, digest, layers, layerBytes }: ImageFacts): EditedFacts => ({
  id,
  digest,
  layers: layers.map(layerOf),
  layerBytes,
});

async function coreEdit(
  edit: ImageEdit,
  {
    resolve,
    now,
  }: { readonly resolve: (ref: string) => ReturnType<typeof resolveImage>; readonly now: number },
): Promise<CoreEdit> {
  const line = (createdBy: string | undefined) => ({
    created: new Date(now * 1000).toISOString(),
    ...(createdBy !== undefined && { createdBy }),
  });
  switch (edit.kind) {
    case "settings": {
      const { env, labels, platform, ...rest } = edit.change;
      const change = {
        ...rest,
        ...(env !== undefined && { env: namedChange(env) }),
        ...(labels !== undefined && { labels: namedChange(labels) }),
        ...(platform !== undefined && { platform: parsePlatform(platform) }),
      };
      return { kind: "settings", change };
    }
    case "annotations":
      return { kind: "annotations", change: namedChange(edit.change) };
    case "append":
      return { kind: "append", tar: edit.tar, line: line(edit.createdBy) };
    case "append-files": {
      const tar = await composedBlob(composeTar(membersOf(edit.files, now)));
      if (tar === undefined) throw new TypeError("files of a page are Blobs");
      return { kind: "append", tar, line: line(edit.createdBy ?? "files added") };
    }
    case "squash":
      return edit.from === undefined || edit.to === undefined
        ? { kind: "squash" }
        : { kind: "squash", range: { from: edit.from, to: edit.to } };
    case "rebase":
      return { kind: "rebase", from: resolve(edit.from), to: resolve(edit.to) };
    default:
      return edit;
  }
}

function namedChange({ set, unset }: NamedChange) {
  return { ...(set !== undefined && { set: new Map(set) }), ...(unset !== undefined && { unset }) };
}

/** When a file was changed, in seconds since the epoch. Asked here and not in the page, which would wait for the disk. */
export function timeOf({ mtime, content }: NewFile): number | undefined {
  return mtime ?? (content instanceof File ? content.lastModified / 1000 : undefined);
}

/** Files as the members of a layer, with the directories above them. */
function membersOf(files: readonly NewFile[], now: number): TarMember[] {
  const members = new Map<string, TarMember>();
  for (const file of files) {
    const { path, mode, content } = file;
    const parts = path.split("/").filter((part) => part !== "" && part !== ".");
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = `${parts.slice(0, depth).join("/")}/`;
      if (!members.has(folder))
        members.set(folder, { entry: { path: folder, type: "dir", mtime: Math.floor(now) } });
    }
    const entry = {
      path: parts.join("/"),
      type: "file" as const,
      mtime: Math.floor(timeOf(file) ?? now),
      ...(mode !== undefined && { mode }),
    };
    members.set(entry.path, { entry, content });
  }
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
}

/** Kept images that one is built on. */
export async function basesOf(store: LocalStore, ref: string): Promise<Awaited<ReturnType<Making["bases"]>>> {
  const table = await store.table.snapshot();
  const { image } = resolveImage(table, ref);
  const own = await readConfig(store, image.id);
  if (own === undefined) return [];
  const guesses = possibleBases(own.diffIDs, await readConfigs(store, table));
  return guesses.map(({ image: id, layers }) => ({
    id,
    layers,
    tags: referencesOf(table, id)
      .filter(({ tag }) => tag !== undefined)
      .map(formatFamiliar),
  }));
}

/** The images under some names, each of one platform. */
export async function platformsOf(store: LocalStore, refs: readonly string[]): Promise<PlatformChoice[]> {
  const table = await store.table.snapshot();
  const choices: PlatformChoice[] = [];
  for (const ref of refs) {
    const { target } = resolveImage(table, ref);
    const found = await platformImages(store, [target], { newHasher: newSha256 });
    for (const { descriptor, platform, id } of found.images)
      choices.push({ ref, id, digest: descriptor.digest, platform: formatPlatform(platform) });
  }
  return choices;
}

/** Makes one index of images of several platforms. @throws CoreError what `storeIndex` throws. */
export async function makeIndex(
  store: LocalStore,
  { refs, digests, names }: Parameters<Making["makeIndex"]>[0],
  now: number,
): Promise<MadeImage> {
  const table = await store.table.snapshot();
  const roots = refs.map((ref) => resolveImage(table, ref).target);
  const { images, others } = await platformImages(store, roots, { newHasher: newSha256 });
  const wanted = new Set(digests);
  const chosen = images.filter(({ descriptor }) => wanted.has(descriptor.digest));
  const { id } = await storeIndex(store, { images: chosen, others, names }, { newHasher: newSha256, now });
  return madeView(store, id);
}
