import type { ListedImage } from "../image/mod.ts";
import type { CommandContext } from "./context.ts";
import { failed } from "./failure.ts";

/** Prints images with what they hold, as `docker images --tree`. */
export async function printImageTree(
  _images: readonly ListedImage[],
  _context: CommandContext,
): Promise<number> {
  throw failed("--tree is not there yet");
}
