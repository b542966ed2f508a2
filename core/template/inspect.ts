import { isCoreError } from "../error.ts";
import { type PlainDocument, untyped } from "./decode.ts";
import { parseTemplate, type TemplateOptions } from "./template.ts";
import type { GoValue } from "./value.ts";

/** A template of `inspect`, for the objects of one command. */
export interface InspectTemplate {
  /**
   * The object as the template shows it: taken from its typed form or, where that fails anywhere, all of it from the raw document, whose
   * missing keys are errors. Once that has happened missing keys are errors for the objects that follow, too.
   * @throws CoreError `template/execute` with the message of the second try, `template/limit`.
   */
  readonly render: (object: { readonly typed: GoValue; readonly raw: PlainDocument }) => string;
}

/** A template that takes objects twice, as `docker inspect -f` does. @throws CoreError `template/parse`, `template/limit`. */
export function parseInspectTemplate(text: string, options: TemplateOptions = {}): InspectTemplate {
  const template = parseTemplate(text, options);
  let strict = false;
  return {
    render({ typed, raw }) {
      try {
        return template.render(typed, { strict });
      } catch (error) {
        if (!isCoreError(error, "template/execute")) throw error;
        strict = true;
        return template.render(untyped(raw, "text"), { strict });
      }
    },
  };
}
