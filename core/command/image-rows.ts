import type { ListedImage } from "../image/mod.ts";
import { familiarName, parseReference } from "../oci/mod.ts";
import { formatElapsed } from "./relative-time.ts";
import type { Row } from "./rows.ts";
import { formatSize, shortID } from "./units.ts";

/** Headings of the fields of an image's row. */
export const IMAGE_HEADERS: Row = {
  Containers: "CONTAINERS",
  CreatedAt: "CREATED AT",
  CreatedSince: "CREATED",
  Digest: "DIGEST",
  ID: "IMAGE ID",
  Repository: "REPOSITORY",
  SharedSize: "SHARED SIZE",
  Size: "SIZE",
  Tag: "TAG",
  UniqueSize: "UNIQUE SIZE",
  VirtualSize: "SIZE",
};

/** What rows of an image are made from. */
export interface ImageRowFacts extends Pick<ListedImage, "tags" | "digests" | "created" | "size" | "users"> {
  readonly id: string;
  /** Bytes in layers of other images too; `undefined` when that was not asked. */
  readonly sharedSize?: number | undefined;
}

/** How rows are shown. */
export interface ImageRowOptions {
  /** Milliseconds since the epoch, from the caller's clock. */
  readonly nowMs: number;
  /** `--no-trunc`. */
  readonly whole?: boolean | undefined;
  /** Digests are shown: a row for each. */
  readonly digests?: boolean | undefined;
}

/** Seconds of 0001-01-01T00:00:00Z, Go's zero time. */
const ZERO_TIME = -62_135_596_800;
const NONE = "<none>";
/** What nobody asked for. */
const UNKNOWN = "N/A";

/** The lines of `docker images` for an image: one for each of its tags, in order; those of its repositories without a tag; one of `<none>` when it has no name. */
export function imageRows(image: ImageRowFacts, options: ImageRowOptions): Row[] {
  const seconds = image.created === undefined ? 0 : Math.floor(image.created);
  const { size, sharedSize } = image;
  const row = (Repository: string, Tag: string, Digest: string): Row => ({
    Containers: String(image.users),
    CreatedAt: formatTime(seconds),
    CreatedSince: seconds === ZERO_TIME ? "" : `${formatElapsed(options.nowMs - seconds * 1000)} ago`,
    Digest,
    ID: options.whole === true ? image.id : shortID(image.id),
    Repository,
    SharedSize: sharedSize === undefined ? UNKNOWN : formatSize(sharedSize, 4),
    Size: size === undefined ? "" : formatSize(size),
    Tag,
    UniqueSize: sharedSize === undefined || size === undefined ? UNKNOWN : formatSize(size - sharedSize, 4),
    VirtualSize: size === undefined ? "" : formatSize(size, 4),
  });
  const rows = [...repositories(image)].flatMap(([name, { tags, digests }]) => {
    const shown = options.digests === true && digests.length > 0 ? digests : undefined;
    if (tags.length > 0)
      return tags.flatMap((tag) => (shown ?? [NONE]).map((digest) => row(name, tag, digest)));
    return (shown ?? [""]).map((digest) => row(name, NONE, digest));
  });
  return rows.length > 0 ? rows : [row(NONE, NONE, NONE)];
}

/** Seconds since the epoch as Go prints a time in UTC. */
export function formatTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}

/** The names of an image by repository, in the order of their first one. */
function repositories({
  tags,
  digests,
}: Pick<ImageRowFacts, "tags" | "digests">): Map<string, { tags: string[]; digests: string[] }> {
  const found = new Map<string, { tags: string[]; digests: string[] }>();
  for (const text of [...tags, ...digests]) {
    const reference = parseReference(text);
    const name = familiarName(reference);
    const own = found.get(name) ?? { tags: [], digests: [] };
    found.set(name, own);
    if (reference.digest === undefined) own.tags.push(reference.tag ?? NONE);
    else own.digests.push(reference.digest);
  }
  return found;
}
