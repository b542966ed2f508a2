/** What a token allows: actions on one thing. */
export interface Scope {
  /** `repository`, `registry`; with its class if it has one: `repository(plugin)`. */
  readonly type: string;
  /** May hold colons: `localhost:5000/app`. */
  readonly name: string;
  /** `pull`, `push`, `delete`, `*`. */
  readonly actions: readonly string[];
}

/**
 * The scope in `text`: its type is what stands before the first colon, its actions what stands after the last one. `undefined` when there are
 * not two colons, or when a part is empty or holds spaces.
 * @see https://distribution.github.io/distribution/spec/auth/scope/
 */
export function parseScope(text: string): Scope | undefined {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  if (first < 1 || last <= first + 1 || !PRINTABLE.test(text)) return undefined;
  const actions = text
    .slice(last + 1)
    .split(",")
    .filter((action) => action !== "");
  return { type: text.slice(0, first), name: text.slice(first + 1, last), actions };
}

const PRINTABLE = /^[!-~]+$/;

/** The scopes of a `scope` parameter, which are set apart by spaces; those that are malformed are left out. */
export function parseScopes(text: string): Scope[] {
  return text.split(/\s+/).flatMap((part) => parseScope(part) ?? []);
}

/** The inverse of {@link parseScope}. */
export function formatScope({ type, name, actions }: Scope): string {
  return `${type}:${name}:${actions.join(",")}`;
}

/** The scopes with the actions of those of the same thing put together, sorted: equal sets of rights give equal text. */
export function mergeScopes(scopes: readonly Scope[]): Scope[] {
  const merged = new Map<string, { readonly type: string; readonly name: string; actions: Set<string> }>();
  for (const { type, name, actions } of scopes) {
    const key = `${type}:${name}`;
    const same = merged.get(key) ?? { type, name, actions: new Set<string>() };
    merged.set(key, same);
    for (const action of actions) same.actions.add(action);
  }
  return [...merged.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { type, name, actions }]) => ({ type, name, actions: [...actions].sort() }));
}
