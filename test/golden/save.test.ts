import { existsSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import {
  compositionSource,
  loadArchive,
  openArchive,
  type SaveLayout,
  saveArchive,
} from "../../core/archive/mod.ts";
import { isCoreError } from "../../core/error.ts";
import { selectImages } from "../../core/image/mod.ts";
import { check, createMemoryStore } from "../../core/store/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { loadedStore, saved, seenImages, sharedArchives, storeOfFile } from "../support/stores.ts";

const archives = sharedArchives();
const absent = archives.length === 0 && "the corpus is not beside the project";

/** Archives that cannot be loaded: broken ones, such of which blobs are missing, such without an image. */
const REFUSED =
  /\/(?:bad-|rootfs|images\.tar\.gz|windows-mini|file\.tar|image-valid_manifest|image-single|test_bad_index|test_index_json|test_invalid|test_no_valid|go-test_index[34]|busybox-sparse|my-previous-sparse|index-with-docker|run-sha256|delete_image|manifest\.layout|two_images_manifest|trimmed-app150-two-refs|null_manifest|emptyLayer|command-|external|aufs-docker)/;

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
      expect(path).toMatch(REFUSED);
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

interface SaveStep {
  readonly argv?: readonly string[];
  readonly stderr: string;
  readonly exit: number;
  readonly tar?: {
    readonly [name: string]: { readonly contents: { readonly [name: string]: string } } | null;
  };
}

const TRANSCRIPT = "../shared/oracle/golden/08-save.json";

describe.skipIf(!existsSync(TRANSCRIPT))("archives saved by the engine", () => {
  it("have the tables that ours have, and what it refuses is refused in its words", async () => {
    const steps: readonly SaveStep[] = JSON.parse(readFileSync(TRANSCRIPT, "utf8")).steps;
    const store = createMemoryStore({ now: () => 0, newHasher: nativeHasher });
    let tables = 0;
    let refusals = 0;
    for (const { argv = [], stderr, tar } of steps) {
      if (argv[0] === "load" && argv[1] === "-q") {
        const file = openFileSource(`../shared/oracle/${argv[3]}`);
        await loadArchive(file, store, { newHasher: nativeHasher });
        file.close();
      }
      const texts = argv.slice(argv.indexOf("save") + 1).filter((word, at, all) => {
        return !word.startsWith("-") && !/^(?:-o|--output|--platform)$/.test(all[at - 1] ?? "");
      });
      const whole = Object.values(tar ?? {})[0];
      const theirs = /^Error response from daemon: (.*)$/.exec(stderr.trim())?.[1];
      if (!argv.includes("save") || (!whole && theirs === undefined) || argv.includes("--platform")) continue;
      // The engine looks for a file of its own there.
      if (theirs?.includes("/var/lib/docker")) continue;
      let ours: unknown;
      try {
        const { composition } = await saveArchive(store, selectImages(await store.table.snapshot(), texts), {
          newHasher: nativeHasher,
        });
        const { documents } = await openArchive(compositionSource(composition), { newHasher: nativeHasher });
        ours = [documents.manifest, documents.index].map((bytes) => new TextDecoder().decode(bytes));
      } catch (error) {
        if (!isCoreError(error)) throw error;
        ours = error.detail["reason"] ?? error.message;
      }
      if (theirs !== undefined) {
        expect({ argv, ours }).toEqual({ argv, ours: theirs });
        refusals++;
        continue;
      }
      const { "manifest.json": manifest, "index.json": index } = whole?.contents ?? {};
      // An image without a name the engine leaves out of the index when another has one; we do not.
      const untagged = /"RepoTags":null/.test(manifest ?? "") && /"RepoTags":\[/.test(manifest ?? "");
      expect({ argv, ours }).toEqual({ argv, ours: [manifest, untagged ? expect.any(String) : index] });
      tables++;
    }
    expect(Math.min(tables, refusals)).toBeGreaterThan(5);
  });
});
