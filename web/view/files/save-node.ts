import type { OpenArchive } from "../../model/engine.ts";
import { baseName, downloadName } from "../../model/name.ts";
import { troubleOf } from "../../model/trouble.ts";
import { chooseTarget, pump } from "../../platform/save.ts";
import type { Desk } from "../desk.ts";
import type { FilesPlace } from "./file-lists.ts";

/** What to save. */
interface SaveOrder {
  readonly handle: OpenArchive;
  readonly target: { readonly image: number; readonly node: number; readonly layer: number };
  readonly path: string;
  readonly format: "file" | "tar" | "zip";
}

/** The formats in which what the cursor is on can be saved; none for what has no bytes. */
export function saveFormats({ list, reading }: FilesPlace): readonly SaveOrder["format"][] {
  const type = list.selected.value === undefined ? undefined : reading.facts.value?.row.type;
  if (type === undefined || reading.asOf.value === undefined) return [];
  if (type === "dir") return ["tar", "zip"];
  // A link has bytes when it leads to a file.
  return type === "file" || reading.content.value !== undefined ? ["file"] : [];
}

/** Saves what the cursor is on; nothing where it cannot be saved so. */
export async function saveSelected(
  desk: Desk,
  {
    handle,
    image,
    place,
  }: { readonly handle: OpenArchive; readonly image: number; readonly place: FilesPlace },
  format = saveFormats(place)[0],
): Promise<void> {
  const facts = place.reading.facts.peek();
  const layer = place.reading.asOf.peek();
  if (facts === undefined || layer === undefined || format === undefined) return;
  await saveNode(desk, { handle, target: { image, node: facts.node, layer }, path: facts.path, format });
}

let count = 0;

/** Saves a file or folder where the reader wants it, with progress in the library; call it in the gesture's own task. */
async function saveNode(desk: Desk, order: SaveOrder): Promise<void> {
  const base = order.path === "/" ? "root" : baseName(order.path);
  const name = downloadName(base, order.format === "file" ? "" : `.${order.format}`);
  const target = await chooseTarget(name);
  if (target === undefined) return;
  const { words } = desk.language.value;
  const end = new AbortController();
  count += 1;
  const id = count;
  const change = (done: number, total: number | undefined) => {
    desk.transfers.value = desk.transfers.value.map((entry) =>
      entry.id === id ? { ...entry, done, total } : entry,
    );
  };
  desk.transfers.value = [
    ...desk.transfers.value,
    { id, name, done: 0, total: undefined, cancel: () => end.abort() },
  ];
  desk.say(words.save.started(name));
  let shownAt = 0;
  try {
    const feed = await order.handle.save(order.target, order.format, end.signal);
    await pump(feed, target, {
      signal: end.signal,
      report(done) {
        const now = performance.now();
        if (now - shownAt < 50) return;
        shownAt = now;
        change(done, feed.size);
      },
    });
    desk.say(words.save.finished(name));
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === undefined) desk.say(words.save.cancelled(name));
    else desk.fail(words.save.failed(name), trouble);
  } finally {
    desk.transfers.value = desk.transfers.value.filter((entry) => entry.id !== id);
  }
}
