import { encodeHeader, type HeaderFields, type TarMember } from "../../core/tar/mod.ts";
import type { ContentPlace } from "../../core/tree/mod.ts";
import type { Below } from "./below.ts";

/** A member to be written: its header, and where its content is. */
export interface PlannedMember {
  readonly fields: HeaderFields;
  readonly content?: ContentPlace | undefined;
}

const BLOCK = 512;

/**
 * The members of a tar of these paths, metadata kept. The first name of a file that has several carries the content, the others are hard
 * links to it: also when the first of all lies outside of what is saved. A hard link that leads nowhere is left out.
 */
export function* planTar(below: readonly Below[]): Generator<PlannedMember> {
  const firstNames = new Map<string, string>();
  for (const { name, merged } of below) {
    const { entry, firstLink } = merged;
    const file = firstLink ?? merged.path;
    const known = firstNames.get(file);
    const { entry: written, contentType, mode, uid, gid, uname, gname, mtime, content } = entry;
    const fields: HeaderFields = {
      path: name,
      type: contentType === "sparse" ? "file" : contentType,
      mode,
      uid,
      gid,
      uname,
      gname,
      mtime,
      ...(written?.xattrs && { xattrs: written.xattrs }),
      ...(written?.major !== undefined && { major: written.major }),
      ...(written?.minor !== undefined && { minor: written.minor }),
      ...(written?.typeflag !== undefined && contentType === "other" && { typeflag: written.typeflag }),
    };
    if (known !== undefined) {
      yield { fields: { ...fields, type: "link", link: known } };
      continue;
    }
    if (contentType !== "dir") firstNames.set(file, name);
    if (content !== undefined) {
      yield { fields: { ...fields, size: entry.size }, content };
    } else if (!entry.broken) {
      yield { fields: { ...fields, link: entry.link } };
    }
  }
}

/** Bytes of the tar of these members. */
export function tarSize(members: Iterable<PlannedMember>): number {
  let size = 2 * BLOCK;
  for (const { fields, content } of members) {
    size += encodeHeader(fields).length;
    if (content !== undefined) size += Math.ceil((fields.size ?? 0) / BLOCK) * BLOCK;
  }
  return size;
}

/** The members with their contents, each opened when its turn comes. */
export async function* openTar(
  members: Iterable<PlannedMember>,
  open: (place: ContentPlace) => Promise<NonNullable<TarMember["content"]>>,
): AsyncGenerator<TarMember> {
  for (const { fields, content } of members) {
    yield content === undefined ? { entry: fields } : { entry: fields, content: await open(content) };
  }
}
