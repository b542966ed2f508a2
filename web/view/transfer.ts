import type { ByteFeed } from "../model/engine.ts";
import { troubleOf } from "../model/trouble.ts";
import { pump, type SaveTarget } from "../platform/save.ts";
import type { Desk } from "./desk.ts";

let count = 0;

/** Moves what `open` gives to `target`, with progress in the library and a way to stop it. Failures become notices. */
export async function transfer(
  desk: Desk,
  { name, target }: { readonly name: string; readonly target: SaveTarget },
  open: (signal: AbortSignal) => Promise<ByteFeed>,
): Promise<void> {
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
    const feed = await open(end.signal);
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
