import { describe, expect, it } from "vitest";
import {
  imageGroups,
  imageSizes,
  layerStanding,
  nextState,
  openingState,
  shortDigest,
} from "../../../web/model/archive.ts";
import { archiveView, imageView, layerView, manifestView } from "./fixtures.ts";

const ERROR = { code: "tar/truncated", message: "Cannot read", detail: {} } as const;
const opened = nextState(openingState(10), { type: "opened", archive: archiveView() });

describe("the state of an archive", () => {
  it("follows the bytes while it is opening, and not afterwards", () => {
    const event = { type: "opening", done: 4, total: 10 } as const;
    expect(nextState(openingState(10), event)).toMatchObject({ phase: "opening", done: 4, total: 10 });
    expect(nextState(opened, event)).toBe(opened);
  });

  it("replaces the layer that an event is about and no other", () => {
    const archive = archiveView({ images: [imageView({ layers: [layerView(), layerView({ index: 1 })] })] });
    const before = nextState(openingState(1), { type: "opened", archive });
    const layer = layerView({ index: 1, state: "failed" });
    const after = nextState(before, { type: "layer", image: 0, layer });
    expect(after.archive?.images[0]?.layers).toEqual([layerView(), layer]);
    expect(after.archive?.images[0]?.layers[0]).toBe(before.archive?.images[0]?.layers[0]);
  });

  it("ignores layers before it is open", () => {
    const state = openingState(1);
    expect(nextState(state, { type: "layer", image: 0, layer: layerView() })).toBe(state);
  });

  it("remembers how far each image's tree reaches", () => {
    const tree = { type: "tree", image: 3, layers: 2, nodes: 9, complete: false } as const;
    expect(nextState(opened, tree).trees.get(3)).toEqual({ layers: 2, nodes: 9, complete: false });
  });

  it("fails before it is open, and keeps what it shows after", () => {
    const failed = { type: "failed", error: ERROR } as const;
    expect(nextState(openingState(1), failed)).toMatchObject({ phase: "failed", error: ERROR });
    expect(nextState(opened, failed)).toMatchObject({ phase: "open", error: ERROR });
    expect(nextState(opened, failed).archive).toBe(opened.archive);
  });
});

describe("the sizes of an image", () => {
  it("are sums over its layers", () => {
    const image = imageView({ layers: [layerView(), layerView({ index: 1 })] });
    expect(imageSizes(image)).toEqual({ stored: 200, tar: 600, content: 500 });
  });

  it("are unknown while a layer's is", () => {
    const image = imageView({ layers: [layerView(), layerView({ index: 1, tarSize: undefined })] });
    expect(imageSizes(image)).toEqual({ stored: 200, tar: undefined, content: 500 });
  });

  it("leave missing layers out", () => {
    const missing = layerView({
      state: "missing",
      storedSize: 0,
      tarSize: undefined,
      contentSize: undefined,
    });
    expect(imageSizes(imageView({ layers: [layerView(), missing] }))).toEqual({
      stored: 100,
      tar: 300,
      content: 250,
    });
  });
});

describe("the standing of an image", () => {
  it("tells the worst news first", () => {
    const verdict = (...layers: Parameters<typeof layerView>[0][]) =>
      layerStanding(imageView({ layers: layers.map((over) => layerView(over)) })).verdict;
    expect(verdict({})).toBe("verified");
    expect(verdict({}, { verification: "pending" })).toBe("pending");
    expect(verdict({ verification: "unverifiable" })).toBe("unverifiable");
    expect(verdict({ verification: "pending" }, { state: "missing" })).toBe("missing");
    expect(verdict({ state: "failed" }, { verification: "mismatch" })).toBe("mismatch");
  });

  it("counts the bytes read of those there are to read", () => {
    const layers = [
      layerView(),
      layerView({ index: 1, state: "reading", readBytes: 40, verification: "pending" }),
    ];
    expect(layerStanding(imageView({ layers }))).toMatchObject({
      verified: 1,
      total: 2,
      read: 140,
      bytes: 200,
    });
  });
});

describe("the groups of an archive", () => {
  it("are single images where there is no index", () => {
    const images = [imageView(), imageView({ index: 1, tags: ["b:1", "b:2"] })];
    expect(imageGroups(archiveView({ images })).map(({ tags }) => tags)).toEqual([["app:1"], ["b:1", "b:2"]]);
  });

  it("put the platforms of one index together and leave attestations out", () => {
    const images = [imageView({ tags: [] }), imageView({ index: 1, tags: [], platform: "linux/arm64" })];
    const manifests = [
      manifestView({ tags: ["multi:1"] }),
      manifestView({ depth: 1, image: 0 }),
      manifestView({ depth: 1, image: 1 }),
      manifestView({ depth: 1, attestation: true }),
    ];
    const groups = imageGroups(archiveView({ images, manifests }));
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ tags: ["multi:1"], images });
  });
});

it("a short digest is the first twelve digits", () => {
  expect(shortDigest("sha256:0123456789abcdef")).toBe("0123456789ab");
});
