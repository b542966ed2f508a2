import { describe, expect, it } from "vitest";
import { editImage } from "../../../core/edit/mod.ts";
import {
  EDITING,
  type Entry,
  emptyStore,
  filesOf,
  type LayerSketch,
  putImage,
  resolved,
} from "../../support/edit-images.ts";
import { seeded } from "../../support/random.ts";

const NAMES = ["a", "b", "c"];

/** A random layer over three names in three levels: files, directories, links, whiteouts, opaque directories. */
function randomLayer(random: () => number): LayerSketch {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const layer: Record<string, Entry> = {};
  const taken = new Set<string>();
  for (let count = 0; count < 6; count++) {
    const depth = 1 + Math.floor(random() * 3);
    const path = Array.from({ length: depth }, () => pick(NAMES)).join("/");
    if (taken.has(path)) continue;
    // A layer that says two things about a path, or has something below a file, is not what builders write.
    const below = [...taken].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
    const kind = random();
    if (kind < 0.3) {
      if ([...taken].some((other) => path.startsWith(`${other}/`) && layer[`${other}/`] === undefined))
        continue;
      layer[`${path}/`] = { mode: pick([0o755, 0o700]) };
    } else if (below) continue;
    else if (kind < 0.6) layer[path] = String(random());
    else if (kind < 0.7) layer[path] = { type: "symlink", link: pick(NAMES) };
    else if (kind < 0.9) layer[path.replace(/[^/]*$/, (name) => `.wh.${name}`)] = "";
    else layer[`${path}/.wh..wh..opq`] = "";
    taken.add(path);
  }
  return layer;
}

describe("a squash of random layers", () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))("keeps the files (seed %i)", async (seed) => {
    const random = seeded(seed);
    const store = emptyStore();
    const layers = Array.from({ length: 5 }, () => randomLayer(random));
    const original = await putImage(store, "a:1", { layers });
    const from = Math.floor(random() * 4);
    const to = from + 1 + Math.floor(random() * (4 - from));
    const made = await editImage(store, original, {
      ...EDITING,
      edits: [{ kind: "squash", range: { from, to } }],
    });
    await made.keep(["b:1"]);
    expect(await filesOf(store, await resolved(store, "b:1"))).toEqual(await filesOf(store, original));
  });
});
