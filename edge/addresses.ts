import { clientPath, type Entry } from "./route.ts";

/** What an upstream's address of its own is turned into the client's by. */
export interface Mapping {
  /** Origin and path before `/v2/` of the upstream. */
  readonly base: string;
  /** The repository at the upstream. */
  readonly repository: string;
  /** The repository as the client calls it, without the registry. */
  readonly name: string;
  readonly entry: Entry;
}

/** An address that an upstream said, absolute, with its query untouched. */
export interface Said {
  readonly url: URL;
  /** The query as it was written, without `?`; `URL` would encode some of it anew, and signatures with it. */
  readonly query: string;
}

/** The address that a `Location` or a link's target means, said in an answer from `from`; `undefined` when it is none. */
export function readAddress(text: string, from: URL): Said | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || /[\0\r\n]/.test(trimmed)) return undefined;
  let url: URL;
  try {
    url = new URL(trimmed, from);
  } catch {
    return undefined;
  }
  const bare = trimmed.replace(/#.*$/, "");
  const mark = bare.indexOf("?");
  return { url, query: mark < 0 ? "" : bare.slice(mark + 1) };
}

/**
 * What stands behind the repository in an address of the upstream, `/blobs/uploads/<session>` for instance, or `undefined` when the address is
 * of another host or another repository.
 */
export function pathInRepository(said: Said, mapping: Mapping): string | undefined {
  const root = `/${mapping.repository}`;
  const path = pathAtHome(said, mapping.base);
  return path?.startsWith(`${root}/`) === true ? path.slice(root.length) : undefined;
}

/**
 * What stands behind `/v2` in an address of the upstream at `base`, or `undefined` when it is another host's. The scheme may differ: registries behind
 * a TLS terminator often say http.
 */
export function pathAtHome(said: Said, base: string): string | undefined {
  const home = new URL(base);
  if (said.url.host !== home.host) return undefined;
  const { pathname } = said.url;
  const roots = [`${home.pathname.replace(/\/$/, "")}/v2`, "/v2"];
  const root = roots.find((root) => pathname.startsWith(`${root}/`));
  return root === undefined ? undefined : pathname.slice(root.length);
}

/** The client's path to what an upstream's address names below the mapped repository; `undefined` when it names anything else. */
export function mapAddress(said: Said, mapping: Mapping): string | undefined {
  const path = pathInRepository(said, mapping);
  // An `ns` of the upstream's own would be taken for the client's.
  if (path === undefined || /(?:^|&)ns=/.test(said.query)) return undefined;
  return clientPath(mapping.entry, mapping.name, { path, query: said.query });
}

/** One link: its target, in brackets or bare, and its parameters. */
const LINK = /\s*(?:<([^>]*)>|([^\s;,<>]+))((?:\s*;[^,";]*(?:"[^"]*"[^,";]*)?)*)(?:,|$)/y;

/**
 * The target of the `rel="next"` link of a `Link` header: in brackets as the grammar wants it, or bare as some registries write it.
 * @see RFC 8288 §3
 */
export function nextTarget(header: string | null): string | undefined {
  if (header === null || header.length > 16_384) return undefined;
  LINK.lastIndex = 0;
  while (LINK.lastIndex < header.length) {
    const match = LINK.exec(header);
    if (match === null) return undefined;
    const [, inBrackets, bare, params = ""] = match;
    if (/;\s*rel\s*=\s*"?next"?\s*(?:;|$)/i.test(params)) return inBrackets ?? bare;
  }
  return undefined;
}
