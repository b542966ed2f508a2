export { contentOf } from "./content.ts";
export { TarDecoder, type TarDecoderOptions } from "./decode.ts";
export { encodeHeader, type HeaderFields } from "./encode.ts";
export { entryAt, type TarEntry } from "./entry.ts";
export * from "./limits.ts";
export { type ReadTableOptions, readTable } from "./read.ts";
export { type ReadEntriesOptions, readEntries, type StreamedEntry } from "./stream.ts";
export {
  ENTRY_TYPES,
  type EntryTable,
  type EntryType,
  type Owner,
  tableMemory,
  tableTransfer,
} from "./table.ts";
export { composeTar, type TarComposition, type TarMember, writeTar } from "./write.ts";
