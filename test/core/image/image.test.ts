import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../core/bytes/mod.ts";
import {
  ancestors,
  historyLines,
  type ImageParts,
  imageSize,
  layerSize,
  settingsOf,
  validateImage,
} from "../../../core/image/mod.ts";
import { parseImageConfig } from "../../../core/oci/mod.ts";
import { readTable } from "../../../core/tar/mod.ts";
import { type Content, tarOf } from "../../support/archives.ts";
import { utf8 } from "../../support/tar.ts";

const id = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const made = (config: object, layers = 1): ImageParts => {
  const parsed = parseImageConfig(utf8(JSON.stringify(config)), { document: "c" });
  return {
    id: id("a"),
    tags: [],
    platform: parsed.platform,
    config: parsed,
    layers: Array.from({ length: layers }, () => ({ diffID: undefined })),
  };
};
const sizeOf = async (members: readonly (readonly [string, Content])[]): Promise<number> =>
  layerSize(await readTable(sourceOf(await tarOf(members))));

describe("layerSize", () => {
  it("adds up regular files and the targets of symlinks, as the engine does on disk", async () => {
    expect(
      await sizeOf([
        ["d/", { dir: true }],
        ["d/a", "12345"],
        ["d/l", { symlink: "../tool" }],
        ["d/b", { link: "d/a" }],
      ]),
    ).toBe(5 + 7);
  });

  it("counts whiteouts as empty whatever they hold", async () => {
    expect(
      await sizeOf([
        ["d/.wh.a", "xyz"],
        [".wh..wh..opq", "x"],
        ["d.wh.b", "1"],
      ]),
    ).toBe(1);
    expect(await sizeOf([])).toBe(0);
  });
});

describe("historyLines and imageSize", () => {
  it("gives each step its layer's size, and says when one is not known", () => {
    const image = made(
      { history: [{ created_by: "a" }, { created_by: "b", empty_layer: true }, { created_by: "c" }] },
      2,
    );
    expect(
      historyLines(image, [7, undefined]).map(({ entry, layer, size }) => [entry.createdBy, layer, size]),
    ).toEqual([
      ["a", 0, 7],
      ["b", undefined, 0],
      ["c", 1, undefined],
    ]);
    expect(imageSize([7, 5])).toBe(12);
    expect(imageSize([7, undefined])).toBeUndefined();
    expect(imageSize([])).toBe(0);
  });
});

describe("ancestors", () => {
  it("follows parents as far as they are known", () => {
    const image = (name: string, parent?: string): ImageParts => ({
      ...made({}),
      id: id(name),
      ...(parent && { parent: id(parent) }),
    });
    const all = [image("a", "b"), image("b", "c"), image("c", "d"), image("e", "e")];
    expect(ancestors(all[0], all).map((parent) => parent.id)).toEqual([id("b"), id("c")]);
    expect(ancestors(all[3], all)).toEqual([]);
  });
});

describe("settingsOf", () => {
  it("lists what is said, in reading order", () => {
    const { config } = made({
      config: { Cmd: ["x"], Env: ["A=1", "B=2"], User: "", Labels: { a: "b" }, Entrypoint: [] },
    });
    expect(settingsOf(config?.container)).toEqual([
      { key: "Cmd", values: ["x"] },
      { key: "Env", values: ["A=1", "B=2"] },
      { key: "Labels", values: ["a=b"] },
    ]);
    expect(settingsOf(undefined)).toEqual([]);
  });
});

describe("validateImage", () => {
  const right = {
    os: "linux",
    architecture: "amd64",
    rootfs: { type: "layers", diff_ids: [id("d")] },
    history: [{}],
  };

  it("has nothing to say about an image that is right, or that has no config", () => {
    expect(validateImage(made(right))).toEqual([]);
    expect(validateImage({ ...made(right), config: undefined })).toEqual([]);
  });

  it.each<readonly [object, string]>([
    [{ os: undefined }, "The config has os nothing, expected an operating system"],
    [{ architecture: "" }, "The config has architecture nothing, expected an architecture"],
    [{ rootfs: { type: "x", diff_ids: [id("d")] } }, 'The config has rootfs.type "x", expected "layers"'],
    [
      { rootfs: { type: "layers", diff_ids: [] } },
      "The config has rootfs.diff_ids of 0 layers, expected 1, as many as the image has",
    ],
    [{ history: [{}, {}] }, "The config has history of 2 layers, expected 1, as many as the image has"],
    [
      { history: [{ empty_layer: true }] },
      "The config has history of 0 layers, expected 1, as many as the image has",
    ],
    [{ created: "yesterday" }, 'The config has created "yesterday", expected a time as in RFC 3339'],
    [{ config: { Env: ["A"] } }, 'The config has Env "A", expected name=value'],
  ])("names what breaks the specification", (change, message) => {
    expect(validateImage(made({ ...right, ...change })).map((flaw) => flaw.message)).toEqual([message]);
  });

  it("tells a hundred malformed variables and no more", () => {
    const config = { Env: Array.from({ length: 5000 }, (_, index) => `A${index}`) };
    expect(validateImage(made({ ...right, config })).length).toBe(100);
  });
});
