import { describe, expect, it } from "vitest";
import { type Digest, newSha256, sha256Digest, verifying } from "../../../core/digest/mod.ts";
import { CoreError } from "../../../core/error.ts";

const bytes = new TextEncoder().encode("break bulk");
const digest = sha256Digest(bytes);
const other: Digest = `sha256:${"0".repeat(64)}`;

function failure(run: () => void): CoreError {
  try {
    run();
  } catch (error) {
    if (error instanceof CoreError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("verifying", () => {
  it("accepts the right bytes under any chunking, with or without a size", () => {
    for (const size of [undefined, bytes.length]) {
      for (let step = 1; step <= bytes.length; step++) {
        const verifier = verifying(digest, size);
        for (let at = 0; at < bytes.length; at += step) verifier.push(bytes.subarray(at, at + step));
        verifier.end();
        expect(verifier.verifiable).toBe(true);
      }
    }
  });

  it("names expected and found digest and the size when bytes differ", () => {
    const verifier = verifying(other, bytes.length);
    verifier.push(bytes);
    const error = failure(() => verifier.end());
    expect(error.code).toBe("digest/mismatch");
    expect(error.message).toBe(`Cannot verify ${other}: digest of ${bytes.length} bytes is ${digest}`);
    expect(error.detail).toEqual({
      expected: other,
      found: digest,
      expectedSize: bytes.length,
      foundSize: bytes.length,
    });
  });

  it("says that bytes are missing when the stream ends early", () => {
    const verifier = verifying(digest, bytes.length);
    verifier.push(bytes.subarray(1));
    const error = failure(() => verifier.end());
    expect(error.message).toBe(
      `Cannot verify ${digest}: digest of ${bytes.length - 1} bytes is ${sha256Digest(bytes.subarray(1))}, expected ${bytes.length} bytes`,
    );
  });

  it("stops at the first byte too many", () => {
    const verifier = verifying(digest, bytes.length);
    verifier.push(bytes);
    const error = failure(() => verifier.push(Uint8Array.of(0)));
    expect(error.code).toBe("digest/mismatch");
    expect(error.detail).toEqual({
      expected: digest,
      expectedSize: bytes.length,
      foundSize: bytes.length + 1,
    });
  });

  it("refuses a wrong size even where the digest is right", () => {
    const verifier = verifying(digest, bytes.length + 1);
    verifier.push(bytes);
    expect(failure(() => verifier.end()).message).toBe(
      `Cannot verify ${digest}: size is ${bytes.length} bytes, expected ${bytes.length + 1}`,
    );
  });

  it("passes an unregistered or other algorithm through and says that it is not verifiable", () => {
    for (const digest of ["sha384:abc", `sha512:${"0".repeat(128)}`] as const) {
      const verifier = verifying(digest, bytes.length);
      verifier.push(bytes);
      verifier.end();
      expect(verifier.verifiable).toBe(false);
      const short = verifying(digest, bytes.length + 1);
      short.push(bytes);
      expect(failure(() => short.end()).code).toBe("digest/mismatch");
    }
  });

  it("refuses a malformed digest before any byte", () => {
    expect(failure(() => verifying("sha256:12", undefined)).code).toBe("digest/invalid");
  });

  it("uses the hasher it is given", () => {
    let made = 0;
    const verifier = verifying(digest, undefined, () => {
      made++;
      return newSha256();
    });
    verifier.push(bytes);
    verifier.end();
    expect(made).toBe(1);
  });
});
