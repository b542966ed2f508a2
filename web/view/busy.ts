import type { Desk } from "./desk.ts";

/** Whether there is anything to show beside the drop target. */
export function isBusy(desk: Desk): boolean {
  return (
    desk.archives.value.length > 0 ||
    desk.kept.any.value ||
    desk.kept.state.value.drafts.length > 0 ||
    desk.loads.running.value.length > 0 ||
    desk.loads.stopped.value.length > 0 ||
    desk.traffic.running.value.length > 0 ||
    desk.traffic.halted.value.length > 0 ||
    // A panel stands beside something.
    desk.panel.value !== undefined
  );
}
