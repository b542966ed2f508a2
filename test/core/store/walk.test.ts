import { describe, expect, it } from "vitest";
import { type Bytes, sourceOf } from "../../../core/bytes/mod.ts";
import type { Digest } from "../../../core/digest/mod.ts";
import { type Descriptor, MEDIA_TYPES } from "../../../core/oci/mod.ts";
import { type BlobReader, type GraphNode, type WalkOptions, walk } from "../../../core/store/mod.ts";
import { BlobSet } from "../../support/images.ts";

/** A reader that checks nothing, as archives do not. */
function readerOf(blobs: ReadonlyMap<Digest, Bytes>): BlobReader & { readonly opened: Digest[] } {
  const opened: Digest[] = [];
  return {
    opened,
    stat: async ({ digest }) => blobs.get(digest)?.length,
    async blob({ digest }) {
      const bytes = blobs.get(digest);
      opened.push(digest);
      return bytes && sourceOf(bytes);
    },
  };
}

async function nodes(blobs: BlobSet, root: Descriptor, options: WalkOptions = {}): Promise<GraphNode[]> {
  const found: GraphNode[] = [];
  for await (const node of walk(readerOf(blobs), root, options)) found.push(node);
  return found;
}

const outline = (found: readonly GraphNode[]): string[] =>
  found.map(({ kind, depth, state }) => `${"  ".repeat(depth)}${kind} ${state}`);

