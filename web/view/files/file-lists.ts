import { type Signal, signal } from "@preact/signals";
import type { ImageView } from "../../model/engine.ts";
import type { Opened } from "../desk.ts";
import { createReading, type Reading } from "../preview/reading.ts";
import { createFileList, type FileList } from "./file-list.ts";

/** What the reader does in one image's files; it stays while they look at other tabs and images. */
export interface FilesPlace {
  readonly list: FileList;
  readonly reading: Reading;
  /** Where another view wants the cursor to go, by path or by node; taken once the tree can tell. */
  readonly goal: Signal<{ readonly path: string } | { readonly node: number } | undefined>;
}

const places = new WeakMap<Opened, Map<number, FilesPlace>>();

/** The place of `image` in `archive`, made on first use and kept as long as the archive is open. */
export function filesPlace(archive: Opened, image: ImageView): FilesPlace {
  let ofArchive = places.get(archive);
  if (ofArchive === undefined) {
    ofArchive = new Map();
    places.set(archive, ofArchive);
  }
  let place = ofArchive.get(image.index);
  if (place === undefined) {
    const top = Math.max(0, image.layers.length - 1);
    // Of a layer on its own the whiteouts are half the story: they show in its own changes.
    const scope = archive.state.peek().archive?.kind === "layer" ? "layer" : "merged";
    place = {
      list: createFileList(archive.handle, { image: image.index, upTo: top, scope }),
      reading: createReading(archive.handle, image.index),
      goal: signal(undefined),
    };
    ofArchive.set(image.index, place);
  }
  return place;
}

/** What the parts of the file pane share. */
export interface FilePaneProps {
  readonly archive: Opened;
  readonly image: ImageView;
  readonly place: FilesPlace;
}
