import { parseRunConfig, resolveImage } from "../image/mod.ts";
import { familiarName, parseReference } from "../oci/mod.ts";
import type { ContainerRecord, TableSnapshot } from "../store/mod.ts";
import type { Column } from "../template/mod.ts";
import { formatTime } from "./image-rows.ts";
import { formatElapsed } from "./relative-time.ts";
import type { Row } from "./rows.ts";
import { formatSize, shortID } from "./units.ts";
import { truncateText } from "./width.ts";

/** Headings of the fields of a container's row. */
export const CONTAINER_HEADERS: Row = {
  Command: "COMMAND",
  CreatedAt: "CREATED AT",
  ID: "CONTAINER ID",
  Image: "IMAGE",
  Labels: "LABELS",
  LocalVolumes: "LOCAL VOLUMES",
  Mounts: "MOUNTS",
  Names: "NAMES",
  Networks: "NETWORKS",
  Ports: "PORTS",
  RunningFor: "CREATED",
  Size: "SIZE",
  State: "STATE",
  Status: "STATUS",
};

/** Columns of containers that take a word. */
export const CONTAINER_COLUMNS: { readonly [name: string]: Column<Row> } = {
  Label: { parameters: 1, value: (row, name = "") => labelOf(row, name) },
};

const COMMAND_WIDTH = 20;
/** Between a label and the next in a row's own memory: no label has it. */
const SEPARATOR = "\u0000";

/** How rows are shown. */
export interface ContainerRowOptions {
  readonly table: TableSnapshot;
  /** Milliseconds since the epoch, from the caller's clock. */
  readonly nowMs: number;
  /** `--no-trunc`. */
  readonly whole?: boolean | undefined;
  /** Bytes in what was changed, and in the image, where they were asked for. */
  readonly sizes?: ReadonlyMap<string, { readonly own: number; readonly image: number }> | undefined;
}

/** The line of `docker ps` for a container. */
export function containerRow(record: ContainerRecord, options: ContainerRowOptions): Row {
  const { whole = false, nowMs } = options;
  const config = parseRunConfig(record.config);
  const command = commandText([...(config.entrypoint ?? []), ...(config.cmd ?? [])]);
  const labels = [...(config.labels ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  const seconds = Math.floor(record.created);
  const size = options.sizes?.get(record.id);
  return {
    Command: JSON.stringify(whole ? command : truncateText(command, COMMAND_WIDTH)),
    CreatedAt: formatTime(seconds),
    ID: whole ? record.id : shortID(record.id),
    Image: imageText(record, options.table, whole),
    Labels: labels.map(([key, value]) => `${key}=${value}`).join(","),
    LocalVolumes: "0",
    Mounts: "",
    Names: record.name,
    Networks: "bridge",
    Ports: "",
    RunningFor: `${formatElapsed(nowMs - seconds * 1000)} ago`,
    Size: size === undefined ? "" : `${formatSize(size.own)} (virtual ${formatSize(size.own + size.image)})`,
    State: "created",
    Status: "Created",
    [SEPARATOR]: labels.map((pair) => pair.join("=")).join(SEPARATOR),
  };
}

function labelOf(row: Row, name: string): string {
  const pair = row[SEPARATOR]?.split(SEPARATOR).find((label) => label.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) ?? "";
}

/** What is started, with spaces in quotes. */
function commandText([path = "", ...args]: readonly string[]): string {
  return [path, ...args.map((arg) => (arg.includes(" ") ? `'${arg}'` : arg))].join(" ");
}

/** The image by the name it was asked for, as long as that still means it. */
function imageText({ image, imageName }: ContainerRecord, table: TableSnapshot, whole: boolean): string {
  const name = table.images.has(image) && meansStill(table, imageName, image) ? imageName : image;
  if (whole) return name;
  if (shortID(name) === shortID(image)) return shortID(image);
  try {
    const reference = parseReference(name);
    return reference.digest === undefined || reference.tag === undefined
      ? name
      : `${familiarName(reference)}:${reference.tag}`;
  } catch {
    return name;
  }
}

function meansStill(table: TableSnapshot, name: string, image: string): boolean {
  try {
    return resolveImage(table, name).image.id === image;
  } catch {
    return false;
  }
}
