/** One way in which a server says that it may be convinced. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** By name in lower case; of one that comes twice, the first. Empty when there is a {@link token68} or nothing. */
  readonly params: ReadonlyMap<string, string>;
  /** What stands in place of parameters in schemes such as Negotiate. */
  readonly token68?: string | undefined;
}

/** Characters read of one header. Signed realms of real registries have under 2,000. */
const MOST_CHARACTERS = 16_384;

const SCHEME = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
/** A name, its `=`, and nothing of the value. */
const NAME = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*/y;
const TOKEN68 = /([A-Za-z0-9._~+/-]+=*)[ \t]*(?=,|$)/y;
/** Values without quotes should be tokens; some servers write URLs so. */
const BARE = /[^\s,"]*/y;
const QUOTED = /"((?:[^"\\]|\\[^])*)(?:"|\\?$)/y;
const SPACE = /[ \t]*/y;
const SEPARATORS = /[ \t,]*/y;

/**
 * The challenges of one or more `WWW-Authenticate` headers, joined by commas as `fetch` joins them, in their order. What breaks the grammar
 * is passed over: a server that says something else beside it is still understood. Takes time in proportion to the length.
 * @see RFC 9110 §11.6.1
 */
export function parseChallenges(header: string | null | undefined): Challenge[] {
  const text = (header ?? "").slice(0, MOST_CHARACTERS);
  const found: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(SEPARATORS);
    if (at >= text.length) return found;
    const scheme = take(SCHEME)?.[0].toLowerCase();
    if (scheme === undefined) {
      at++;
      continue;
    }
    take(SPACE);
    const token68 = take(TOKEN68)?.[1];
    const params = new Map<string, string>();
    if (token68 === undefined) {
      for (;;) {
        take(SEPARATORS);
        const name = take(NAME)?.[1]?.toLowerCase();
        if (name === undefined) break;
        const quoted = take(QUOTED)?.[1];
        const value = quoted === undefined ? (take(BARE)?.[0] ?? "") : quoted.replace(/\\([^])/g, "$1");
        if (!params.has(name)) params.set(name, value);
      }
    }
    found.push({ scheme, params, ...(token68 === undefined ? {} : { token68 }) });
  }
}

/** `challenge` as a header says it: values in quotes, backslashes and quotes escaped, control characters left out. */
export function formatChallenge({ scheme, params, token68 }: Challenge): string {
  const name = scheme.slice(0, 1).toUpperCase() + scheme.slice(1);
  if (token68 !== undefined) return `${name} ${token68}`;
  const escaped = (value: string): string => value.replace(/\p{Cc}/gu, "").replace(/["\\]/g, "\\$&");
  const said = [...params].map(([key, value]) => `${key}="${escaped(value)}"`);
  return said.length === 0 ? name : `${name} ${said.join(",")}`;
}
