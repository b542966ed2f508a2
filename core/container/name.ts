import { CoreError } from "../error.ts";
import type { TableSnapshot } from "../store/mod.ts";
import { MOODS, SAILORS } from "./name-words.ts";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/**
 * The name `text` without its slash, when it can be given to the container `id`.
 * @throws CoreError `container/name` in the engine's words: malformed, or taken.
 */
export function freeName({ containers }: TableSnapshot, text: string, id?: string): string {
  const name = text.startsWith("/") ? text.slice(1) : text;
  if (!NAME.test(name)) {
    throw new CoreError(
      "container/name",
      `Invalid container name (${text}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
      { name: text },
    );
  }
  for (const record of containers.values()) {
    if (record.name !== name || record.id === id) continue;
    throw new CoreError(
      "container/name",
      `Conflict. The container name "/${name}" is already in use by container "${record.id}". You have to remove (or rename) that container to be able to reuse that name.`,
      { name, container: record.id },
    );
  }
  return name;
}

/** Fills bytes at random. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => void;

/** A name that no container has: a mood and somebody at sea, and a digit where that is taken. */
export function inventName({ containers }: TableSnapshot, random: RandomBytes): string {
  const taken = new Set([...containers.values()].map(({ name }) => name));
  for (let round = 0; ; round++) {
    const dice = new Uint8Array(4);
    random(dice);
    const mood = MOODS[(dice[0]! * 256 + dice[1]!) % MOODS.length]!;
    const sailor = SAILORS[(dice[2]! * 256 + dice[3]!) % SAILORS.length]!;
    // With a source of randomness that repeats itself only the number still differs.
    const name = `${mood}_${sailor}${round === 0 ? "" : round}`;
    if (!taken.has(name)) return name;
  }
}

/** 64 hex digits, of which the first twelve are not all decimal: those would be taken for a number. */
export function inventID(random: RandomBytes): string {
  for (let round = 0; ; round++) {
    const bytes = new Uint8Array(32);
    random(bytes);
    const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (!/^\d{12}/.test(id)) return id;
    if (round > 100) return `a${id.slice(1)}`;
  }
}
