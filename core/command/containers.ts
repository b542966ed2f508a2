import type { ContainerContext } from "../container/mod.ts";
import type { CommandContext } from "./context.ts";

/** What containers are worked on with. */
export function containerContext({
  store,
  newHasher,
  layers,
  now,
  signal,
}: CommandContext): ContainerContext {
  return { store, newHasher, shelf: layers, now: () => now() / 1000, signal };
}
