import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { MEDIA_TYPES, parseManifest } from "../../../core/oci/mod.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const descriptor = { mediaType: "application/x", digest: DIGEST, size: 3 };
const parse = (value: unknown, mediaType?: string) =>
  parseManifest(new TextEncoder().encode(JSON.stringify(value)), { document: "m", mediaType });

function codeOf(value: unknown, mediaType?: string): string {
  try {
    return parse(value, mediaType).kind;
  } catch (error) {
    if (isCoreError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe("parseManifest", () => {
  it("tells manifest and index by their media type", () => {
    expect(codeOf({ mediaType: MEDIA_TYPES.ociManifest, config: descriptor, layers: [] })).toBe("manifest");
    expect(codeOf({ mediaType: MEDIA_TYPES.dockerManifest, config: descriptor })).toBe("manifest");
    expect(codeOf({ mediaType: MEDIA_TYPES.ociIndex, manifests: [] })).toBe("index");
    expect(codeOf({ mediaType: MEDIA_TYPES.dockerList, manifests: [descriptor] })).toBe("index");
  });

  it("tells them by shape where there is no media type", () => {
    expect(codeOf({ config: descriptor, layers: [] })).toBe("manifest");
    expect(codeOf({ schemaVersion: 2, manifests: [] })).toBe("index");
    expect(codeOf({})).toBe("index");
    expect(codeOf({ config: descriptor, layers: [] }, MEDIA_TYPES.ociIndex)).toBe("manifest");
  });

  it.each([
    [
      { mediaType: MEDIA_TYPES.ociManifest, manifests: [], config: descriptor },
      `media-type: "${MEDIA_TYPES.ociManifest}" should not have "manifests" or "fsLayers"`,
    ],
    [
      { mediaType: MEDIA_TYPES.dockerManifest, fsLayers: [], config: descriptor },
      `media-type: "${MEDIA_TYPES.dockerManifest}" should not have "manifests" or "fsLayers"`,
    ],
    [
      { mediaType: MEDIA_TYPES.ociIndex, layers: [], manifests: [] },
      `media-type: "${MEDIA_TYPES.ociIndex}" should not have "config", "layers", or "fsLayers"`,
    ],
    [{ config: descriptor, manifests: [] }, "media-type: cannot determine"],
    [{ mediaType: "application/x" }, "media-type: cannot determine"],
  ])("refuses documents of two kinds or none", (value, message) => {
    expect(codeOf(value)).toBe(`oci/media-type: Cannot read m: ${message}`);
  });

  it("recognises schema 1 and refuses it", () => {
    expect(codeOf({ schemaVersion: 1, fsLayers: [], history: [] })).toMatch(
      /^oci\/schema1: Cannot read m: it is a Docker schema 1 manifest/,
    );
    expect(codeOf({ mediaType: MEDIA_TYPES.dockerSchema1Signed })).toMatch(/^oci\/schema1/);
  });

  it("reads every field of a descriptor and ignores those it does not know", () => {
    const full = {
      ...descriptor,
      urls: ["https://x"],
      annotations: { a: "b", n: null },
      artifactType: "t",
      data: "e30=",
      unknown: [1],
      platform: { os: "linux", architecture: "arm", variant: "v7", "os.version": "1", "os.features": ["f"] },
    };
    expect(parse({ manifests: [full] })).toMatchObject({
      manifests: [
        {
          mediaType: "application/x",
          digest: DIGEST,
          size: 3,
          urls: ["https://x"],
          annotations: new Map([
            ["a", "b"],
            ["n", ""],
          ]),
          artifactType: "t",
          data: "e30=",
          platform: { os: "linux", architecture: "arm", variant: "v7", osVersion: "1", osFeatures: ["f"] },
        },
      ],
    });
  });

  it("leaves broken entries of an index out and says what is wrong", () => {
    const index = parse({ manifests: [descriptor, { digest: "x", size: 1 }, { digest: DIGEST }] });
    expect(index.kind === "index" && index.manifests).toHaveLength(1);
    expect(index.kind === "index" && index.flaws.map((flaw) => flaw.message)).toEqual([
      'Cannot read m manifests[1] digest: found the string "x", expected a digest',
      "Cannot read m manifests[2] size: found nothing, expected a number of bytes",
    ]);
  });

  it.each([
    [[], "Cannot read m: found an array, expected an object"],
    ["x", 'Cannot read m: found the string "x", expected an object'],
    [{ config: descriptor, layers: {} }, "Cannot read m layers: found an object, expected an array"],
    [{ config: descriptor, layers: [1] }, "Cannot read m layers[0]: found the number 1, expected an object"],
    [{ config: 1, layers: [] }, "Cannot read m config: found the number 1, expected an object"],
    [{ layers: [] }, "Cannot read m config: found nothing, expected an object"],
    [
      { config: { ...descriptor, size: -1 } },
      "Cannot read m config size: found the number -1, expected an integer from 0 to 2^53 - 1",
    ],
    [
      { config: { ...descriptor, size: 1.5 } },
      "Cannot read m config size: found the number 1.5, expected an integer from 0 to 2^53 - 1",
    ],
    [
      { config: { ...descriptor, size: 2 ** 60 } },
      "Cannot read m config size: found the number 1152921504606847000, expected an integer from 0 to 2^53 - 1",
    ],
    [
      { config: { ...descriptor, size: "3" } },
      'Cannot read m config size: found the string "3", expected an integer from 0 to 2^53 - 1',
    ],
    [
      { config: descriptor, annotations: { a: 1 } },
      "Cannot read m annotations.a: found the number 1, expected a string",
    ],
    [{ mediaType: 5 }, "Cannot read m mediaType: found the number 5, expected a string"],
  ])("refuses a field of the wrong type by name", (value, message) => {
    expect(codeOf(value)).toBe(`oci/document: ${message}`);
  });
});
