import { describe, expect, it } from "vitest";
import { composeDockerArchive, openArchive } from "../../../core/archive/mod.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import { compositionSource } from "../../../core/tar/mod.ts";
import { withEveryImage } from "../../../web/worker/every-image.ts";

const text = new TextEncoder();

async function opened() {
  const images = ["amd64", "arm64"].map((architecture) => ({
    config: text.encode(
      JSON.stringify({ architecture, os: "linux", rootfs: { type: "layers", diff_ids: [] }, config: {} }),
    ),
    tags: [`app:${architecture}`],
    layers: [],
  }));
  const composed = composeDockerArchive(images, newSha256);
  return openArchive(compositionSource(composed), { newHasher: newSha256 });
}

describe("withEveryImage", () => {
  it("adds the images that only the index knows, after those that are listed", async () => {
    const archive = await opened();
    expect(archive.images.length).toBe(2);
    const [first] = archive.images;
    const listed = { ...archive, images: archive.images.slice(0, 1) };
    expect(withEveryImage(listed).images).toEqual([first, archive.images[1]]);
  });

  it("changes nothing where all are listed", async () => {
    const archive = await opened();
    expect(withEveryImage(archive)).toBe(archive);
  });
});
