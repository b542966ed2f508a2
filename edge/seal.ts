/** What a sealed text is for; one made for another purpose does not open. */
export type SealPurpose = "token" | "refresh" | "upload";

/** Encrypts what the proxy hands to a client to get it back unread and unchanged: upstream tokens, upload addresses. */
export interface Sealer {
  /** `content` as letters, digits, `-` and `_`, until `expires` (seconds since the epoch). It grows by about two fifths and 60 bytes. */
  seal(purpose: SealPurpose, content: unknown, expires: number): Promise<string>;
  /** What was sealed, or `undefined` when it is forged, broken, for another purpose, or past its time. */
  open(purpose: SealPurpose, text: string): Promise<unknown>;
}

/** Bytes of a nonce; random ones are safe for 2^32 seals of one key. @see NIST SP 800-38D §8.3 */
const NONCE = 12;

/** Longer texts are not ours: headers end long before. */
const LONGEST = 32_768;

/**
 * A sealer under `secrets`: the first seals, all of them open, so that one can be replaced without throwing out what is on its way. With
 * none, under a random key that is gone with the process.
 */
export function createSealer(policy: {
  readonly secrets: readonly string[];
  readonly nowMs: () => number;
}): Sealer {
  // Not before it is needed: Workers have no random numbers while a module loads.
  let keys: Promise<readonly CryptoKey[]> | undefined;
  const load = (): Promise<readonly CryptoKey[]> => {
    keys ??= Promise.all(
      (policy.secrets.length === 0 ? [crypto.getRandomValues(new Uint8Array(32))] : policy.secrets).map(
        deriveKey,
      ),
    );
    return keys;
  };
  return {
    async seal(purpose, content, expires) {
      const [key] = await load();
      if (key === undefined) throw new TypeError("a sealer has at least one key");
      const iv = crypto.getRandomValues(new Uint8Array(NONCE));
      const plain = new TextEncoder().encode(JSON.stringify([Math.floor(expires), content]));
      const sealed = await crypto.subtle.encrypt(parameters(iv, purpose), key, plain);
      return toBase64Url(iv) + toBase64Url(new Uint8Array(sealed));
    },
    async open(purpose, text) {
      const bytes = text.length > LONGEST ? undefined : fromBase64Url(text);
      if (bytes === undefined || bytes.length <= NONCE + 16) return undefined;
      const algorithm = parameters(bytes.subarray(0, NONCE), purpose);
      for (const key of await load()) {
        const plain = await crypto.subtle
          .decrypt(algorithm, key, bytes.subarray(NONCE))
          .catch(() => undefined);
        if (plain === undefined) continue;
        const envelope: unknown = JSON.parse(new TextDecoder().decode(plain));
        if (!Array.isArray(envelope) || !(Number(envelope[0]) * 1000 > policy.nowMs())) return undefined;
        return envelope[1];
      }
      return undefined;
    },
  };
}

function parameters(iv: Uint8Array<ArrayBuffer>, purpose: SealPurpose): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`breakbulk ${purpose} 1`) };
}

/** An AES key from a secret. Secrets are long and random by rule, so that one extraction step is enough and no password hash is due. */
async function deriveKey(secret: string | Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const raw = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  const base = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("breakbulk sealed texts 1");
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** Bytes as base64url without padding. @see RFC 4648 §5 */
export function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The inverse of {@link toBase64Url}; `undefined` for what it never writes. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
