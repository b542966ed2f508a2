import { rawAddress } from "./route.ts";

/** Header that carries an access key, for clients whose configuration knows headers (containerd's hosts.toml) and for the page. */
export const ACCESS_HEADER = "x-breakbulk-key";

/** Whether a request may use the proxy at all. */
export interface Access {
  /** `open` where no key is needed, `key` with a good one, `none` without one, `wrong` with one that does not fit. */
  readonly by: "open" | "key" | "none" | "wrong";
  /** Which key it was, for counting: its place in the policy. */
  readonly key: number | undefined;
}

/**
 * Takes the key from the front of a path: `/k/<key>/docker.io/v2/` is `/docker.io/v2/`, mounted at `/k/<key>`. It is how clients that can send
 * no header (`registry-mirrors` of dockerd) show one. The path is raw; nothing is decoded, since keys need no escapes.
 */
export function splitKey(path: string): {
  readonly mount: string;
  readonly path: string;
  readonly key: string | undefined;
} {
  const match = /^(\/k\/([^/]*))(\/.*)?$/.exec(path);
  if (match === null) return { mount: "", path, key: undefined };
  return { mount: match[1] ?? "", path: match[3] ?? "/", key: match[2] };
}

/** What the request's path or header shows, judged by the policy. A bearer of ours, which also opens, is the broker's to judge. */
export function accessOf(request: Request, policy: { readonly accessKeys: readonly string[] }): Access {
  if (policy.accessKeys.length === 0) return { by: "open", key: undefined };
  const offered = request.headers.get(ACCESS_HEADER) ?? splitKey(rawAddress(request.url).path).key;
  if (offered === undefined || offered === "") return { by: "none", key: undefined };
  const key = findKey(offered, policy.accessKeys);
  return key === undefined ? { by: "wrong", key: undefined } : { by: "key", key };
}

/** The place of `offered` among `keys`, or `undefined`; it takes the same time wherever they differ, and whichever it is. */
export function findKey(offered: string, keys: readonly string[]): number | undefined {
  let found: number | undefined;
  keys.forEach((key, at) => {
    let difference = key.length ^ offered.length;
    for (let index = 0; index < key.length; index++)
      difference |= key.charCodeAt(index) ^ offered.charCodeAt(index % Math.max(1, offered.length));
    if (difference === 0) found = at;
  });
  return found;
}

/** Whether a key stands in the query, where logs of everything in between would keep it: such a request is refused. */
export function keyInQuery(query: string, keys: readonly string[]): boolean {
  return keys.some((key) => query.includes(key));
}
