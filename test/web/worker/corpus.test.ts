import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ArchiveEvent, ArchiveView, ViewSpec } from "../../../web/model/engine.ts";
import { type LocalHold, openLocally } from "./local-hold.ts";

const FOLDER = "../shared/oracle/mini";
const archives = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => /\.tar(\.\w+)?$/.test(name)) : [];

const open: LocalHold[] = [];
afterAll(() => {
  for (const hold of open) hold.close();
});

const started = (event: ArchiveEvent): event is Extract<ArchiveEvent, { type: "opened" | "failed" }> =>
  event.type === "opened" || event.type === "failed";

/** Looks at everything an image offers; gives the number of rows. */
async function explore(hold: LocalHold, { images }: ArchiveView, image: number): Promise<void> {
  const spec: ViewSpec = {
    image,
    upTo: (images[image]?.layers.length ?? 1) - 1,
    scope: "merged",
    sort: "size",
    descending: true,
    filter: "",
    changedOnly: false,
    showRemoved: false,
  };
  const { view } = await hold.call("view", spec);
  await hold.until(
    (event): event is Extract<ArchiveEvent, { type: "tree" }> =>
      event.type === "tree" && event.image === image && event.complete,
  );
  await hold.call("change", { view, spec });
  const state = await hold.call("fold", { view, node: 0, expanded: true, deep: true });
  expect(state.rows).toBe(state.entries);
  const rows = await hold.call("rows", { view, from: 0, to: state.rows });
  expect(rows).toHaveLength(state.rows);
  for (const { node, type, removed } of rows.slice(0, 50)) {
    await hold.call("node", { image, node, upTo: spec.upTo });
    if (type !== "file" || removed) continue;
    const place = { image, node, layer: spec.upTo };
    const slice = await hold.call("read", { place, from: 0, to: 1000 });
    expect(slice.bytes).toHaveLength(Math.min(slice.size, 1000));
  }
  const usage = await hold.call("usage", image);
  expect(usage.totalBytes).toBe(usage.finalBytes + usage.wastedBytes);
}

// The archives of the oracle stand beside the project and are not part of it: without them nothing is checked here.
describe.skipIf(archives.length === 0)("archives written by real engines", () => {
  it.each(archives)("%s is explored to its end, or refused with a reason", async (name) => {
    const hold = openLocally(new Blob([readFileSync(join(FOLDER, name))]), name);
    open.push(hold);
    const first = await hold.until(started);
    if (first.type === "failed") {
      expect(first.error.code).not.toBe("worker/fault");
      return;
    }
    for (const { index } of first.archive.images) await explore(hold, first.archive, index);
    const faults = hold.events.filter(
      (event) => event.type === "layer" && event.layer.problems.some(({ code }) => code === "worker/fault"),
    );
    expect(faults).toEqual([]);
  });
});
