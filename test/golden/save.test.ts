import { afterAll, describe, expect, it } from "vitest";
import { compositionSource, openArchive, type SaveLayout } from "../../core/archive/mod.ts";
import { check } from "../../core/store/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { loadedStore, saved, seenImages, sharedArchives, storeOfFile } from "../support/stores.ts";

const archives = sharedArchives();
const absent = archives.length === 0 && "the corpus is not beside the project";

/** What an archive says of its images, without loading it. */
async function promised(path: string): Promise<{ readonly ids: string[]; readonly manifests: string[] }> {
  const file = openFileSource(path);
  const { images, manifests } = await openArchive(file, { newHasher: nativeHasher });
  file.close();
  return {
    ids: images.flatMap(({ id }) => id ?? []),
    manifests: manifests.filter(({ depth }) => depth === 0).map(({ digest }) => digest),
  };
}

/** A hash of a composition, so that two need not be held. */
async function hashed(composition: Awaited<ReturnType<typeof saved>>): Promise<string> {
  const hasher = nativeHasher();
  const reader = compositionSource(composition).stream().getReader();
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    hasher.update(value);
    size += value.length;
  }
  expect(size).toBe(composition.size);
  return hasher.hex();
}

describe.skipIf(absent)(`archives loaded and saved${absent ? ` (${absent})` : ""}`, () => {
  let whole = 0;
  let refused = 0;
  afterAll(() =>
    console.log(`loaded, saved and loaded again: ${whole} of ${archives.length}, refused ${refused}`),
  );

  it.each(archives)("%s keeps IDs, names, diff IDs and manifest digests", async (path) => {
    const store = await storeOfFile(path);
    if (store === undefined) {
      refused++;
      return;
    }
    expect(await check(store, { newHasher: nativeHasher })).toEqual([]);
    const images = await seenImages(store);
    const { ids, manifests } = await promised(path);
    if (ids.length > 0) expect(ids).toEqual(expect.arrayContaining([images[0]?.id]));
    // What index.json lists is kept by the manifest it came with.
    for (const { root } of images) if (manifests.length > 0) expect(manifests).toContain(root);
    for (const layout of ["docker", "docker-classic", "oci"] satisfies SaveLayout[]) {
      const composition = await saved(store, layout);
      const again = await loadedStore(compositionSource(composition));
      if (again === undefined) throw new Error(`what was saved as ${layout} does not load`);
      expect(await check(again, { newHasher: nativeHasher })).toEqual([]);
      const plain = layout === "docker-classic";
      expect((await seenImages(again)).map((image) => ({ ...image, root: plain || image.root }))).toEqual(
        images.map((image) => ({ ...image, root: plain || image.root })),
      );
      expect(await hashed(await saved(again, layout))).toBe(await hashed(composition));
    }
    whole++;
  });

  it("loads most of what there is", () => {
    expect(whole).toBeGreaterThan(130);
  });
});
