import type { Archive } from "../../core/archive/mod.ts";
import type { Bytes } from "../../core/bytes/mod.ts";
import type { DocumentKind } from "../model/engine.ts";
import { prettyJson } from "./pretty.ts";

/** A document of an image as text: indented, or `raw` as the archive has it; `undefined` when there is none. */
export function documentOf(
  archive: Archive,
  request: { readonly image: number; readonly kind: DocumentKind; readonly raw: boolean },
): string | undefined {
  const bytes = bytesOf(archive, request.image, request.kind);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return request.raw ? text : prettyJson(text);
}

function bytesOf(archive: Archive, image: number, kind: DocumentKind): Bytes | undefined {
  if (kind === "manifest") return archive.images[image]?.manifest?.bytes;
  if (kind === "config") return archive.images[image]?.configBytes;
  if (kind === "index") return archive.documents.index;
  if (kind === "archive-manifest") return archive.documents.manifest;
  return undefined;
}
