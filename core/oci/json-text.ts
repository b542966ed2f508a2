/** What Docker writes as JSON: Maps are objects with their keys in order; properties that are `undefined` are left out. */
export type Writable =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Writable[]
  | ReadonlyMap<string, Writable>;

/** `value` as Go writes JSON: compact, or indented by `indent`; `<`, `>` and `&` escaped, as its encoder does unless told otherwise. */
export function formatJson(value: Writable, indent = ""): string {
  return write(value, indent, "");
}

function write(value: Writable, indent: string, margin: string): string {
  if (typeof value === "string") return quote(value);
  if (value === null || value === undefined) return "null";
  if (typeof value !== "object") return String(value);
  const inner = margin + indent;
  if (isMap(value)) {
    const members = [...value].filter(([, member]) => member !== undefined);
    const colon = indent === "" ? ":" : ": ";
    return enclose("{", "}", {
      items: members.map(([key, member]) => quote(key) + colon + write(member, indent, inner)),
      inner,
      margin,
    });
  }
  return enclose("[", "]", { items: value.map((item) => write(item, indent, inner)), inner, margin });
}

function isMap(
  value: readonly Writable[] | ReadonlyMap<string, Writable>,
): value is ReadonlyMap<string, Writable> {
  return value instanceof Map;
}

function enclose(
  open: string,
  close: string,
  {
    items,
    inner,
    margin,
  }: { readonly items: readonly string[]; readonly inner: string; readonly margin: string },
): string {
  if (items.length === 0) return open + close;
  if (inner === "") return open + items.join(",") + close;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`;
}

const ESCAPED = /[<>&\u2028\u2029]/g;

/** A Go string literal of JSON; JavaScript escapes the same control characters but spells backspace and form feed in short. */
function quote(text: string): string {
  return JSON.stringify(text)
    .replace(/\\./g, (escape) => (escape === "\\b" ? "\\u0008" : escape === "\\f" ? "\\u000c" : escape))
    .replace(ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
