import type { OpenArchive } from "../../model/engine.ts";
import { baseName, downloadName } from "../../model/name.ts";
import { chooseTarget } from "../../platform/save.ts";
import type { Desk } from "../desk.ts";
import { transfer } from "../transfer.ts";
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

/** Saves a file or folder where the reader wants it, with progress in the library; call it in the gesture's own task. */
async function saveNode(desk: Desk, order: SaveOrder): Promise<void> {
  const base = order.path === "/" ? "root" : baseName(order.path);
  const name = downloadName(base, order.format === "file" ? "" : `.${order.format}`);
  const target = await chooseTarget(name);
  if (target === undefined) return;
  await transfer(desk, { name, target }, (signal) => order.handle.save(order.target, order.format, signal));
}
