import { describe, expect, it } from "vitest";

/** What the host says it is, so that a green run cannot be a run on the wrong runtime. */
function runtime(): string {
  if ("Deno" in globalThis) return "deno";
  if ("document" in globalThis) return navigator.userAgent.includes("Chrome") ? "chromium" : "browser";
  return "node";
}

describe("the test run", () => {
  it("happens on the runtime that its project names", () => {
    expect(runtime()).toBe(import.meta.env["RUNTIME"]);
  });

  it("has the platform pieces that the core stands on", () => {
    for (const name of ["ReadableStream", "Blob", "AbortController", "TextDecoder", "structuredClone"]) {
      expect(typeof Reflect.get(globalThis, name), name).toBe("function");
    }
  });
});
