import type { Desk } from "../desk.ts";

/** Goes to a kept image. */
export function showKept(desk: Desk, id: string): void {
  const current = desk.route.peek();
  if (current?.archive !== id) desk.go({ archive: id, image: 0, tab: current?.tab ?? "files" });
  desk.pane.value = "image";
}
