import type { Digest } from "../../core/digest/mod.ts";

/** What has just changed in the store, in this tab or another. */
export type StoreNews =
  | { readonly kind: "table" }
  | { readonly kind: "blobs"; readonly added: readonly Digest[]; readonly removed: readonly Digest[] };

/** Tells and is told news of one database, over all tabs that have it open. */
export interface News {
  /** Tells everybody, listeners of this realm too. */
  tell(news: StoreNews): void;
  /** Calls `listener` with all news until the function that it gives back is called. */
  listen(listener: (news: StoreNews) => void): () => void;
  close(): void;
}

/** The news of the database `name`. */
export function openNews(name: string): News {
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name);
  const listeners = new Set<(news: StoreNews) => void>();
  const hear = (news: StoreNews): void => {
    for (const listener of listeners) listener(news);
  };
  channel?.addEventListener("message", (event: MessageEvent<StoreNews>) => hear(event.data));
  return {
    tell(news) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no origin to name
      channel?.postMessage(news);
      hear(news);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      channel?.close();
      listeners.clear();
    },
  };
}
