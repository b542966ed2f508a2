import { CoreError } from "../error.ts";
import { type Digest, parseDigest } from "./digest.ts";
import type { NewHasher } from "./hasher.ts";
import { newSha256 } from "./sha256.ts";

/** The digest of bytes in memory. */
export function sha256Digest(bytes: Uint8Array, newHasher: NewHasher = newSha256): Digest {
  const hasher = newHasher();
  hasher.update(bytes);
  return `sha256:${hasher.hex()}`;
}

/** Checks bytes against what they are stored under, as they pass. Made by {@link verifying}. */
export interface Verifier {
  /** Whether the digest can be checked at all: its algorithm is sha256. Where it is not, only the size is. */
  readonly verifiable: boolean;
  /**
   * Takes the next bytes, which may be reused once it returns.
   * @throws CoreError `digest/mismatch` as soon as there are more bytes than expected.
   */
  push(chunk: Uint8Array): void;
  /**
   * Ends it; what has passed is right when it returns and {@link verifiable} is true.
   * @throws CoreError `digest/mismatch` naming expected and found digest and size.
   */
  end(): void;
}

/**
 * A check that bytes are the `size` bytes (any number when `undefined`) of digest `expected`. Nothing that passed may be believed
 * before `end()` has returned.
 * @throws CoreError `digest/invalid` when `expected` is no digest.
 */
export function verifying(
  expected: Digest,
  size: number | undefined,
  newHasher: NewHasher = newSha256,
): Verifier {
  const { algorithm } = parseDigest(expected);
  const hasher = algorithm === "sha256" ? newHasher() : undefined;
  let passed = 0;
  return {
    verifiable: hasher !== undefined,
    push(chunk) {
      passed += chunk.length;
      if (size !== undefined && passed > size) {
        throw new CoreError(
          "digest/mismatch",
          `Cannot verify ${expected}: there are at least ${passed} bytes, expected ${size}`,
          { expected, expectedSize: size, foundSize: passed },
        );
      }
      hasher?.update(chunk);
    },
    end() {
      const found = hasher === undefined ? undefined : `sha256:${hasher.hex()}`;
      const sizeDiffers = size !== undefined && passed !== size;
      const digestDiffers = found !== undefined && found !== expected;
      if (!sizeDiffers && !digestDiffers) return;
      const tail = sizeDiffers ? `, expected ${size} bytes` : "";
      throw new CoreError(
        "digest/mismatch",
        digestDiffers
          ? `Cannot verify ${expected}: digest of ${passed} bytes is ${found}${tail}`
          : `Cannot verify ${expected}: size is ${passed} bytes, expected ${size}`,
        {
          expected,
          foundSize: passed,
          ...(found === undefined ? {} : { found }),
          ...(size === undefined ? {} : { expectedSize: size }),
        },
      );
    },
  };
}
