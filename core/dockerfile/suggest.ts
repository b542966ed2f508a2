/** Most letters a word and what was meant by it may differ in. */
const MOST = 2;
/** Longer words are no slips of the pen, and would take long to compare. */
const LONGEST = 64;

/** Of `options` the one that `text` was probably meant to be, spelt in the case of `text`; `undefined` when none is near. */
export function nearest(
  text: string,
  options: Iterable<string>,
  { caseSensitive = true }: { readonly caseSensitive?: boolean } = {},
): string | undefined {
  if (text.length > LONGEST) return undefined;
  const given = caseSensitive ? text : text.toLowerCase();
  let best: string | undefined;
  let bestDistance = MOST + 1;
  for (const option of options) {
    const wanted = caseSensitive ? option : option.toLowerCase();
    if (wanted === given) return undefined;
    const found = distance(given, wanted);
    if (found >= bestDistance) continue;
    bestDistance = found;
    best = option;
  }
  if (best === undefined || caseSensitive) return best;
  if (text.toLowerCase() === text) return best.toLowerCase();
  return text.toUpperCase() === text ? best.toUpperCase() : best;
}

/** ` (did you mean X?)`, or nothing. */
export function suggestion(
  text: string,
  options: Iterable<string>,
  how?: { readonly caseSensitive?: boolean },
): string {
  const near = nearest(text, options, how);
  return near === undefined ? "" : ` (did you mean ${near}?)`;
}

/** Letters to insert, delete or replace: Levenshtein's distance. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST) return MOST + 1;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
