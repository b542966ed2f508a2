import { type ReadonlySignal, signal } from "@preact/signals";

function watch(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const state = signal(list.matches);
  list.addEventListener("change", () => {
    state.value = list.matches;
  });
  return state;
}

/** Whether there is room for one pane only. */
export const narrow: ReadonlySignal<boolean> = watch("(width < 720px)");

/** Whether a finger points, not a mouse. */
export const touch: ReadonlySignal<boolean> = watch("(pointer: coarse)");
