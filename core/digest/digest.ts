import { CoreError } from "../error.ts";

/** Digest as text, `algorithm:encoded`, for instance `sha256:` and 64 lower-case hex digits. {@link isDigest} tells. */
export type Digest = `${string}:${string}`;

/** The two halves of a {@link Digest}. */
export interface ParsedDigest {
  readonly algorithm: string;
  readonly encoded: string;
}

/** Hex digits of the registered algorithms; any other is passed through by its grammar alone. */
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha512", 128],
  ["blake3", 64],
]);

const ALGORITHM = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*$/;
const ENCODED = /^[a-zA-Z0-9=_-]+$/;
const LOWER_HEX = /^[0-9a-f]+$/;

/** A registered algorithm's digest is short; an unregistered one's has no bound of its own, and goes into names and messages. */
const MAX_LENGTH = 1024;

/**
 * The algorithm and the encoded hash of a digest. Those registered must have their exact number of lower-case hex digits.
 * @throws CoreError `digest/invalid` when `text` is no digest.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
 */
export function parseDigest(text: string): ParsedDigest {
  const flaw = flawOf(text);
  if (flaw !== undefined) {
    const shown = JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
    throw new CoreError("digest/invalid", `Cannot parse digest ${shown}: ${flaw}`, {
      text: text.slice(0, MAX_LENGTH),
    });
  }
  const colon = text.indexOf(":");
  return { algorithm: text.slice(0, colon), encoded: text.slice(colon + 1) };
}

/** Whether {@link parseDigest} takes `text`. */
export function isDigest(text: string): text is Digest {
  return flawOf(text) === undefined;
}

/** What is wrong with `text`, as the end of a message, or `undefined` when it is a digest. */
function flawOf(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return `it has ${text.length} characters, expected at most ${MAX_LENGTH}`;
  const colon = text.indexOf(":");
  if (colon < 0) return "it has no colon, expected algorithm:encoded";
  const algorithm = text.slice(0, colon);
  const encoded = text.slice(colon + 1);
  if (!ALGORITHM.test(algorithm)) return `algorithm is ${JSON.stringify(algorithm)}`;
  const digits = HEX_DIGITS.get(algorithm);
  if (digits === undefined)
    return ENCODED.test(encoded) ? undefined : "the part after the colon is malformed";
  if (encoded.length !== digits)
    return `${encoded.length} digits after the colon, expected ${digits} for ${algorithm}`;
  return LOWER_HEX.test(encoded) ? undefined : "the digits after the colon are not lower-case hex";
}
