export { containerDocument } from "./container-document.ts";
export { inferred, type PlainDocument, untyped } from "./decode.ts";
export { imageDocument } from "./image-document.ts";
export { type InspectTemplate, parseInspectTemplate } from "./inspect.ts";
export { TEMPLATE_LIMITS, type TemplateLimits } from "./limits.ts";
export { type Column, type RowType, rowType } from "./row.ts";
export { type ExecuteOptions, parseTemplate, type Template, type TemplateOptions } from "./template.ts";
export { encodeText } from "./text.ts";
export { type GoValue, mapValue, stringValue, type Value } from "./value.ts";
