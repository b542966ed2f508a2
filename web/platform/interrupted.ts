import { notedWork } from "./noted-work.ts";

/** A load that was begun in this browser and never came to its end. */
export interface Interrupted {
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
}

const LOADS = notedWork<Interrupted>("breakbulk.loads", {
  nameOf: ({ name, size }) => `breakbulk load ${size} ${name}`,
  read(value) {
    const { name, size }: Readonly<Record<string, unknown>> =
      typeof value === "object" && value !== null ? { ...value } : {};
    return typeof name === "string" && typeof size === "number" ? { name, size } : undefined;
  },
});

/** Forgets a load: it has come to its end, or the reader has given it up. */
export const forgetLoad = (load: Interrupted): void => LOADS.forget(load);

/** Remembers that a load is under way, so that it is known to have broken off when the page ends before it; the function given back ends that. */
export const noteLoad = (load: Interrupted): (() => void) => LOADS.note(load);

/** Loads that were begun and that no tab works on any more, the oldest first. */
export const interruptedLoads = (): Promise<readonly Interrupted[]> => LOADS.left();
