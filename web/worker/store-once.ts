import { newSha256 } from "../../core/digest/mod.ts";
import { type BrowserStore, type BrowserStoreOptions, openBrowserStore } from "../store/mod.ts";

/** Opens the page's store at the first call and hands out that one from then on; a failure is tried again at the next. */
export function storeOnce(options: BrowserStoreOptions = {}): () => Promise<BrowserStore> {
  let opened: Promise<BrowserStore> | undefined;
  return () => {
    opened ??= openBrowserStore({ newHasher: newSha256, ...options }).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
