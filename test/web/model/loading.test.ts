import { describe, expect, it } from "vitest";
import type { LoadPart } from "../../../web/model/images.ts";
import { loadSum, nextLoad, startingLoad } from "../../../web/model/loading.ts";

function part(over: Partial<LoadPart> & { readonly key: string }): LoadPart {
  return { kind: "layer", state: "storing", bytes: 0, total: 100, resumedFrom: 0, ...over };
}

describe("a load", () => {
  it("opens, then takes parts in as they change", () => {
    let state = startingLoad(1000);
    state = nextLoad(state, { type: "opening", done: 300, total: 1000 }, 0);
    expect(state).toMatchObject({ done: 300, image: undefined });
    const first = [part({ key: "a", state: "waiting" }), part({ key: "b", bytes: 10 })];
    state = nextLoad(state, { type: "parts", image: 0, images: 1, parts: first }, 100);
    const second = [part({ key: "b", state: "stored", bytes: 100 })];
    state = nextLoad(state, { type: "parts", image: 0, images: 1, parts: second }, 200);
    expect([...state.parts.keys()]).toEqual(["a", "b"]);
    expect(loadSum(state, 200)).toMatchObject({ bytes: 100, total: 200, layers: 2, layersDone: 1 });
  });

  it("counts what was there before, and not what is left out or only read for its digest", () => {
    const parts = [
      part({ key: "a", state: "present", bytes: 0 }),
      part({ key: "b", state: "left" }),
      part({ key: "c", state: "reading", bytes: 50 }),
      part({ key: "d", bytes: 60, resumedFrom: 40 }),
      part({ key: "e", kind: "config", state: "stored", bytes: 7, total: 7 }),
    ];
    const state = nextLoad(startingLoad(1), { type: "parts", image: 0, images: 1, parts }, 0);
    const { bytes, total, before, layers, layersDone } = loadSum(state, 0);
    expect({ bytes, total, before, layers, layersDone }).toEqual({
      bytes: 167,
      total: 307,
      before: 140,
      layers: 3,
      layersDone: 1,
    });
  });

  it("has a rate of the bytes it moved itself, over all its images, once it has settled", () => {
    const at = (image: number, bytes: number, resumedFrom = 0) =>
      ({
        type: "parts",
        image,
        images: 2,
        parts: [part({ key: `${image}`, bytes, resumedFrom, total: 1000 })],
      }) as const;
    let state = nextLoad(startingLoad(1), at(0, 600, 400), 1000);
    expect(loadSum(state, 1100).rate).toBeUndefined();
    state = nextLoad(state, at(0, 1000, 400), 1500);
    state = nextLoad(state, at(1, 400), 2000);
    const sum = loadSum(state, 3000);
    expect(sum.rate).toBe(500);
    expect(sum.leftMs).toBe(1200);
  });
});
