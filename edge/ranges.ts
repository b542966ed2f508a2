/** Part of a body, `from` up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The one part of `size` bytes that a `Range` header asks for; `"none"` when it can have none of them; `undefined` when it asks for several, or in
 * another unit, or makes no sense: then the whole is the right answer.
 * @see RFC 9110 §14.2
 */
export function parseRange(header: string | null, size: number): Span | "none" | undefined {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "");
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "") {
    if (last === "") return undefined;
    const count = Math.min(Number(last), size);
    return count === 0 ? "none" : { from: size - count, to: size };
  }
  const from = Number(first);
  if (last !== "" && Number(last) < from) return undefined;
  if (from >= size) return "none";
  return { from, to: last === "" ? size : Math.min(Number(last) + 1, size) };
}

/** What a `Content-Range` says: the part, and the size of the whole where that is known. */
export function parseContentRange(
  header: string | null,
): (Span & { readonly size: number | undefined }) | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(header?.trim() ?? "");
  if (match === null) return undefined;
  const [, first, last, size] = match;
  const span = { from: Number(first), to: Number(last) + 1, size: size === "*" ? undefined : Number(size) };
  return span.to > span.from && (span.size === undefined || span.to <= span.size) ? span : undefined;
}
