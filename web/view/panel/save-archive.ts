import type { SavedImages } from "../../model/images.ts";
import { downloadName } from "../../model/name.ts";
import { chooseTarget, downloadBlob, hasPicker } from "../../platform/save.ts";
import type { Desk } from "../desk.ts";
import { transfer } from "../transfer.ts";

/** Puts a composed archive where the reader wants it; call it in the gesture's own task. */
export async function saveArchive(desk: Desk, saved: SavedImages): Promise<void> {
  const name = downloadName(saved.name);
  if (saved.blob !== undefined && !hasPicker()) {
    // The browser reads the stored parts itself: nothing goes through this page.
    downloadBlob(saved.blob, name);
    desk.say(desk.language.peek().words.save.started(name));
    return;
  }
  const target = await chooseTarget(name);
  if (target !== undefined) await transfer(desk, { name, target }, () => saved.feed());
}
