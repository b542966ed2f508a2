import type { Bytes } from "../../core/bytes/mod.ts";
import { type Digest, sha256Digest } from "../../core/digest/mod.ts";
import { type Content, tarOf } from "./archives.ts";
import { utf8 } from "./tar.ts";

/** A layer of a made-up image: the tar, and how it lies in the archive. */
export interface TestLayer {
  readonly diffID: Digest;
  readonly plain: Bytes;
  /** What is put into the archive. Default: the plain tar. */
  readonly stored?: Uint8Array | undefined;
}

/** A made-up image. */
export interface TestImage {
  readonly layers: readonly TestLayer[];
  readonly tags?: readonly string[] | null;
  /** Members of the config besides those it cannot be without. */
  readonly config?: object;
  readonly parent?: Digest;
}

/** A layer of one file. */
export async function layerOf(path: string, content: string): Promise<TestLayer> {
  const plain = await tarOf([[path, content]]);
  return { diffID: sha256Digest(plain), plain };
}

/** The config of a made-up image. */
export function configOf({ layers, config }: TestImage): Bytes {
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffID }) => diffID) };
  return utf8(JSON.stringify({ os: "linux", architecture: "amd64", ...config, rootfs }));
}

/** Its ID. */
export const idOf = (image: TestImage): Digest => sha256Digest(configOf(image));

/** An archive of such images as Docker wrote it before version 25, layers named by number. */
export function dockerArchive(images: readonly TestImage[]): Promise<Bytes> {
  const members = new Map<string, Content>();
  const items = images.map((image, at) => {
    const config = configOf(image);
    members.set(`${at}.json`, config);
    const paths = image.layers.map(({ diffID, plain, stored }) => {
      const path = `${diffID.slice(7, 19)}/layer.tar`;
      members.set(path, stored ?? plain);
      return path;
    });
    return {
      Config: `${at}.json`,
      RepoTags: image.tags ?? null,
      Layers: paths,
      ...(image.parent === undefined ? {} : { Parent: image.parent }),
    };
  });
  return tarOf([...members, ["manifest.json", { json: items }]]);
}
