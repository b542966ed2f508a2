import type { ReadOptions } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import type { Fields } from "../oci/mod.ts";
import { fieldsIn, readWhole } from "./read-answer.ts";
import type { Scope } from "./scope.ts";
import type { Transport } from "./transport.ts";

/**
 * The URL of the next page that a `Link` header names, in angle brackets or without; `undefined` when there is none, or it is on another host, where
 * nobody's credentials may go.
 * @see RFC 8288 §3
 */
export function nextPage(link: string | null, base: string): string | undefined {
  for (const one of (link ?? "").slice(0, 16_384).matchAll(LINK)) {
    const target = one[1] ?? one[2] ?? "";
    if (!NEXT.test(one[3] ?? "")) continue;
    try {
      const url = new URL(target, base);
      return url.origin === new URL(base).origin && url.username === "" && url.password === ""
        ? url.href
        : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** One link: its target in brackets (1) or bare (2), and its parameters (3), whose quoted values may hold commas. */
const LINK = /(?:<([^<>]*)>|([^\s<>;,]+))((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s|;|,|$))/i;

/**
 * The pages of a list, from the first on. A server whose pages lead round in a circle is stopped.
 * @throws CoreError `registry/*`; `bytes/limit` after too many pages or bytes.
 */
export async function* readPages(
  transport: Transport,
  ask: ReadOptions & {
    readonly url: string;
    readonly document: string;
    readonly scopes: readonly Scope[];
    readonly headers?: Readonly<Record<string, string>> | undefined;
  },
): AsyncGenerator<{ readonly fields: Fields; readonly response: Response }, void, void> {
  const { pages, page, list } = transport.limits;
  let left = list;
  const seen = new Set<string>();
  for (let url: string | undefined = ask.url; url !== undefined; ) {
    if (seen.size >= pages) {
      throw new CoreError("bytes/limit", `Cannot read ${ask.document}: it has more than ${pages} pages`, {
        document: ask.document,
        limit: pages,
      });
    }
    seen.add(url);
    const { scopes, headers, signal, document } = ask;
    const answer = await transport.send({ method: "GET", url, scopes, headers, signal });
    const limit = Math.min(page, left);
    const bytes = await readWhole(answer.response, { document, limit, patience: transport, signal });
    left -= bytes.length;
    yield { fields: fieldsIn(bytes, document), response: answer.response };
    const next = nextPage(answer.response.headers.get("link"), answer.url);
    url = next === undefined || seen.has(next) ? undefined : next;
  }
}
