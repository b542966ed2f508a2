import { describe, expect, it } from "vitest";
import { CoreError } from "../../../core/error.ts";
import { storeFailure } from "../../../web/store/failure.ts";

const attempt = { what: "store sha256:00", needed: 500 };

describe("storeFailure", () => {
  it.each([
    ["QuotaExceededError", "", "store/full"],
    ["UnknownError", "Encountered full disk while opening backing store", "store/full"],
    ["UnknownError", "Internal error", undefined],
    ["InvalidStateError", "The database connection is closing.", "store/closed"],
    ["NotReadableError", "The file could not be read", "store/unreadable"],
    ["ConstraintError", "Key already exists", undefined],
  ])("gives %s %j the code %s", async (name, message, code) => {
    const error = new DOMException(message, name);
    const failure = await storeFailure(error, attempt);
    if (code === undefined) expect(failure).toBe(error);
    else expect(failure).toMatchObject({ code, cause: error });
  });

  it("STORE-23 names what was to be stored and how many bytes are missing", async () => {
    expect(await storeFailure(new DOMException("", "QuotaExceededError"), attempt)).toMatchObject({
      message: "Cannot store sha256:00: the browser has no room for 500 more bytes",
      detail: { needed: 500, missing: 500 },
    });
  });

  it("lets our own errors, misuse and what is no error pass as they are", async () => {
    for (const error of [new CoreError("store/conflict", "x"), new TypeError("x"), "reason", undefined])
      expect(await storeFailure(error, attempt)).toBe(error);
  });
});
