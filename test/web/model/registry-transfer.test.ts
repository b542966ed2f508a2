import { describe, expect, it } from "vitest";
import type { TransferPart } from "../../../web/model/registries.ts";
import {
  nextTransfer,
  STARTING_TRANSFER,
  transferParts,
  transferSum,
  workFrom,
  workKey,
} from "../../../web/model/transfer.ts";

const part = (layer: number, more: Partial<TransferPart> = {}): TransferPart => ({
  digest: `sha256:${layer}`,
  layer,
  state: "Downloading",
  settled: false,
  bytes: 0,
  total: 100,
  resumedFrom: 0,
  ...more,
});

describe("a transfer", () => {
  it("adds up its layers and takes its rate from what moved", () => {
    let state = nextTransfer(STARTING_TRANSFER, { type: "image", name: "a:1" }, 0);
    state = nextTransfer(
      state,
      { type: "parts", parts: [part(1, { bytes: 60, resumedFrom: 20 }), part(0)] },
      0,
    );
    state = nextTransfer(
      state,
      { type: "parts", parts: [part(0, { state: "Already exists", settled: true, bytes: 100 })] },
      1000,
    );
    expect(transferParts(state).map(({ layer }) => layer)).toEqual([0, 1]);
    expect(transferSum(state, 1000)).toEqual({
      bytes: 160,
      total: 200,
      before: 120,
      layers: 2,
      layersDone: 1,
      rate: 40,
      leftMs: 1000,
    });
    expect(transferSum(state, 100).rate).toBeUndefined();
  });

  it("keeps what earlier images moved in its rate", () => {
    let state = nextTransfer(
      STARTING_TRANSFER,
      { type: "parts", parts: [part(0, { bytes: 100, settled: true })] },
      0,
    );
    state = nextTransfer(state, { type: "image", name: "a:2" }, 500);
    expect(state.parts.size).toBe(0);
    expect(transferSum(state, 1000)).toMatchObject({ bytes: 0, rate: 100 });
  });
});

describe("work that is remembered", () => {
  it("comes back as it was", () => {
    for (const work of [
      { kind: "pull", reference: "a:1" },
      { kind: "pull", reference: "a", platform: "linux/arm64", allTags: true },
      { kind: "push", source: "a:1", target: "b:1" },
    ] as const)
      expect(workFrom(JSON.parse(JSON.stringify(work)))).toEqual(work);
  });

  it("is nothing where it is none of ours", () => {
    for (const value of [undefined, null, 1, "pull", {}, { kind: "pull" }, { kind: "push", source: 1 }])
      expect(workFrom(value)).toBeUndefined();
  });

  it("has one key for each thing that is asked", () => {
    const keys = [
      workKey({ kind: "pull", reference: "a" }),
      workKey({ kind: "pull", reference: "a", platform: "linux/arm64" }),
      workKey({ kind: "pull", reference: "a", allTags: true }),
      workKey({ kind: "push", source: "a" }),
    ];
    expect(new Set(keys).size).toBe(4);
  });
});
