import { isCoreError } from "../error.ts";
import { encodeText, type InspectTemplate, inferred, parseInspectTemplate } from "../template/mod.ts";
import { failed } from "./failure.ts";
import { formatJson, type Writable } from "./json.ts";

/** Exit code of a template that cannot be parsed. */
const BAD_TEMPLATE = 64;

/** A template for documents. @throws CoreError `command/failed` with Docker's words. */
export function documentTemplate(format: string): InspectTemplate {
  try {
    return parseInspectTemplate(format);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    throw failed(`template parsing error: ${error.message}`, { status: BAD_TEMPLATE }, error);
  }
}

/** What a template makes of one document. @throws CoreError `command/failed` with Docker's words. */
export function rendered(
  template: InspectTemplate,
  object: Parameters<InspectTemplate["render"]>[0],
): string {
  try {
    return template.render(object);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    throw failed(`template parsing error: ${error.message}`, {}, error);
  }
}

/** One document as `--format` asks for it: `json`, or a template; what is printed, the final newline included. */
export function formatDocument(
  document: ReadonlyMap<string, Writable>,
  format: string,
): Uint8Array<ArrayBuffer> {
  const text =
    format === "json" || format === "{{json .}}"
      ? formatJson(document)
      : rendered(documentTemplate(format), { typed: inferred("document", document), raw: document });
  return encodeText(`${text}\n`);
}
