import type { HeaderFields } from "../tar/mod.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

/** A path as a header takes it: text, and its bytes only where the text cannot give them back. */
export function pathFields(bytes: Uint8Array): Pick<HeaderFields, "path" | "pathBytes"> {
  const path = lossy.decode(bytes);
  return isUtf8(bytes) ? { path } : { path, pathBytes: bytes.slice() };
}

/** A link target, by the rule of {@link pathFields}. */
export function linkFields(bytes: Uint8Array): Pick<HeaderFields, "link" | "linkBytes"> {
  const link = lossy.decode(bytes);
  return isUtf8(bytes) ? { link } : { link, linkBytes: bytes.slice() };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
