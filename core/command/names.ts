import { parseReference, type Reference } from "../oci/mod.ts";
import { asClient } from "./failure.ts";

/** The reference that somebody typed. @throws CoreError `command/failed` with Docker's words and nothing before them. */
export function typedReference(text: string): Promise<Reference> {
  return asClient(() => parseReference(text));
}
