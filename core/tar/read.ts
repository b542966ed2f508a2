import type { ReadOptions, Source } from "../bytes/mod.ts";
import type { TarDecoder } from "./decode.ts";
import type { TarLimits } from "./limits.ts";
import type { EntryTable } from "./table.ts";

/** What {@link readTable} takes. */
export interface ReadTableOptions extends ReadOptions {
  readonly limits?: TarLimits | undefined;
  /** The decoder to fill: after a failure its `table()` has the entries before it. */
  readonly decoder?: TarDecoder | undefined;
  /** Called with the archive offset reached, after every read. */
  onProgress?(position: number): void;
  /** Called with every run of bytes that was read, valid during the call only. */
  onRead?(bytes: Uint8Array, offset: number): void;
}

export function readTable(source: Source, options: ReadTableOptions = {}): Promise<EntryTable> {
  void source;
  void options;
  throw new Error("stub");
}
