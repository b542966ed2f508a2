import type { OpenArchive } from "../../model/engine.ts";
import { baseName, downloadName } from "../../model/name.ts";
import { troubleOf } from "../../model/trouble.ts";
import { chooseTarget, pump } from "../../platform/save.ts";
import type { Desk } from "../desk.ts";

/** How a node goes to disk. */
export const SAVE_FORMATS = ["file", "tar", "zip"] as const;

/** What to save. */
export interface SaveOrder {
  readonly handle: OpenArchive;
  readonly target: { readonly image: number; readonly node: number; readonly layer: number };
  readonly path: string;
  readonly format: (typeof SAVE_FORMATS)[number];
}

let count = 0;

/** Saves a file or folder where the reader wants it, with progress in the library; call it in the gesture's own task. */
export async function saveNode(desk: Desk, order: SaveOrder): Promise<void> {
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
