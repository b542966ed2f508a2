import {
  compositionSource,
  type SavedArchive,
  type SaveItem,
  type SaveLayout,
  saveArchive,
} from "../../core/archive/mod.ts";
import type { Source } from "../../core/bytes/mod.ts";
import { type Digest, newSha256 } from "../../core/digest/mod.ts";
import { isCoreError, type WireError } from "../../core/error.ts";
import { selectImages } from "../../core/image/mod.ts";
import { formatFamiliar, parsePlatform, parseReference } from "../../core/oci/mod.ts";
import type { TableSnapshot } from "../../core/store/mod.ts";
import type { BrowserStore } from "../store/mod.ts";
import { composedBlob } from "./composed-blob.ts";
import { wireOf } from "./rpc.ts";

/** What to compose; without `refs` everything that is kept. */
export interface ComposeRequest {
  readonly refs?: readonly string[] | undefined;
  readonly layout: SaveLayout;
  readonly platforms: string;
}

/** A composed archive as it goes to the page. */
export interface ComposedView {
  readonly name: string;
  readonly size: number;
  readonly blob: Blob | undefined;
  readonly images: readonly { readonly id: string; readonly tags: readonly string[] }[];
  readonly left: readonly string[];
  readonly problems: readonly WireError[];
}

/** What composing takes. */
export interface ComposeOptions {
  readonly signal: AbortSignal;
  /** Told while a layer is read of which no scan is kept. */
  readonly onRead?: ((done: number, total: number) => void) | undefined;
}

/** An archive over the stored blobs, and all its bytes as a source. @throws CoreError what `selectImages` and `saveArchive` throw. */
export async function compose(
  store: BrowserStore,
  request: ComposeRequest,
  options: ComposeOptions,
): Promise<{ readonly view: ComposedView; readonly source: Source }> {
  const table = await store.table.snapshot();
  const { refs } = request;
  const problems: WireError[] = [];
  const items = refs === undefined ? allItems(table) : selectImages(table, refs);
  const save = (some: readonly SaveItem[]): Promise<SavedArchive> =>
    saveArchive(store, some, {
      layout: request.layout,
      newHasher: newSha256,
      scans: store.scans,
      signal: options.signal,
      ...(request.platforms === "all" ? {} : { platform: parsePlatform(request.platforms) }),
      ...(options.onRead && {
        onRead: (_: Digest, done: number, total: number) => options.onRead?.(done, total),
      }),
    });
  const whole = refs === undefined ? await wholeOnes(items, save, problems) : items;
  const { composition, images, left } = await save(whole);
  const blob = await composedBlob(composition);
  return {
    view: {
      name: fileName(refs),
      size: composition.size,
      blob,
      images: images.map(({ id, names }) => ({
        id,
        tags: names.map((name) => formatFamiliar(parseReference(name))),
      })),
      left: left.map(({ digest }) => digest),
      problems,
    },
    source: blob ?? compositionSource(composition),
  };
}

/** Every image with every root that it or one of its names is kept by. */
function allItems({ names, images }: TableSnapshot): SaveItem[] {
  const items = new Map<string, SaveItem & { names: string[] }>();
  const itemOf = (image: Digest, target: SaveItem["target"]): { names: string[] } => {
    const key = `${image} ${target.digest}`;
    const item = items.get(key) ?? { image, target, names: [], parent: images.get(image)?.parent };
    items.set(key, item);
    return item;
  };
  // The root that an image is kept by comes first, since the first to be loaded is the one that it will be kept by.
  for (const { id, target } of images.values()) itemOf(id, target);
  for (const { name, image, target } of names.values()) {
    if (parseReference(name).digest === undefined) itemOf(image, target).names.push(name);
  }
  return [...items.values()];
}

/** Those that are there in full; of the others, why not. */
async function wholeOnes(
  items: readonly SaveItem[],
  save: (items: readonly SaveItem[]) => Promise<SavedArchive>,
  problems: WireError[],
): Promise<readonly SaveItem[]> {
  try {
    await save(items);
    return items;
  } catch (error) {
    if (!isCoreError(error)) throw error;
  }
  const whole: SaveItem[] = [];
  for (const item of items) {
    try {
      await save([item]);
      whole.push(item);
    } catch (error) {
      if (!isCoreError(error)) throw error;
      problems.push(wireOf(error));
    }
  }
  return whole;
}

/** `app_1.tar`, `app_1+2.tar` for one of three. */
function fileName(refs: readonly string[] | undefined): string {
  if (refs === undefined) return "breakbulk-images.tar";
  const first = (refs[0] ?? "images").replace(/^sha256:/, "").replace(/[^\w.-]+/g, "_");
  const short = /^[0-9a-f]{64}$/.test(first) ? first.slice(0, 12) : first;
  return refs.length > 1 ? `${short}+${refs.length - 1}.tar` : `${short}.tar`;
}
