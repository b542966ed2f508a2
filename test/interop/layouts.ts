import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tarOf } from "../support/archives.ts";
import { digestOf } from "../support/loopback-registry.ts";
import { randomBytes } from "../support/random.ts";

const OCI = "application/vnd.oci.image";

interface Described {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Bytes of a layer's file: the first of some are larger than what any buffer between client and registry holds. */
const CONTENT = { large: 3_000_000, small: 5000 } as const;

/**
 * Writes an OCI layout with images that real builders would make: `t`, one of two gzip layers; `zstd`, with a zstd layer; `multi`, both of them for
 * two platforms in one index. Everything in them differs by `seed`.
 */
export async function writeLayout(folder: string, seed: number): Promise<void> {
  const blobs = join(folder, "blobs/sha256");
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, bytes: Uint8Array): Promise<Described> => {
    const digest = digestOf(bytes);
    await writeFile(join(blobs, digest.slice(7)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const json = (mediaType: string, value: object): Promise<Described> =>
    put(mediaType, new TextEncoder().encode(JSON.stringify(value)));

  const image = async (architecture: string, packing: "gzip" | "zstd"): Promise<Described> => {
    const layers: Described[] = [];
    const diffIDs: string[] = [];
    for (const [at, size] of [CONTENT.large, CONTENT.small].entries()) {
      const content = randomBytes(size, seed * 10 + at);
      const tar = await tarOf([[`${architecture}-${packing}-${at}`, content]]);
      diffIDs.push(digestOf(tar));
      const bytes = packing === "gzip" ? gzipSync(tar, { level: 1 }) : zstd(tar);
      layers.push(await put(`${OCI}.layer.v1.tar+${packing}`, bytes));
    }
    const config = await json(`${OCI}.config.v1+json`, {
      architecture,
      os: "linux",
      config: { Cmd: [`/${architecture}`], Labels: { seed: String(seed) } },
      rootfs: { type: "layers", diff_ids: diffIDs },
    });
    const mediaType = `${OCI}.manifest.v1+json`;
    return json(mediaType, { schemaVersion: 2, mediaType, config, layers });
  };

  const gzipped = await image("amd64", "gzip");
  const packed = await image("amd64", "zstd");
  const arm = await image("arm64", "zstd");
  const indexType = `${OCI}.index.v1+json`;
  const index = await json(indexType, {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [
      { ...gzipped, platform: { os: "linux", architecture: "amd64" } },
      { ...arm, platform: { os: "linux", architecture: "arm64" } },
    ],
  });
  const named = [
    [gzipped, "t"],
    [packed, "zstd"],
    [index, "multi"],
  ] as const;
  const manifests = named.map(([target, name]) => ({
    ...target,
    annotations: { "org.opencontainers.image.ref.name": name },
  }));
  await writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
}

function zstd(bytes: Uint8Array): Uint8Array {
  return execFileSync("zstd", ["-q", "-c", "-1"], { input: bytes, maxBuffer: 64 * 1024 * 1024 });
}

/** The digests of what all files below a folder hold, whatever they are called; skopeo's `version` is no part of an image. */
export async function digestsIn(folder: string): Promise<Set<string>> {
  const digests = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name !== "version")
      digests.add(digestOf(await readFile(join(entry.parentPath, entry.name))));
  }
  return digests;
}
