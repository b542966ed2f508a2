import { CoreError } from "../error.ts";
import type { InspectDocument } from "./inspect.ts";

/** A template of documents. */
export interface DocumentTemplate {
  run(document: InspectDocument): string;
}

/** A template for `inspect`. */
export function parseDocumentTemplate(text: string): DocumentTemplate {
  return {
    run(document) {
      return text.replace(/\{\{(.*?)\}\}/g, (_, action: string) => {
        const value = document.get(action.trim().slice(1));
        if (typeof value !== "string" && typeof value !== "number")
          throw new CoreError("command/failed", `stand-in cannot do ${action}`);
        return String(value);
      });
    },
  };
}
