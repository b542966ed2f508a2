import { type Bytes, type Source, sourceOf } from "../../core/bytes/mod.ts";
import { type Digest, sha256Digest } from "../../core/digest/mod.ts";
import { composeTar, type TarMember } from "../../core/tar/mod.ts";
import { utf8 } from "./tar.ts";

/** A member of an archive made for a test: content, a JSON value, or a link. */
export type Content =
  | string
  | Uint8Array
  | { readonly json: unknown }
  | { readonly symlink: string }
  | { readonly link: string }
  | { readonly dir: true };

/** The bytes of a tar with these members, in their order; names may repeat. */
export async function tarOf(members: readonly (readonly [path: string, content: Content])[]): Promise<Bytes> {
  const { parts } = composeTar(members.map(([path, content]) => memberOf(path, content)));
  return bytesOf(parts);
}

/** Parts in one piece. */
export async function bytesOf(parts: readonly (Uint8Array | Source)[]): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  for (const part of parts)
    pieces.push(part instanceof Uint8Array ? part : new Uint8Array(await part.arrayBuffer()));
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    all.set(piece, end);
    end += piece.length;
  }
  return all;
}

function memberOf(path: string, content: Content): TarMember {
  if (typeof content === "string") return file(path, utf8(content));
  if (content instanceof Uint8Array) return file(path, content);
  if ("json" in content) return file(path, utf8(JSON.stringify(content.json)));
  if ("symlink" in content) return { entry: { path, type: "symlink", link: content.symlink } };
  if ("link" in content) return { entry: { path, type: "link", link: content.link } };
  return { entry: { path, type: "dir" } };
}

function file(path: string, content: Uint8Array): TarMember {
  return { entry: { path, type: "file", size: content.length }, content: sourceOf(content) };
}

/** A layout blob of bytes or of a JSON value: its member, its bytes and its descriptor. */
export function blobOf(
  content: Uint8Array | { readonly json: unknown },
  mediaType = "application/octet-stream",
): {
  readonly member: readonly [string, Content];
  readonly bytes: Uint8Array;
  readonly descriptor: { mediaType: string; digest: Digest; size: number };
} {
  const bytes = content instanceof Uint8Array ? content : utf8(JSON.stringify(content.json));
  const digest = sha256Digest(bytes);
  return {
    bytes,
    member: [`blobs/${digest.replace(":", "/")}`, bytes],
    descriptor: { mediaType, digest, size: bytes.length },
  };
}