describe("walk", () => {
  it("gives an index, its manifests and what they list, parents first and in order", async () => {
    const blobs = new BlobSet();
    const [one, two] = [
      blobs.image([blobs.layer(10, 1), blobs.layer(10, 2)], "1"),
      blobs.image([blobs.layer(10, 3)], "2"),
    ];
    const index = blobs.index([one.manifest, two.manifest]);
    const found = await nodes(blobs, index);
    expect(outline(found)).toEqual([
      "index here",
      "  manifest here",
      "    config here",
      "    layer here",
      "    layer here",
      "  manifest here",
      "    config here",
      "    layer here",
    ]);
    expect(found[1]?.parent).toBe(index.digest);
    expect(found[1]?.bytes).toEqual(blobs.get(one.manifest.digest));
    expect(found[1]?.document?.kind).toBe("manifest");
  });

  it("STORE-11 visits what is shared once, and follows a document that is also listed as a layer", async () => {
    const blobs = new BlobSet();
    const base = blobs.layer(10, 1);
    const inner = blobs.image([base], "inner");
    const outer = blobs.image([base, { ...inner.manifest, mediaType: MEDIA_TYPES.ociLayer }], "outer");
    const found = await nodes(blobs, blobs.index([outer.manifest, inner.manifest, outer.manifest]));
    const digests = found.map(({ descriptor }) => descriptor.digest);
    expect(digests.filter((digest) => digest === base.digest)).toHaveLength(1);
    expect(digests).toContain(inner.config.digest);
    expect(found).toHaveLength(7);
  });

  it("STORE-11 ends on documents that claim to hold themselves", async () => {
    const blobs = new BlobSet();
    const self: Digest = `sha256:${"1".repeat(64)}`;
    const text = JSON.stringify({
      schemaVersion: 2,
      manifests: [{ mediaType: MEDIA_TYPES.ociIndex, digest: self, size: 140 }],
    });
    blobs.set(self, new TextEncoder().encode(text));
    const found = await nodes(blobs, { mediaType: MEDIA_TYPES.ociIndex, digest: self, size: text.length });
    expect(outline(found)).toEqual(["index damaged"]);
  });

  it("STORE-11 ends with an error on graphs deeper or larger than its limits", async () => {
    const blobs = new BlobSet();
    let root = blobs.image([blobs.layer(1, 1)]).manifest;
    for (let depth = 0; depth < 20; depth++) root = blobs.index([root]);
    await expect(nodes(blobs, root)).rejects.toMatchObject({ code: "bytes/limit" });
    expect(await nodes(blobs, root, { limits: { depth: 100 } })).toHaveLength(23);
    await expect(nodes(blobs, root, { limits: { depth: 100, documents: 5 } })).rejects.toMatchObject({
      code: "bytes/limit",
      message: expect.stringContaining("more than 5 documents"),
    });
    const wide = blobs.index(Array.from({ length: 50 }, () => root));
    await expect(nodes(blobs, wide, { limits: { descriptors: 10 } })).rejects.toMatchObject({
      code: "bytes/limit",
    });
  });

  it("STORE-12 follows no document whose bytes are not those of its digest", async () => {
    const blobs = new BlobSet();
    const honest = blobs.image([blobs.layer(10, 1)]);
    const forged = blobs.image([blobs.layer(10, 2)]);
    blobs.set(honest.manifest.digest, blobs.get(forged.manifest.digest)!);
    const found = await nodes(blobs, blobs.index([honest.manifest]));
    expect(outline(found)).toEqual(["index here", "  manifest damaged"]);
    expect(found[1]?.problem?.code).toBe("digest/mismatch");
  });

  it("STORE-13 reports what is missing and what is of the wrong size, and goes on", async () => {
    const blobs = new BlobSet();
    const [gone, short, whole] = [blobs.layer(10, 1), blobs.layer(10, 2), blobs.layer(10, 3)];
    const image = blobs.image([gone, { ...short, size: 11 }, whole]);
    const index = blobs.index([{ ...image.manifest, digest: gone.digest }, image.manifest]);
    blobs.delete(gone.digest);
    expect(outline(await nodes(blobs, index))).toEqual([
      "index here",
      "  manifest missing",
      "  manifest here",
      "    config here",
      "    layer missing",
      "    layer damaged",
      "    layer here",
    ]);
  });

  it("follows only the children that are selected, and asks for no leaves when told", async () => {
    const blobs = new BlobSet();
    const platforms = ["amd64", "arm64"].map((architecture) => ({
      ...blobs.image([blobs.layer(10, architecture.length)], architecture).manifest,
      platform: { os: "linux", architecture },
    }));
    const index = blobs.index(platforms);
    const select = (child: Descriptor): boolean => child.platform?.architecture === "arm64";
    const reader = readerOf(blobs);
    const kinds: string[] = [];
    for await (const { kind, state } of walk(reader, index, { select, leaves: false }))
      kinds.push(`${kind} ${state}`);
    expect(kinds).toEqual(["index here", "manifest here", "config unasked", "layer unasked"]);
    expect(reader.opened).toEqual([index.digest, platforms[1].digest]);
  });

  it("leaves a document alone that is whole but too large or not what its type says", async () => {
    const blobs = new BlobSet();
    const odd = blobs.json(["no manifest"], MEDIA_TYPES.ociManifest);
    const artifact = blobs.json({ anything: 1 }, "application/vnd.example.thing");
    const found = await nodes(blobs, blobs.index([odd, artifact]));
    expect(outline(found)).toEqual(["index here", "  manifest here", "  other here"]);
    expect(found[1]?.problem?.code).toMatch(/^oci\//);
    const large = await nodes(blobs, odd, { limits: { document: 3 } });
    expect(large[0]).toMatchObject({ state: "here", problem: { code: "bytes/limit" } });
  });

  it("takes bytes that a descriptor carries itself, when they are right", async () => {
    const blobs = new BlobSet();
    const image = blobs.image([blobs.layer(10, 1)]);
    const text = new TextDecoder().decode(blobs.get(image.manifest.digest));
    blobs.delete(image.manifest.digest);
    expect(outline(await nodes(blobs, { ...image.manifest, data: btoa(text) }))).toHaveLength(3);
    expect(outline(await nodes(blobs, { ...image.manifest, data: btoa(text.replace("2", "3")) }))).toEqual([
      "manifest damaged",
    ]);
    expect(outline(await nodes(blobs, { ...image.manifest, data: "%%%" }))).toEqual(["manifest missing"]);
  });

  it("ends with the signal's reason", async () => {
    const blobs = new BlobSet();
    const image = blobs.image([blobs.layer(10, 1)]);
    const reason = new Error("enough");
    await expect(nodes(blobs, image.manifest, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
