import { CoreError } from "../error.ts";

/** What a `--chmod` does. */
export interface ModeChange {
  /** The mode that something gets, of the one it has. */
  readonly apply: (mode: number, directory: boolean) => number;
  /** Most bits of directories that are made by the way: what an octal number allows. */
  readonly made: number;
}

const CLAUSE = /^([ugoa]*)((?:[+=-](?:[rwxXst]*|[ugo]))+)$/;
const BITS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };
const SHIFT: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

/**
 * What `--chmod` says: an octal number, or clauses such as `u=rwX,go-w`.
 * @throws CoreError `build/failed` with BuildKit's words
 */
export function parseMode(text: string): ModeChange {
  if (/^[0-7]{1,6}$/.test(text) && Number.parseInt(text, 8) <= 0o7777) {
    const value = Number.parseInt(text, 8);
    return { apply: () => value, made: 0o755 & value };
  }
  if (/^[0-9]/.test(text)) {
    throw new CoreError(
      "build/failed",
      `invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`,
    );
  }
  const clauses = text.length > 256 ? [null] : text.split(",").map((clause) => CLAUSE.exec(clause));
  const parsed = clauses.flatMap((match) => (match === null ? [] : [match]));
  if (parsed.length < clauses.length) throw new CoreError("build/failed", "invalid syntax", { chmod: text });
  const apply = (mode: number, directory: boolean): number => {
    let changed = mode;
    const searchable = directory || (mode & 0o111) !== 0;
    for (const [, who = "", operations = ""] of parsed) {
      for (const [operation] of operations.matchAll(/[+=-][rwxXstugo]*/g)) {
        changed = applied(changed, operation, {
          who: who === "" || who.includes("a") ? "ugoa" : who,
          searchable,
        });
      }
    }
    return changed;
  };
  return { apply, made: 0o755 };
}

function applied(
  mode: number,
  operation: string,
  {
    who,
    searchable,
  }: { readonly who: string /** Before any clause: what `X` asks. */; readonly searchable: boolean },
): number {
  const [operator, what] = [operation[0], operation.slice(1)];
  let bits = 0;
  let mask = 0;
  // The sticky bit is nobody's in particular.
  if (who.includes("a") && what.includes("t")) bits |= 0o1000;
  for (const party of who.replace("a", "")) {
    const shift = SHIFT[party]!;
    mask |= 7 << shift;
    for (const letter of what) {
      if (letter in BITS) bits |= BITS[letter]! << shift;
      else if (letter === "X") bits |= searchable ? 1 << shift : 0;
      else if (letter === "s") bits |= party === "u" ? 0o4000 : party === "g" ? 0o2000 : 0;
      else if (letter !== "t") bits |= ((mode >> SHIFT[letter]!) & 7) << shift;
    }
  }
  if (operator === "+") return mode | bits;
  return operator === "-" ? mode & ~bits : (mode & ~mask) | bits;
}
