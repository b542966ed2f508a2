import { ancestors, historyLines, type ImageParts } from "../image/mod.ts";
import { parseTimestamp } from "../oci/mod.ts";
import { formatElapsed } from "./relative-time.ts";
import { formatSize, shortID } from "./units.ts";
import { truncateText } from "./width.ts";

/** One line of `docker history`, in the words of its columns. */
export interface HistoryRow {
  readonly ID: string;
  readonly CreatedSince: string;
  readonly CreatedAt: string;
  readonly CreatedBy: string;
  readonly Size: string;
  readonly Comment: string;
}

/** What {@link historyRows} takes. */
export interface HistoryRowOptions {
  /** Sizes of the layers (`layerSize`); unknown ones are shown as "". */
  readonly sizes: readonly (number | undefined)[];
  /** Milliseconds since the epoch, from the caller's clock. */
  readonly nowMs: number;
  /** Images among which parents are looked for. */
  readonly images?: Iterable<ImageParts> | undefined;
  /** `--no-trunc`. */
  readonly whole?: boolean | undefined;
  /** `--human`, by default true. */
  readonly human?: boolean | undefined;
}

const CREATED_BY_WIDTH = 45;
/** Dates up to this one are taken for none: 2000-01-01T00:00:00Z, in seconds. */
const FIRST_DATE = 946_684_800;

/** The lines of `docker history`, newest first, in UTC. An image without history has none. */
export function historyRows(image: ImageParts, options: HistoryRowOptions): HistoryRow[] {
  const { human = true, whole = false, nowMs } = options;
  const ids = [image.id, ...ancestors(image, options.images ?? []).map((parent) => parent.id)];
  const lines = historyLines(image, options.sizes).reverse();
  return lines.map(({ entry, size }, index): HistoryRow => {
    const id = ids[index] ?? "<missing>";
    const seconds = (entry.created === undefined ? undefined : parseTimestamp(entry.created)?.seconds) ?? 0;
    const createdAt = formatSeconds(seconds);
    const createdBy = entry.createdBy.replaceAll("\t", " ");
    const since = seconds <= FIRST_DATE ? "N/A" : `${formatElapsed(nowMs - seconds * 1000)} ago`;
    return {
      ID: whole ? id : shortID(id),
      CreatedSince: human ? since : createdAt,
      CreatedAt: createdAt,
      CreatedBy: whole ? createdBy : truncateText(createdBy, CREATED_BY_WIDTH),
      Size: size === undefined ? "" : human ? formatSize(size) : String(size),
      Comment: entry.comment ?? "",
    };
  });
}

/** RFC 3339 in UTC without a fraction; `Date` spells years beyond 9999 with a sign, which no image has. */
function formatSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
