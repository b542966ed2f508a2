import type { GoValue } from "../template/mod.ts";
import type { InspectDocument } from "./inspect.ts";

/** What a word means, as a document and as Docker's types have it. */
export interface FoundDocument {
  readonly raw: InspectDocument;
  readonly typed: () => GoValue;
}
