import { describe, expect, it } from "vitest";
import { sha256Digest } from "../../../core/digest/mod.ts";
import { encodeIndex, encodeManifest, MEDIA_TYPES, parseManifest } from "../../../core/oci/mod.ts";

const digest = "sha256:0e6cedbcc85c03ce6753952feb9a991e7d80ef4584a69a90e99ba446616515ab";
const layer = {
  mediaType: MEDIA_TYPES.ociLayer,
  digest: "sha256:ad9ed769e9dd2f885fb58c186f1cec7a8fe312ac6c4c59778d8bfa6ba2189113",
  size: 2560,
} as const;

describe("writing manifests", () => {
  it("gives the manifest that Docker saves, byte for byte", () => {
    const bytes = encodeManifest({
      config: { mediaType: MEDIA_TYPES.ociConfig, digest, size: 469 },
      layers: [layer],
    });
    expect(bytes.length).toBe(397);
    expect(sha256Digest(bytes)).toBe(
      "sha256:744ec94314adf174b9ec18e16e6c8cc0ff6aee749d25d6e3696bf3d72f2ae381",
    );
  });

  it("gives what is read back the same, annotations in the order of their keys", () => {
    const fields = {
      mediaType: MEDIA_TYPES.dockerManifest,
      artifactType: "a/b",
      config: { ...layer, urls: ["https://x/?a&b"], data: "e30=" },
      layers: [{ ...layer, annotations: new Map([["k", "<v>"]]) }],
      subject: layer,
      annotations: new Map([
        ["b", "2"],
        ["a", "1"],
      ]),
    };
    const bytes = encodeManifest(fields);
    expect(parseManifest(bytes, { document: "it" })).toMatchObject({ kind: "manifest", ...fields });
    const written = new TextDecoder().decode(bytes);
    expect(written).toContain('"annotations":{"a":"1","b":"2"}}');
    expect(written).toContain("https://x/?a\\u0026b");
  });

  it("gives an index with platforms", () => {
    const manifests = [
      {
        ...layer,
        mediaType: MEDIA_TYPES.ociManifest,
        platform: { os: "linux", architecture: "arm", variant: "v7" },
      },
    ];
    const bytes = encodeIndex({ manifests });
    expect(parseManifest(bytes, { document: "it" })).toMatchObject({ kind: "index", manifests });
    expect(new TextDecoder().decode(bytes)).toContain(
      '"platform":{"architecture":"arm","os":"linux","variant":"v7"}}]}',
    );
  });
});
