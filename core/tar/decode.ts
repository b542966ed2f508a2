import { TAR_LIMITS, type TarLimits } from "./limits.ts";
import type { EntryTable } from "./table.ts";

/** What a {@link TarDecoder} takes. */
export interface TarDecoderOptions {
  readonly limits?: TarLimits | undefined;
  /** Called when the headers of a row are complete. `table` is the live view of all rows so far, valid during the call only. */
  onEntry?(row: number, table: EntryTable): void;
  /** Called with the content of a row as stored (for sparse files the regions, without holes), in pieces valid during the call only. */
  onContent?(row: number, bytes: Uint8Array): void;
  /** Called when the content of a row is complete. */
  onEntryEnd?(row: number): void;
}

/** stub */
export class TarDecoder {
  constructor(options: TarDecoderOptions = {}) {
    void options;
    void TAR_LIMITS;
  }
  /** Bytes consumed so far: the archive offset of the next byte. */
  get position(): number {
    return 0;
  }
  /** How many of the next bytes need not be shown: content (unless `onContent` wants it) and padding. */
  get skippable(): number {
    return 0;
  }
  /** Whether the end of the archive was seen: further bytes are ignored. */
  get ended(): boolean {
    return false;
  }
  get count(): number {
    return 0;
  }
  push(bytes: Uint8Array): void {
    void bytes;
  }
  skip(count: number): void {
    void count;
  }
  end(): void {}
  table(): EntryTable {
    throw new Error("stub");
  }
}
