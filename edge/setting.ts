import { CoreError } from "../core/error.ts";

/** The refusal of a setting: its place, what was found, what was expected. Secrets are told by their place only. */
export function refused(place: string, found: string, expected: string): CoreError {
  return new CoreError("edge/policy", `Cannot use ${place}: found ${found}, expected ${expected}`, { place });
}

/** `value` for a message: short, and without what may be secret inside of it. */
export function told(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "string" && value.length > 80) return `${value.length} characters`;
  return JSON.stringify(value) ?? typeof value;
}

/** The URL that `text` is, or `undefined`. (`URL.parse` is younger than the oldest Node that we run on.) */
export function parseUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * The members of one JSON object of a policy, each asked for by name and type. {@link done} refuses what nobody asked for: a misspelt
 * `deny` must not become a policy that denies nothing.
 */
export class Section {
  readonly place: string;
  readonly #members: Map<string, unknown>;
  readonly #asked = new Set<string>();

  /** @throws CoreError `edge/policy` when `value` is no object */
  constructor(value: unknown, place: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw refused(place, told(value), "an object");
    this.place = place;
    this.#members = new Map(Object.entries(value));
  }

  at(name: string): string {
    return this.place === "" ? name : `${this.place}.${name}`;
  }

  value(name: string): unknown {
    this.#asked.add(name);
    return this.#members.get(name);
  }

  section(name: string): Section {
    return new Section(this.value(name) ?? {}, this.at(name));
  }

  /** The members of the object under `name`, as they are. */
  members(name: string): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.section(name).#members);
  }

  text(name: string): string | undefined {
    return this.#typed(name, "text", isText);
  }

  /** Text that no message repeats. */
  secret(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || isText(value)) return value;
    throw refused(this.at(name), "something else", "text");
  }

  flag(name: string): boolean | undefined {
    return this.#typed(name, "true or false", (value) => typeof value === "boolean");
  }

  count(name: string): number | undefined {
    return this.#typed(name, "a whole number of 0 or more", isCount);
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw refused(this.at(name), told(value), "a list of texts");
    return value.map((item: unknown, at) => {
      if (isText(item)) return item;
      throw refused(`${this.at(name)}[${at}]`, item === "" ? "nothing" : typeof item, "text");
    });
  }

  one<T extends string>(name: string, of: readonly T[]): T | undefined {
    const within = (value: unknown): value is T => of.some((choice) => choice === value);
    return this.#typed(name, `one of ${of.join(", ")}`, within);
  }

  /** @throws CoreError `edge/policy` naming the first member that was not asked for */
  done(): void {
    const stray = [...this.#members.keys()].find((name) => !this.#asked.has(name));
    if (stray !== undefined)
      throw refused(this.at(stray), "a setting that nobody reads", `one of ${[...this.#asked].join(", ")}`);
  }

  #typed<T>(name: string, expected: string, holds: (value: unknown) => value is T): T | undefined {
    const value = this.value(name);
    if (value === undefined || holds(value)) return value;
    throw refused(this.at(name), told(value), expected);
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
