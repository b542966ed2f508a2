import { describe, expect, it } from "vitest";
import { type Source, sourceOf } from "../../../core/bytes/mod.ts";
import { sha256Digest } from "../../../core/digest/mod.ts";
import { isCoreError } from "../../../core/error.ts";
import { listStargz } from "../../../core/registry/mod.ts";
import { composeTar, contentOf, entryAt } from "../../../core/tar/mod.ts";
import { bytesOf, tarOf } from "../../support/archives.ts";
import { randomBytes } from "../../support/random.ts";
import { BIG, packed, SMALL, stargz } from "../../support/stargz.ts";

const descriptorOf = (layer: Uint8Array, toc?: Uint8Array) => ({
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  digest: sha256Digest(layer),
  size: layer.length,
  ...(toc === undefined
    ? {}
    : { annotations: new Map([["containerd.io/snapshot/stargz/toc.digest", sha256Digest(toc)]]) }),
});

/** Counts what is read. */
function counted(bytes: Uint8Array<ArrayBuffer>): { readonly source: Source; readonly read: () => number } {
  let read = 0;
  const count = (source: Source): Source => ({
    size: source.size,
    slice: (from, to) => count(source.slice(from, to)),
    stream() {
      read += source.size;
      return source.stream();
    },
    arrayBuffer() {
      read += source.size;
      return source.arrayBuffer();
    },
  });
  return { source: count(sourceOf(bytes)), read: () => read };
}

describe("listStargz", () => {
  it("lists a layer from its footer and table alone", async () => {
    const { layer, toc } = await stargz();
    const { source, read } = counted(layer);
    const listed = await listStargz(source, descriptorOf(layer, toc));
    const { table } = listed!.scan;
    expect(Array.from({ length: table.count }, (_, row) => entryAt(table, row))).toMatchObject([
      { path: "a/", type: "dir", mode: 0o755, mtime: 1_714_979_289 },
      {
        path: "a/hello",
        type: "file",
        size: 5,
        mode: 0o644,
        uid: 7,
        uname: "seven",
        xattrs: { "user.x": new TextEncoder().encode("y") },
      },
      { path: "big", type: "file", size: 9000, mode: 0o600 },
      { path: "link", type: "symlink", link: "a/hello" },
      { path: ".wh.old", type: "file", size: 0 },
    ]);
    expect(listed?.scan).toMatchObject({
      blobDigest: sha256Digest(layer),
      diffID: undefined,
      contentSize: 9005,
    });
    expect(read()).toBeLessThan(1000);
  });

  it("reads files by their parts, and no others", async () => {
    const { layer } = await stargz();
    const { source, read } = counted(layer);
    const { scan, content } = (await listStargz(source, descriptorOf(layer)))!;
    const before = read();
    expect(new Uint8Array(await contentOf(content, scan.table, 1).arrayBuffer())).toEqual(SMALL);
    expect(read() - before).toBeLessThan(200);
    const big = contentOf(content, scan.table, 2);
    expect(new Uint8Array(await big.arrayBuffer())).toEqual(BIG);
    for (const [from, to] of [
      [0, 10],
      [3990, 4010],
      [3999, 8001],
      [8500, 9000],
      [5, 5],
    ] as const)
      expect(new Uint8Array(await big.slice(from, to).arrayBuffer())).toEqual(BIG.subarray(from, to));
  });

  it("finds none in other layers", async () => {
    for (const layer of [
      new Uint8Array(packed(await tarOf([["a", "b"]]))),
      randomBytes(40, 1),
      randomBytes(5000, 2),
      new Uint8Array(await bytesOf(composeTar([]).parts)),
    ])
      expect(await listStargz(sourceOf(layer), descriptorOf(layer))).toBeUndefined();
  });

  it.each<[string, string, (entries: Record<string, unknown>[]) => void]>([
    [
      "a part that is another",
      "digest/mismatch",
      (entries) => Object.assign(entries[1], { chunkDigest: sha256Digest(BIG) }),
    ],
    ["a part that is missing", "registry/answer", (entries) => void entries.splice(3, 2)],
    ["a part beyond the end", "registry/answer", (entries) => Object.assign(entries[1], { offset: 1e12 })],
    [
      "a file that is longer than its parts",
      "registry/answer",
      (entries) => Object.assign(entries[1], { size: 6000 }),
    ],
  ])("tells of %s", async (_, code, change) => {
    const { layer } = await stargz(change);
    const { scan, content } = (await listStargz(sourceOf(layer), descriptorOf(layer)))!;
    const read = async (): Promise<void> => {
      for (const row of [1, 2]) await contentOf(content, scan.table, row).arrayBuffer();
    };
    const error = await read().catch((caught: unknown) => caught);
    expect(isCoreError(error) && error.code).toBe(code);
  });

  it("refuses a table that is not what its digest says", async () => {
    const { layer } = await stargz();
    const error = await listStargz(sourceOf(layer), descriptorOf(layer, SMALL)).catch(
      (caught: unknown) => caught,
    );
    expect(isCoreError(error, "digest/mismatch")).toBe(true);
  });
});
