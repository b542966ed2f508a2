import { gzipSync } from "fflate";
import { sha256Digest } from "../../core/digest/mod.ts";
import { encodeHeader } from "../../core/tar/mod.ts";
import { bytesOf, tarOf } from "./archives.ts";
import { randomBytes } from "./random.ts";

/** Content of `big`. */
export const BIG = randomBytes(9000, 3);
/** Content of `a/hello`. */
export const SMALL = new TextEncoder().encode("hello");

export const packed = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { mtime: 0 });

/** A small eStargz layer: a directory, a small file, a file in three parts, a symlink and a whiteout. */
export async function stargz(
  change: (entries: Record<string, unknown>[]) => void = () => {},
): Promise<{ layer: Uint8Array<ArrayBuffer>; toc: Uint8Array }> {
  const pieces: Uint8Array[] = [];
  let at = 0;
  const put = (bytes: Uint8Array): number => {
    const member = packed(bytes);
    pieces.push(member);
    at += member.length;
    return at - member.length;
  };
  put(encodeHeader({ path: "a/", type: "dir" }));
  const entries: Record<string, unknown>[] = [
    { name: "a/", type: "dir", mode: 0o755, modtime: "2024-05-06T07:08:09Z" },
  ];
  put(encodeHeader({ path: "a/hello", type: "file", size: SMALL.length }));
  entries.push({
    name: "a/hello",
    type: "reg",
    size: SMALL.length,
    mode: 0o644,
    uid: 7,
    userName: "seven",
    offset: put(SMALL),
    chunkDigest: sha256Digest(SMALL),
    xattrs: { "user.x": btoa("y") },
  });
  put(encodeHeader({ path: "big", type: "file", size: BIG.length }));
  for (let from = 0; from < BIG.length; from += 4000) {
    const part = BIG.subarray(from, from + 4000);
    const more = from === 0 ? { type: "reg", size: BIG.length, mode: 0o600 } : { type: "chunk" };
    entries.push({
      name: "big",
      ...more,
      chunkOffset: from,
      chunkSize: from + 4000 < BIG.length ? 4000 : 0,
      offset: put(part),
      chunkDigest: sha256Digest(part),
    });
  }
  entries.push(
    { name: "link", type: "symlink", linkName: "a/hello", mode: 0o777 },
    { name: ".wh.old", type: "reg" },
  );
  change(entries);
  const toc = new TextEncoder().encode(JSON.stringify({ version: 1, entries }));
  const offset = put(await tarOf([["stargz.index.json", toc]]));
  const extra = new TextEncoder().encode(`${offset.toString(16).padStart(16, "0")}STARGZ`);
  const footer = new Uint8Array([
    0x1f,
    0x8b,
    8,
    4,
    0,
    0,
    0,
    0,
    0,
    255,
    26,
    0,
    0x53,
    0x47,
    22,
    0,
    ...extra,
    1,
    0,
    0,
    255,
    255,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
  return { layer: await bytesOf([...pieces, footer]), toc };
}
