export { contentOf } from "./content.ts";
export { TarDecoder, type TarDecoderOptions } from "./decode.ts";
export { encodeHeader, type HeaderFields } from "./encode.ts";
export { encodeGoHeader } from "./encode-go.ts";
export { entryAt, storedSizeAt, type TarEntry } from "./entry.ts";
export * from "./limits.ts";
export { cleanPath } from "./path.ts";
export { type ReadTableOptions, readTable } from "./read.ts";
export { compositionSource } from "./source.ts";
export { type ReadEntriesOptions, readEntries, type StreamedEntry } from "./stream.ts";
export {
  ENTRY_TYPES,
  type EntryTable,
  type EntryType,
  type Owner,
  tableMemory,
  tableTransfer,
} from "./table.ts";
export {
  composeTar,
  type EncodeHeader,
  type TarComposition,
  type TarMember,
  type WriteTarOptions,
  writeTar,
} from "./write.ts";
