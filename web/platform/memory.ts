/** What the page remembers between visits; keys are ours alone. */
export type Remembered =
  | "theme"
  | "language"
  | "wrap"
  | "kept"
  | "registries"
  | "pulled"
  | "console"
  | "console.height"
  | "console.reader";

/** The remembered value, `undefined` when there is none or the browser keeps nothing for us. */
export function recall(key: Remembered): string | undefined {
  try {
    return localStorage.getItem(`breakbulk.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers `value`, or silently does not where storage is refused. */
export function remember(key: Remembered, value: string): void {
  try {
    localStorage.setItem(`breakbulk.${key}`, value);
  } catch {
    // Private windows and locked-down desks refuse storage; the choice then lasts as long as the page.
  }
}
