import type { ImageParts } from "../image/mod.ts";
import { formatPlatform, normalizePlatform, type Platform, platformRank } from "../oci/mod.ts";
import { refused } from "./failure.ts";

/**
 * Looks whether an image is of the platform that was asked for.
 * @throws CoreError `command/failed` with Docker's words.
 */
export function checkPlatform(image: ImageParts, name: string, wanted: Platform | undefined): void {
  const own = image.platform;
  if (wanted === undefined || own === undefined || platformRank(wanted, own) !== undefined) return;
  throw refused(
    `image with reference ${name} was found but its platform (${formatPlatform(own)}) does not match the specified platform (${formatPlatform(normalizePlatform(wanted))})`,
  );
}
