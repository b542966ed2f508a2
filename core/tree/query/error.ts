import { CoreError } from "../../error.ts";

/** *Cannot read filter "(a": a ( is not closed*. */
export function queryError(text: string, why: string): CoreError {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return new CoreError("tree/query", `Cannot read filter ${JSON.stringify(shown)}: ${why}`, {
    text: shown,
    why,
  });
}
