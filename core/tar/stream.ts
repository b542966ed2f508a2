import type { Bytes, ReadOptions, Source } from "../bytes/mod.ts";
import type { TarEntry } from "./entry.ts";
import type { TarLimits } from "./limits.ts";

/** What {@link readEntries} takes. */
export interface ReadEntriesOptions extends ReadOptions {
  readonly limits?: TarLimits | undefined;
}

/** An entry of {@link readEntries} with its content. */
export interface StreamedEntry {
  readonly entry: TarEntry;
  /** The content, holes expanded. Read it before asking for the next entry; what is left unread then is skipped. */
  readonly content: ReadableStream<Bytes>;
}

export async function* readEntries(
  source: Source | ReadableStream<Uint8Array>,
  options: ReadEntriesOptions = {},
): AsyncGenerator<StreamedEntry> {
  void source;
  void options;
}
