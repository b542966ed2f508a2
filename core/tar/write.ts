import type { Bytes, ReadOptions, Source } from "../bytes/mod.ts";
import type { HeaderFields } from "./encode.ts";

/** One member to write: a header and, for files, the content, whose size goes into the header. */
export interface TarMember {
  readonly entry: HeaderFields;
  readonly content?: Source;
}

/** An archive as a list of parts that lie end to end: header bytes, contents, padding. */
export interface TarComposition {
  readonly size: number;
  readonly parts: readonly (Bytes | Source)[];
}

export function composeTar(members: Iterable<TarMember>): TarComposition {
  void members;
  throw new Error("stub");
}

export function writeTar(
  members: Iterable<TarMember> | AsyncIterable<TarMember>,
  options: ReadOptions = {},
): ReadableStream<Bytes> {
  void members;
  void options;
  throw new Error("stub");
}
