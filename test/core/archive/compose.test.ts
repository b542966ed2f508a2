import { describe, expect, it } from "vitest";
import { composeDockerArchive, openArchive, verifyLayer } from "../../../core/archive/mod.ts";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { scanLayer } from "../../../core/tree/mod.ts";
import { bytesOf, tarOf } from "../../support/archives.ts";
import { utf8 } from "../../support/tar.ts";

const LAYER = "ad9ed769e9dd2f885fb58c186f1cec7a8fe312ac6c4c59778d8bfa6ba2189113";
const CONFIG = "0e6cedbcc85c03ce6753952feb9a991e7d80ef4584a69a90e99ba446616515ab";
const MANIFEST = "744ec94314adf174b9ec18e16e6c8cc0ff6aee749d25d6e3696bf3d72f2ae381";
const config = utf8(
  `{"architecture":"amd64","config":{"Cmd":["/bin/sh"]},"created":"2024-01-02T03:04:05Z","history":[{"created":"2024-01-02T03:04:05Z","created_by":"COPY etc/hello /etc/hello # buildkit","comment":"buildkit.dockerfile.v0"},{"created":"2024-01-02T03:04:05Z","created_by":"CMD [\\"/bin/sh\\"]","comment":"buildkit.dockerfile.v0","empty_layer":true}],"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:${LAYER}"]}}`,
);

describe("composeDockerArchive", () => {
  it("writes the documents of the reference archive byte for byte", async () => {
    const layer = await tarOf([
      ["etc/", { dir: true }],
      ["etc/hello", "hello\n"],
    ]);
    expect(sha256Digest(layer)).toBe(`sha256:${LAYER}`);
    const composed = composeDockerArchive(
      [{ config, tags: ["demo:v1"], layers: [{ diffID: `sha256:${LAYER}`, content: sourceOf(layer) }] }],
      newSha256,
    );
    const bytes = await bytesOf(composed.parts);
    expect(bytes.length).toBe(composed.size);
    const archive = await openArchive(sourceOf(bytes), { newHasher: newSha256 });
    expect(archive.problems).toEqual([]);
    expect(archive.documents.manifest).toHaveLength(448);
    expect(sha256Digest(archive.documents.index!)).toBe(
      "sha256:5373042957cefe56efe5571181b936e4debefb877cb05c18abc6d086e9b3956f",
    );
    expect(new TextDecoder().decode(bytes)).toContain(`{"demo":{"v1":"${LAYER}"}}\n`);
    expect(archive.images).toMatchObject([
      {
        id: `sha256:${CONFIG}`,
        tags: ["demo:v1"],
        manifest: { digest: `sha256:${MANIFEST}` },
        problems: [],
        layers: [
          {
            diffID: `sha256:${LAYER}`,
            digest: `sha256:${LAYER}`,
            path: `blobs/sha256/${LAYER}`,
            history: { createdBy: "COPY etc/hello /etc/hello # buildkit" },
          },
        ],
      },
    ]);
    expect(archive.manifests[0]).toMatchObject({ tags: ["docker.io/library/demo:v1", "v1"], size: 397 });
    const names = [
      ...new TextDecoder("latin1")
        .decode(bytes)
        .matchAll(/(?:^|\0)((?:blobs\/|index|manifest|oci-layout|repositories)[\w./-]*)\0+000/g),
    ].map((match) => match[1]);
    expect(names).toEqual([...names].sort());
  });

  it("shares layers, merges names, and leaves untagged images without one", async () => {
    const layer = {
      diffID: `sha256:${LAYER}` as const,
      content: sourceOf(
        await tarOf([
          ["etc/", { dir: true }],
          ["etc/hello", "hello\n"],
        ]),
      ),
    };
    const other = utf8(new TextDecoder().decode(config).replace("amd64", "arm64"));
    const { parts } = composeDockerArchive(
      [
        { config, tags: ["b", "registry.test:5000/a:2", "a:1"], layers: [layer] },
        { config: other, tags: [], layers: [layer] },
      ],
      newSha256,
    );
    const archive = await openArchive(sourceOf(await bytesOf(parts)), { newHasher: newSha256 });
    expect(archive.images.map((image) => image.tags)).toEqual([
      ["b:latest", "registry.test:5000/a:2", "a:1"],
      [],
    ]);
    expect(archive.images.map((image) => image.layers[0]?.path)).toEqual([
      `blobs/sha256/${LAYER}`,
      `blobs/sha256/${LAYER}`,
    ]);
    expect(archive.manifests).toHaveLength(4);
    expect(archive.problems).toEqual([]);
    const again = composeDockerArchive([{ config: other, tags: [], layers: [] }], newSha256);
    expect(await bytesOf(again.parts)).toEqual(
      await bytesOf(composeDockerArchive([{ config: other, tags: [], layers: [] }], newSha256).parts),
    );
  });
});

describe("verifyLayer", () => {
  it("tells right, wrong and unpromised layers apart, and names the wrong one", async () => {
    const bytes = await tarOf([["a", "b"]]);
    const scan = await scanLayer(sourceOf(bytes), { newHasher: newSha256 });
    const layer = { index: 2, path: "x/layer.tar", source: sourceOf(bytes), size: bytes.length };
    const wrong = `sha256:${"0".repeat(64)}` as const;
    expect(verifyLayer({ ...layer, diffID: undefined }, scan).state).toBe("unverifiable");
    expect(verifyLayer({ ...layer, diffID: `sha512:${"0".repeat(128)}` }, scan).state).toBe("unverifiable");
    expect(verifyLayer({ ...layer, diffID: scan.diffID, digest: scan.blobDigest }, scan)).toEqual({
      state: "verified",
      problems: [],
    });
    expect(verifyLayer({ ...layer, diffID: wrong, digest: scan.blobDigest }, scan)).toEqual({
      state: "mismatch",
      problems: [
        {
          code: "digest/mismatch",
          message: `invalid diffID for layer 2: expected "${wrong}", got "${scan.diffID}" (x/layer.tar)`,
          detail: { layer: 2, path: "x/layer.tar", what: "diffID", expected: wrong, found: scan.diffID },
        },
      ],
    });
    expect(verifyLayer({ ...layer, diffID: wrong, digest: wrong }, scan).problems).toHaveLength(2);
  });
});
