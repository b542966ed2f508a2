import { type ImageParts, imageSize } from "../image/mod.ts";
import { familiarName, parseReference, parseTimestamp } from "../oci/mod.ts";
import { formatElapsed } from "./relative-time.ts";
import { formatSize, shortID } from "./units.ts";

/** One line of `docker images`, in the words of its columns. */
export interface ImageRow {
  readonly Repository: string;
  readonly Tag: string;
  readonly ID: string;
  readonly CreatedSince: string;
  readonly CreatedAt: string;
  readonly Size: string;
  readonly VirtualSize: string;
}

/** What {@link imageRows} takes. */
export interface ImageRowOptions {
  /** Sizes of the layers (`layerSize`); when one is unknown, the sizes are shown as "". */
  readonly sizes: readonly (number | undefined)[];
  /** Milliseconds since the epoch, from the caller's clock. */
  readonly nowMs: number;
  /** `--no-trunc`. */
  readonly whole?: boolean | undefined;
}

/** Seconds of 0001-01-01T00:00:00Z, Go's zero time. */
const ZERO_TIME = -62_135_596_800;

/** The lines of `docker images` for an image: one for each of its tags, in order; one of `<none>` when it has no tag. */
export function imageRows(image: ImageParts, options: ImageRowOptions): ImageRow[] {
  const created = image.config?.created;
  const seconds = (created === undefined ? undefined : parseTimestamp(created)?.seconds) ?? 0;
  const size = imageSize(options.sizes);
  const id = image.id ?? "<missing>";
  const shared = {
    ID: options.whole === true ? id : shortID(id),
    CreatedSince: seconds === ZERO_TIME ? "" : `${formatElapsed(options.nowMs - seconds * 1000)} ago`,
    CreatedAt: `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`,
    Size: size === undefined ? "" : formatSize(size),
    VirtualSize: size === undefined ? "" : formatSize(size, 4),
  };
  const names =
    image.tags.length === 0 ? [{ Repository: "<none>", Tag: "<none>" }] : image.tags.map(splitTag);
  return names.map((name) => ({ ...name, ...shared }));
}

/** A tag that is no reference is shown as it stands. */
function splitTag(tag: string): { readonly Repository: string; readonly Tag: string } {
  try {
    const reference = parseReference(tag);
    return { Repository: familiarName(reference), Tag: reference.tag ?? "<none>" };
  } catch {
    return { Repository: tag, Tag: "<none>" };
  }
}
