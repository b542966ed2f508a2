import { describe, expect, it } from "vitest";
import { ENTRY_TYPES } from "../../../core/tar/mod.ts";
import { measure, mergedEntries, nameOf } from "../../../core/tree/mod.ts";
import { entriesOf, type LayerEntry } from "../../support/layers.ts";
import { seeded } from "../../support/random.ts";
import { imageOf } from "../../support/tree-text.ts";

/** A file system as a plain map: path → what is there. Slow, and simple enough to be believed. */
type Model = Map<string, { readonly type: string; readonly text: string; readonly layer: number }>;

const parentOf = (path: string): string => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

function removeBelow(model: Model, path: string, keep: (layer: number) => boolean): void {
  const prefix = path === "" ? "" : `${path}/`;
  for (const [other, { layer }] of model) {
    if (other.startsWith(prefix) && !keep(layer)) model.delete(other);
  }
}

/** Applies one layer, without symlinks and hard links: those are tested by hand. */
function applied(lower: Model, entries: readonly LayerEntry[], layer: number): Model {
  const model: Model = new Map(lower);
  const makeParents = (path: string): void => {
    const parent = parentOf(path);
    if (parent === "") return;
    makeParents(parent);
    if (model.get(parent)?.type === "dir") return;
    model.set(parent, { type: "dir", text: "", layer });
  };
  // A directory is kept by what its layer lists below it.
  const holds = (path: string): boolean =>
    [...model].some(([other, entry]) => other.startsWith(`${path}/`) && entry.layer === layer);
  const restoreParents = (): void => {
    for (const [path, entry] of model) if (entry.layer === layer) makeParents(path);
  };

  for (const { path: raw, type = "file", content = "" } of entries) {
    const path = String(raw).replace(/\/$/, "");
    const name = path.slice(path.lastIndexOf("/") + 1);
    const directory = parentOf(path);
    makeParents(path);
    if (name === ".wh..wh..opq") {
      removeBelow(model, directory, (one) => one === layer);
      restoreParents();
    } else if (name.startsWith(".wh.")) {
      const target = directory === "" ? name.slice(4) : `${directory}/${name.slice(4)}`;
      const there = model.get(target);
      if (there !== undefined && there.layer !== layer && !holds(target)) model.delete(target);
      removeBelow(model, target, (one) => one === layer);
      restoreParents();
    } else {
      if (type !== "dir") removeBelow(model, path, () => false);
      model.set(path, { type, text: content, layer });
    }
  }
  return model;
}

function textOf(model: Model): string {
  const parts = ([path]: readonly [string, unknown]): string[] => path.split("/");
  return [...model]
    .sort((a, b) => {
      const [left, right] = [parts(a), parts(b)];
      for (let at = 0; at < Math.min(left.length, right.length); at++) {
        if (left[at] !== right[at]) return left[at] < right[at] ? -1 : 1;
      }
      return left.length - right.length;
    })
    .map(([path, { type, text }]) =>
      type === "dir" ? `${path}/` : `${path}${text === "" ? "" : `=${text}`}`,
    )
    .join(" ");
}

/** A layer of files, directories, whiteouts and opaque markers on a handful of names, so that they meet. */
function randomLayer(random: () => number, links = 0): string {
  const pick = (from: string): string => from[Math.floor(random() * from.length)];
  return Array.from({ length: Math.floor(random() * 9) }, () => {
    const depth = 1 + Math.floor(random() * 4);
    const directory = Array.from({ length: depth - 1 }, () => `${pick("abc")}/`).join("");
    const form = random();
    if (form < 0.12) return `${directory}.wh.${pick("abc")}`;
    if (form < 0.18) return `${directory}.wh..wh..opq`;
    if (form < 0.18 + links) return `${directory}${pick("abc")}⇒${pick("abc")}/${pick("abc")}`;
    if (form < 0.18 + 2 * links)
      return `${directory}${pick("abc")}→${pick("./")}${pick("./")}/${pick("abc")}/${pick("abc.")}`;
    return form < 0.5
      ? `${directory}${pick("abc")}/`
      : `${directory}${pick("abc")}=${Math.floor(random() * 100)}`;
  }).join(" ");
}

describe("fold against a plain model", () => {
  it("TREE-12: gives the same file systems for random layers, as of every layer", () => {
    const random = seeded(2026);
    for (let run = 0; run < 600; run++) {
      const layers = Array.from({ length: 5 }, () => randomLayer(random));
      const image = imageOf(...layers);
      let model: Model = new Map();
      for (const [layer, text] of layers.entries()) {
        model = applied(model, entriesOf(text), layer);
        expect(`${layers.slice(0, layer + 1).join(" | ")} ⇒ ${image.text(layer)}`).toBe(
          `${layers.slice(0, layer + 1).join(" | ")} ⇒ ${textOf(model)}`,
        );
      }
    }
  });

  it("TREE-4: keeps every path in a directory, as of every layer, whatever links lead where", () => {
    const random = seeded(4);
    for (let run = 0; run < 300; run++) {
      const layers = Array.from({ length: 5 }, () => randomLayer(random, 0.12));
      const { tree, text } = imageOf(...layers);
      for (let upTo = 0; upTo < layers.length; upTo++) {
        const { type, event, count } = measure(tree, { upTo, scope: "merged" });
        const present = [...event.keys()].filter((node) => node > 0 && event[node] >= 0);
        expect(present.length).toBe(count);
        expect(present.every((node) => ENTRY_TYPES[type[tree.parent[node]]] === "dir")).toBe(true);
        expect(present.every((node) => !nameOf(tree, node).startsWith(".wh."))).toBe(true);
        expect(text(upTo)).toBe(imageOf(...layers.slice(0, upTo + 1)).text());
        expect([...mergedEntries(tree, upTo)].length).toBe(count + 1);
      }
    }
  });
});
