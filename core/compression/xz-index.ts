import { crc32 } from "./crc32.ts";

/**
 * The sizes of a stream's blocks, as they were read or as its index lists them, boiled down so that two can be compared in a fixed amount of
 * memory: a hostile file may have millions of blocks.
 */
export class BlockSizes {
  count = 0;
  #unpadded = 0;
  #uncompressed = 0;
  #crc = 0;
  readonly #record = new DataView(new ArrayBuffer(16));

  add(unpadded: number, uncompressed: number): void {
    this.count++;
    this.#unpadded += unpadded;
    this.#uncompressed += uncompressed;
    this.#record.setFloat64(0, unpadded);
    this.#record.setFloat64(8, uncompressed);
    this.#crc = crc32(this.#crc, new Uint8Array(this.#record.buffer));
  }

  equals(other: BlockSizes): boolean {
    return (
      this.count === other.count &&
      this.#unpadded === other.#unpadded &&
      this.#uncompressed === other.#uncompressed &&
      this.#crc === other.#crc
    );
  }
}
