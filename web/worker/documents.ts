import type { Archive } from "../../core/archive/mod.ts";
import type { Bytes } from "../../core/bytes/mod.ts";
import { formatInspect, inspectImage } from "../../core/command/mod.ts";
import { imageSize } from "../../core/image/mod.ts";
import type { DocumentKind } from "../model/engine.ts";
import type { ImageTree } from "./image-tree.ts";
import { prettyJson } from "./pretty.ts";

/** A document as text: indented, or `raw` as the archive has it; `undefined` when there is none. */
export function documentOf(
  archive: Archive,
  request: {
    readonly image: number;
    readonly kind: Exclude<DocumentKind, "inspect">;
    readonly raw: boolean;
  },
): string | undefined {
  const bytes = bytesOf(archive, request.image, request.kind);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return request.raw ? text : prettyJson(text);
}

/** What `docker inspect` prints for an image whose layers have been listed; layers that cannot be read count nothing. */
export function inspectDocument({ image, stored }: ImageTree): string {
  const size = imageSize(stored.map(({ contentSize }) => contentSize ?? 0)) ?? 0;
  return formatInspect([inspectImage(image, { size })]);
}

function bytesOf(archive: Archive, image: number, kind: DocumentKind): Bytes | undefined {
  if (kind === "manifest") return archive.images[image]?.manifest?.bytes;
  if (kind === "config") return archive.images[image]?.configBytes;
  return kind === "index" ? archive.documents.index : archive.documents.manifest;
}
