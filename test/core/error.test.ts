import { describe, expect, it } from "vitest";
import { CoreError, errorFromWire, isCoreError } from "../../core/error.ts";

describe("CoreError", () => {
  it("survives JSON with its code, message, detail and causes", () => {
    const inner = new CoreError("tar/header", "checksum is 1, expected 2", { offset: 512 });
    const outer = new CoreError("bytes/truncated", "Cannot read layer 0", { layer: 0 }, { cause: inner });
    const back = errorFromWire(JSON.parse(JSON.stringify(outer)));
    expect(back).toBeInstanceOf(CoreError);
    expect(back.toJSON()).toEqual(outer.toJSON());
    expect(isCoreError(back.cause, "tar/header")).toBe(true);
  });

  it("keeps a foreign cause as text", () => {
    const wire = new CoreError("bytes/limit", "too large", {}, { cause: new TypeError("no") }).toJSON();
    expect(wire.cause).toBe("TypeError: no");
    expect(errorFromWire(wire).cause).toBe("TypeError: no");
  });

  it("has no cause when none was given", () => {
    expect(new CoreError("bytes/limit", "too large").toJSON()).toEqual({
      code: "bytes/limit",
      message: "too large",
      detail: {},
    });
  });
});
