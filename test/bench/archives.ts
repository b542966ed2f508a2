import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { composeDockerArchive } from "../../core/archive/mod.ts";
import { type Source, sourceOf } from "../../core/bytes/mod.ts";
import type { Digest } from "../../core/digest/mod.ts";
import { composeTar, type TarComposition } from "../../core/tar/mod.ts";
import { openFileSource } from "../support/file-source.ts";
import { nativeHasher } from "../support/native-hash.ts";
import { compressed, FOLDER, RECIPES, type Recipe, tarOf } from "./inputs.ts";

const HUGE: Recipe = { name: "huge-5", files: 5, size: () => 128 * 1024 * 1024, incompressible: 1 };
const LONG: Recipe = {
  name: "long-1g",
  files: 60_000,
  size: (_, random) => 8000 + Math.floor(random() * 18_000),
  incompressible: 0.1,
};

/** A `docker save` archive of about 2 GB: three plain layers, 200,000 small files and thirteen large ones. */
export async function largeArchive(): Promise<string> {
  const path = join(FOLDER, "large-image.tar");
  if (existsSync(path)) return path;
  const tars = [RECIPES.large, RECIPES.small, HUGE].map(tarOf);
  const layers = await Promise.all(
    tars.map(async (tar) => ({ diffID: await digestOf(tar), content: openFileSource(tar) })),
  );
  const config = configOf(layers.map(({ diffID }) => diffID));
  const images = [{ config, tags: ["bench/large:latest"], layers }];
  await write(composeDockerArchive(images, nativeHasher), path);
  for (const { content } of layers) content.close();
  return path;
}

/** A `docker save` archive with one gzip layer of about 1 GB uncompressed; `undefined` without gzip on this machine. */
export async function gzipArchive(): Promise<string | undefined> {
  const path = join(FOLDER, "gzip-image.tar");
  if (existsSync(path)) return path;
  const tar = tarOf(LONG);
  const packed = compressed(tar, "gz");
  if (packed === undefined) return undefined;
  const config = configOf([await digestOf(tar)]);
  const layer = openFileSource(packed);
  const manifest = [{ Config: "config.json", RepoTags: ["bench/gzip:latest"], Layers: ["layer.tar.gz"] }];
  const file = (name: string, content: Source) =>
    ({ entry: { path: name, type: "file", size: content.size }, content }) as const;
  const text = (name: string, value: unknown) =>
    file(
      name,
      sourceOf(value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value))),
    );
  await write(
    composeTar([file("layer.tar.gz", layer), text("config.json", config), text("manifest.json", manifest)]),
    path,
  );
  layer.close();
  return path;
}

function configOf(diffIDs: readonly Digest[]): Uint8Array {
  const config = {
    architecture: "amd64",
    os: "linux",
    created: "2026-01-01T00:00:00Z",
    config: { Cmd: ["/bin/sh"] },
    history: diffIDs.map((_, index) => ({ created_by: `RUN step ${index}` })),
    rootfs: { type: "layers", diff_ids: diffIDs },
  };
  return new TextEncoder().encode(JSON.stringify(config));
}

async function digestOf(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}

async function write({ parts }: TarComposition, path: string): Promise<void> {
  const out = createWriteStream(`${path}.part`);
  const put = async (bytes: Uint8Array): Promise<void> => {
    if (!out.write(bytes)) await new Promise<void>((resolve) => out.once("drain", () => resolve()));
  };
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      await put(part);
      continue;
    }
    const reader = part.stream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) await put(next.value);
  }
  out.end();
  await finished(out);
  renameSync(`${path}.part`, path);
}
