import { troubleOf } from "../../model/trouble.ts";
import type { Desk } from "../desk.ts";

/** Opens the panel of platforms for an image, by that of its names that has the most of them. */
export async function openIndexPanel(desk: Desk, refs: readonly string[]): Promise<void> {
  try {
    const counts = new Map(refs.map((ref) => [ref, 0]));
    for (const { ref } of await desk.making.platforms(refs)) counts.set(ref, (counts.get(ref) ?? 0) + 1);
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    desk.panel.value = { kind: "index", refs: most === undefined ? [] : [most[0]] };
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble !== undefined) desk.fail(desk.language.peek().words.make.index.title, trouble);
  }
}
