import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { parseTemplate, untyped, type Value } from "../../../core/template/mod.ts";
import { NGINX, nginxObject } from "./nginx.ts";
import { RECORDED } from "./recorded.ts";

function outcome(text: string, value: Value, strict: boolean): string {
  try {
    return parseTemplate(text).render(value, { strict });
  } catch (error) {
    if (isCoreError(error)) return `! ${error.message}`;
    throw error;
  }
}

describe("a template gives what Go's gives", () => {
  const raw = untyped(NGINX, "text");

  for (const [text, typed, untypedResult = typed] of RECORDED) {
    it(`typed: ${text}`, () => {
      expect(outcome(text, nginxObject.typed, false)).toBe(typed);
    });

    it(`raw: ${text}`, () => {
      expect(outcome(text, raw, true)).toBe(untypedResult);
    });
  }
});
