import type { Bytes } from "../bytes/mod.ts";
import type { EntryType } from "./table.ts";

/** What a header is written from. A {@link TarEntry} is one as it stands. */
export interface HeaderFields {
  /** Written as given, except that a directory gets its `/` at the end. */
  readonly path: string;
  /** Raw bytes to write instead of `path`. */
  readonly pathBytes?: Bytes;
  /** `sparse` is written as a plain file with its holes expanded. */
  readonly type: EntryType;
  /** For `other`: the type byte to write. */
  readonly typeflag?: string;
  /** Bytes of content; 0 when not given. Ignored for types without content. */
  readonly size?: number;
  /** Default 0o644, for directories 0o755. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly uname?: string;
  readonly gname?: string;
  /** Seconds since the epoch, default 0. */
  readonly mtime?: number;
  readonly link?: string;
  readonly linkBytes?: Bytes;
  readonly major?: number;
  readonly minor?: number;
  readonly xattrs?: { readonly [name: string]: Uint8Array };
  /** Further pax records to write. */
  readonly pax?: { readonly [key: string]: Uint8Array };
}

export function encodeHeader(fields: HeaderFields): Bytes {
  void fields;
  throw new Error("stub");
}
