export type { StoreNews } from "./news.ts";
export { askPersistence, isPersistent, type StorageRoom, storageRoom } from "./room.ts";
export type { ScanShelf } from "./scans.ts";
export { type BrowserStore, type BrowserStoreOptions, openBrowserStore } from "./store.ts";
