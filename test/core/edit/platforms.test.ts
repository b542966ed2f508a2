import { describe, expect, it } from "vitest";
import { newSha256 } from "../../../core/digest/mod.ts";
import { platformImages, storeIndex } from "../../../core/edit/mod.ts";
import { formatPlatform, parseManifest } from "../../../core/oci/mod.ts";
import { type LocalStore, readDocument } from "../../../core/store/mod.ts";
import { emptyStore, putImage, resolved } from "../../support/edit-images.ts";

const how = { newHasher: newSha256, now: 5 };

async function targetOf(store: LocalStore, name: string) {
  const { image, name: record } = await resolved(store, name);
  return record?.target ?? image.target;
}

/** Two images of two platforms, as one index `both:1`. */
async function both(store: LocalStore) {
  await putImage(store, "amd:1", { layers: [{ a: "1" }] });
  await putImage(store, "arm:1", { layers: [{ a: "2" }], architecture: "arm64" });
  const roots = [await targetOf(store, "amd:1"), await targetOf(store, "arm:1")];
  const { images } = await platformImages(store, roots, how);
  return storeIndex(store, { images, names: ["both"] }, how);
}

describe("an index", () => {
  it("is made of images and lists their platforms", async () => {
    const store = emptyStore();
    const { target, names } = await both(store);
    expect(names).toEqual(["docker.io/library/both:latest"]);
    const bytes = await readDocument(store, target);
    const index = parseManifest(bytes!, { document: "index" });
    if (index.kind !== "index") throw new TypeError("no index");
    expect(index.manifests.map(({ platform }) => formatPlatform(platform!))).toEqual([
      "linux/amd64",
      "linux/arm64",
    ]);
    expect((await resolved(store, "both")).name?.target.digest).toBe(target.digest);
  });

  it("is the same for the same images", async () => {
    const digests = [];
    for (let turn = 0; turn < 2; turn++) digests.push((await both(emptyStore())).target.digest);
    expect(digests[0]).toBe(digests[1]);
  });

  it("is filtered and merged", async () => {
    const store = emptyStore();
    await both(store);
    const { images } = await platformImages(store, [await targetOf(store, "both")], how);
    const arm = images.filter(({ platform }) => platform.architecture === "arm64");
    await storeIndex(store, { images: arm, names: ["arm-only"] }, how);
    await putImage(store, "s390:1", { layers: [{ a: "3" }], architecture: "s390x" });
    const roots = [await targetOf(store, "arm-only"), await targetOf(store, "s390:1")];
    const merged = await platformImages(store, roots, how);
    expect(merged.images.map(({ platform }) => formatPlatform(platform))).toEqual([
      "linux/arm64",
      "linux/s390x",
    ]);
    expect(merged.missing).toEqual([]);
  });

  it("of nothing, or with a platform twice, is refused", async () => {
    const store = emptyStore();
    await putImage(store, "a:1", { layers: [{ a: "1" }] });
    await putImage(store, "b:1", { layers: [{ a: "2" }] });
    const roots = [await targetOf(store, "a:1"), await targetOf(store, "b:1")];
    const { images } = await platformImages(store, roots, how);
    for (const wrong of [[], images]) {
      const work = storeIndex(store, { images: wrong, names: ["c"] }, how);
      await expect(work).rejects.toMatchObject({ code: "edit/index" });
    }
  });
});
