import { isCoreError } from "../../core/error.ts";
import { formatFamiliar, parseReference, withDefaultTag } from "../../core/oci/mod.ts";

/** Why a text cannot name an image: a key of the words' `kept.names.reasons`. */
export type NameFault = "empty" | "lowercase" | "hex" | "long" | "digest" | "reserved" | "format";

/** What a text would name, or why it cannot. */
export type NewName = { readonly name: string } | { readonly fault: NameFault };

function faultOf(reason: unknown): NameFault {
  if (typeof reason !== "string") return "format";
  if (reason.includes("must be lowercase")) return "lowercase";
  if (reason.includes("64-byte")) return "hex";
  if (reason.includes("more than 255")) return "long";
  return "format";
}

/** What `docker tag` would make of `text`: the familiar name with its tag, or why it refuses. */
export function newName(text: string): NewName {
  const trimmed = text.trim();
  if (trimmed === "") return { fault: "empty" };
  try {
    const reference = withDefaultTag(parseReference(trimmed));
    if (reference.digest !== undefined) return { fault: "digest" };
    const name = formatFamiliar(reference);
    return name.startsWith("sha256:") ? { fault: "reserved" } : { name };
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return { fault: faultOf(error.detail["reason"]) };
  }
}
