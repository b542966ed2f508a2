export { type LoginShelf, loginShelf } from "./logins.ts";
export { askPersistence, isPersistent, storageRoom } from "./room.ts";
export type { ScanShelf } from "./scans.ts";
export { type BrowserStore, type BrowserStoreOptions, openBrowserStore } from "./store.ts";
