import { describe, expect, it } from "vitest";
import { type Bytes, type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256, sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { composeTar, contentOf, entryAt, type TarMember } from "../../../core/tar/mod.ts";
import {
  type LayerScan,
  LayerScanner,
  layerContent,
  listLayer,
  scanLayer,
  scanTransfer,
} from "../../../core/tree/mod.ts";
import { CHUNKINGS, chunked } from "../../support/chunkings.ts";
import { platformCompressed } from "../../support/decompressed.ts";
import { joined } from "../../support/deflate.ts";
import { textLikeBytes } from "../../support/random.ts";

const encoder = new TextEncoder();
const big = textLikeBytes(70_000, 3);
const options = { newHasher: newSha256 };

const member = (path: string, content: Uint8Array | undefined, more: object = {}): TarMember => ({
  entry: {
    path,
    type: content === undefined ? "dir" : "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    uname: "",
    gname: "",
    mtime: 7,
    link: "",
    ...more,
  },
  content: content === undefined ? undefined : sourceOf(content),
});

async function tarOf(members: readonly TarMember[]): Promise<Bytes> {
  const parts = composeTar(members).parts;
  return joined(
    ...(await Promise.all(
      parts.map(async (part) =>
        part instanceof Uint8Array ? part : new Uint8Array(await part.arrayBuffer()),
      ),
    )),
  );
}

const layer = await tarOf([
  member("a/", undefined),
  member("a/hello", encoder.encode("hello\n")),
  member("a/big", big),
  member("a/none", new Uint8Array(0)),
  member("a/link", new Uint8Array(0), { type: "link", link: "a/big" }),
]);
const packed = await platformCompressed(layer);

/** A scan by pushing, chunk by chunk. */
function pushed(bytes: Uint8Array, sizes: () => number, more: object = {}): LayerScan {
  const scanner = new LayerScanner({ ...options, ...more });
  for (const chunk of chunked(bytes, sizes)) scanner.push(chunk);
  return scanner.end();
}

describe("scanLayer", () => {
  it("finds digest, diff ID, sizes and entries of a plain layer in one pass", async () => {
    let streams = 0;
    const source = sourceOf(layer);
    const counted: Source = { ...source, stream: () => (streams++, source.stream()) };
    const scan = await scanLayer(counted, options);
    expect(scan).toMatchObject({
      compression: "none",
      blobDigest: sha256Digest(layer),
      blobSize: layer.length,
      diffID: sha256Digest(layer),
      size: layer.length,
      contentSize: 70_006,
      index: undefined,
      problems: [],
      fileDigests: undefined,
    });
    expect(entryAt(scan.table, 1)).toMatchObject({ path: "a/hello", size: 6, mtime: 7 });
    expect(streams).toBe(1);
  });

  it("finds the same of a compressed layer, and an index to read it by", async () => {
    const scan = await scanLayer(sourceOf(packed), options);
    expect(scan).toMatchObject({
      compression: "gzip",
      blobDigest: sha256Digest(packed),
      blobSize: packed.length,
      diffID: sha256Digest(layer),
      size: layer.length,
      problems: [],
    });
    const content = contentOf(layerContent(sourceOf(packed), scan), scan.table, 2);
    expect(new Uint8Array(await content.arrayBuffer())).toEqual(big);
  });

  it("hashes every file when asked", async () => {
    const { fileDigests } = await scanLayer(sourceOf(packed), { ...options, contentDigests: true });
    const digests = Array.from({ length: 5 }, (_, row) =>
      Array.from(fileDigests!.subarray(row * 32, row * 32 + 32), (byte) =>
        byte.toString(16).padStart(2, "0"),
      ).join(""),
    );
    const zero = "0".repeat(64);
    expect(digests.map((hex) => `sha256:${hex}`)).toEqual([
      `sha256:${zero}`,
      sha256Digest(encoder.encode("hello\n")),
      sha256Digest(big),
      sha256Digest(new Uint8Array(0)),
      `sha256:${zero}`,
    ]);
  });

  it("keeps the entries before a broken header, and hashes on to the end", async () => {
    const broken = layer.slice();
    broken[512 * 3 + 20] = 0xff;
    const scan = await scanLayer(sourceOf(broken), options);
    expect(scan).toMatchObject({
      diffID: sha256Digest(broken),
      blobDigest: sha256Digest(broken),
      size: broken.length,
    });
    expect(scan.table.count).toBe(2);
    expect(scan.problems).toMatchObject([{ code: "tar/header" }]);
  });

  it("keeps the entries before a break in the compression, and says there is no diff ID", async () => {
    const cut = packed.subarray(0, packed.length - 3000);
    const scan = await scanLayer(sourceOf(cut), options);
    expect(scan).toMatchObject({
      compression: "gzip",
      diffID: undefined,
      blobDigest: sha256Digest(cut),
    });
    expect(scan.table.count).toBeGreaterThan(2);
    expect(scan.problems.map(({ code }) => code)).toEqual(["compression/truncated"]);
    const hello = contentOf(layerContent(sourceOf(cut), scan), scan.table, 1);
    expect(await new Response(await hello.arrayBuffer()).text()).toBe("hello\n");
    const spoilt = packed.slice();
    spoilt[packed.length - 6] ^= 0xff;
    const other = await scanLayer(sourceOf(spoilt), options);
    expect(other).toMatchObject({
      diffID: undefined,
      blobDigest: sha256Digest(spoilt),
      blobSize: spoilt.length,
    });
    expect(other.problems.map(({ code }) => code)).toEqual(["compression/checksum"]);
  });

  it("takes a layer that decompresses to more than allowed for broken", async () => {
    const scan = await scanLayer(sourceOf(packed), { ...options, maxSize: 10_000 });
    expect(scan.diffID).toBeUndefined();
    expect(scan.problems.map(({ code }) => code)).toEqual(["bytes/limit"]);
    expect(scan.blobDigest).toBe(sha256Digest(packed));
  });

  it("passes on an abort, and what reading rejects with", async () => {
    const reason = new Error("enough");
    await expect(scanLayer(sourceOf(packed), { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const lost = new Error("the disk is gone");
    const source: Source = {
      ...sourceOf(layer),
      stream: () =>
        new ReadableStream({
          pull() {
            throw lost;
          },
        }),
    };
    await expect(scanLayer(source, options)).rejects.toBe(lost);
  });

  it("reports how far it has come", async () => {
    const seen: number[] = [];
    await scanLayer(sourceOf(layer), { ...options, onProgress: (bytes) => seen.push(bytes) });
    expect(seen.at(-1)).toBe(layer.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe("LayerScanner", () => {
  for (const { name, next } of CHUNKINGS) {
    it(`finds what scanLayer finds, fed ${name}`, async () => {
      for (const bytes of [layer, packed, packed.subarray(0, 900), layer.subarray(0, 700)]) {
        const whole = await scanLayer(sourceOf(bytes), { ...options, contentDigests: true });
        expect(pushed(bytes, next(), { contentDigests: true })).toEqual({ ...whole, index: undefined });
      }
    });
  }

  it("collects no index, and content is read from the front then", async () => {
    const scan = pushed(packed, () => 1000);
    const content = contentOf(layerContent(sourceOf(packed), scan), scan.table, 2);
    expect(new Uint8Array(await content.arrayBuffer())).toEqual(big);
  });

  it("scans layers of a few bytes, or of none", () => {
    for (const text of ["", "a", "not a tar at all, and no gzip"]) {
      const bytes = encoder.encode(text);
      const scan = pushed(bytes, () => 1);
      expect(scan).toMatchObject({
        blobDigest: sha256Digest(bytes),
        size: bytes.length,
        compression: "none",
      });
      expect(scan.table.count).toBe(0);
    }
  });

  it("names a compression that is not read", () => {
    const lz4 = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, ...new Uint8Array(600));
    expect(pushed(lz4, () => 7)).toMatchObject({
      diffID: undefined,
      problems: [{ code: "compression/unsupported" }],
    });
  });
});

describe("listLayer", () => {
  it("lists a plain layer by its headers, and of a compressed one tells the compression", async () => {
    const { table } = await listLayer(sourceOf(layer));
    expect(table).toEqual((await scanLayer(sourceOf(layer), options)).table);
    expect(await listLayer(sourceOf(packed))).toEqual({ compression: "gzip", table: undefined });
    await expect(listLayer(sourceOf(layer.subarray(0, 3000)))).rejects.toSatisfy((error) =>
      isCoreError(error),
    );
  });
});

describe("scanTransfer", () => {
  it("names every buffer of a scan once", async () => {
    const scan = await scanLayer(sourceOf(packed), { ...options, contentDigests: true });
    const copy = structuredClone(scan);
    const moved = structuredClone(scan, { transfer: scanTransfer(scan) });
    expect(moved).toEqual(copy);
    expect(scan.table.bytes).toHaveLength(0);
  });
});
