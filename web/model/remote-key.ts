/** Begins the keys of images that are looked at in a registry. */
const MARK = "registry:";

/** What of a registry is looked at. */
export interface RemoteKey {
  readonly reference: string;
  readonly platform?: string | undefined;
}

/** The key in the library, and in the address, of an image in a registry. */
export function remoteKey({ reference, platform }: RemoteKey): string {
  return `${MARK}${reference}${platform === undefined ? "" : ` ${platform}`}`;
}

/** What a key leads to; `undefined` when it is of something else. */
export function parseRemoteKey(key: string): RemoteKey | undefined {
  if (!key.startsWith(MARK)) return undefined;
  const [reference = "", platform] = key.slice(MARK.length).split(" ");
  if (reference === "") return undefined;
  return { reference, ...(platform !== undefined && { platform }) };
}
