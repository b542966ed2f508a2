import type { ListedImage } from "../image/mod.ts";
import type { CommandContext } from "./context.ts";
import { formatSize, shortID } from "./units.ts";

const GAP = "   ";
const ID = 12;
const DISK = "DISK USAGE";
const CONTENT = "CONTENT SIZE";
const EXTRA = "EXTRA";
/** Width where there is no terminal. */
const WIDTH = 80;
const LEGEND = "Info ->  U In Use ";

const bold = (text: string): string => `\u001b[39m\u001b[1m${text}\u001b[0m`;

/** Prints images below their names, as `docker images --tree`: the longest name first, the last one beside its ID. */
export async function printImageTree(
  images: readonly ListedImage[],
  { stdout }: CommandContext,
): Promise<void> {
  const width = stdout.terminal ? stdout.columns : WIDTH;
  const others = ID + DISK.length + CONTENT.length + EXTRA.length + 4 * GAP.length;
  const first = Math.max(width - others, ID);
  const heads = [bold("ID") + " ".repeat(ID - 2), bold(DISK), bold(CONTENT), bold(EXTRA)];
  await stdout.write(
    [
      "WARNING: This is an experimental feature. The output may change and shouldn't be depended on.\n",
      `${LEGEND.padStart(width)}\n\n`,
      `${[bold("IMAGE") + " ".repeat(first - "IMAGE".length), ...heads].join(GAP)}\n`,
    ].join(""),
  );
  for (const image of images) {
    const names = [...image.tags].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    const last = names.pop() ?? "<untagged>";
    for (const name of names) await stdout.write(`${name}\n`);
    const cells = [
      last.padEnd(first),
      shortID(image.record.id),
      (image.size === undefined ? "" : formatSize(image.size)).padStart(DISK.length),
      "0B".padStart(CONTENT.length),
      (image.users > 0 ? " U" : "").padEnd(EXTRA.length),
    ];
    await stdout.write(`${cells.join(GAP)}\n`);
  }
}
