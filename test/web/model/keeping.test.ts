import { describe, expect, it } from "vitest";
import type { LayerView } from "../../../web/model/engine.ts";
import type { StoredImage } from "../../../web/model/images.ts";
import { isArchiveKept } from "../../../web/model/keeping.ts";
import { archiveView, imageView, layerView, manifestView } from "./fixtures.ts";

const idOf = (letter: string) => `sha256:${letter.repeat(64)}`;

function stored(over: Partial<StoredImage> = {}): StoredImage {
  return {
    id: idOf("a"),
    tags: ["app:1"],
    repoDigests: [],
    root: idOf("b"),
    platforms: ["linux/amd64"],
    dangling: false,
    children: 0,
    users: 0,
    damaged: false,
    ...over,
  };
}

describe("an archive in place", () => {
  it("is kept when its image is kept under its name", () => {
    expect(isArchiveKept(archiveView(), [stored()])).toBe(true);
    expect(isArchiveKept(archiveView(), [stored({ tags: ["app:1", "app:2"] })])).toBe(true);
    expect(isArchiveKept(archiveView(), [])).toBe(false);
    expect(isArchiveKept(archiveView(), [stored({ id: idOf("c") })])).toBe(false);
  });

  it("is not kept without images", () => {
    expect(isArchiveKept(archiveView({ images: [] }), [stored()])).toBe(false);
  });

  it("is not kept while one of its names is missing or another image's", () => {
    const archive = archiveView({ images: [imageView({ tags: ["app:1", "app:2"] })] });
    expect(isArchiveKept(archive, [stored()])).toBe(false);
    const other = stored({ id: idOf("c"), tags: ["app:2"] });
    expect(isArchiveKept(archive, [stored(), other])).toBe(false);
    expect(isArchiveKept(archive, [stored({ tags: ["app:1", "app:2"] })])).toBe(true);
  });

  it.each([
    ["docker.io/library/app:1", true],
    ["docker.io/library/app:2", false],
    ["localhost:5000/app", false],
    ["1.0", true],
    ["Not/A:Name", true],
    [`app@${idOf("c")}`, true],
  ])("under the name %s beside a kept app:1 is kept: %s", (tag, kept) => {
    const archive = archiveView({ images: [imageView({ tags: [tag] })] });
    expect(isArchiveKept(archive, [stored()])).toBe(kept);
  });

  it("has the tag latest where it names none", () => {
    const archive = archiveView({ images: [imageView({ tags: ["team/app"] })] });
    expect(isArchiveKept(archive, [stored({ tags: ["team/app:latest"] })])).toBe(true);
  });

  it.each<[string, Partial<LayerView>]>([
    ["is not what its digest says", { verification: "mismatch" }],
    ["is missing", { state: "missing", verification: "pending" }],
    ["cannot be read", { state: "failed", verification: "pending" }],
  ])("is not kept when a layer %s", (_, over) => {
    const layers = [layerView(), layerView({ index: 1, ...over })];
    expect(isArchiveKept(archiveView({ images: [imageView({ layers })] }), [stored()])).toBe(false);
  });

  it("is not kept by a damaged image", () => {
    expect(isArchiveKept(archiveView(), [stored({ damaged: true })])).toBe(false);
  });

  it("of several images is kept only when all are", () => {
    const images = [imageView(), imageView({ index: 1, id: idOf("c"), tags: ["b:1"] })];
    const archive = archiveView({ images });
    expect(isArchiveKept(archive, [stored()])).toBe(false);
    expect(isArchiveKept(archive, [stored(), stored({ id: idOf("c"), tags: ["b:1"] })])).toBe(true);
  });

  it("of several platforms is kept by the one it is known by, with all of them", () => {
    const archive = archiveView({
      images: [
        imageView({ tags: [] }),
        imageView({ index: 1, id: idOf("c"), tags: [], platform: "linux/arm64" }),
      ],
      manifests: [
        manifestView({ tags: ["app:1"] }),
        manifestView({ depth: 1, image: 0 }),
        manifestView({ depth: 1, image: 1 }),
      ],
    });
    expect(isArchiveKept(archive, [stored()])).toBe(false);
    const both = ["linux/amd64", "linux/arm64/v8"];
    expect(isArchiveKept(archive, [stored({ platforms: both })])).toBe(true);
    expect(isArchiveKept(archive, [stored({ platforms: both, tags: ["app:2"] })])).toBe(false);
  });
});
