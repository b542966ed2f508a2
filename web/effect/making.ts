import type { ByteFeed } from "../model/engine.ts";
import type { BuildTelling, EditProgress, Making } from "../model/making.ts";
import type { ImagesCalls } from "../worker/images-protocol.ts";
import type { Remote } from "../worker/rpc.ts";

/** Numbers a piece of work, of which `listen` is told until it ends. */
type Follow<E> = (listen: ((event: E) => void) | undefined) => {
  readonly task: number;
  readonly end: () => void;
};

/** What makes images, through the worker that keeps them. */
export function createMaking(
  worker: () => Remote<ImagesCalls>,
  follow: { readonly edits: Follow<EditProgress>; readonly builds: Follow<BuildTelling> },
): Making {
  return {
    subject: (ref, signal) => worker().call("subject", ref, { signal }),
    lookForStrip: (ref, paths, signal) => worker().call("lookForStrip", { ref, paths }, { signal }),
    async planEdit(request, { listen, signal } = {}) {
      const { task, end } = follow.edits(listen);
      try {
        return await worker().call("planEdit", { ...request, task }, { signal });
      } finally {
        end();
      }
    },
    keepEdit: (plan, names) => worker().call("keepEdit", { plan, names }),
    discardEdit: (plan) => worker().call("discardEdit", plan),
    bases: (ref) => worker().call("bases", ref),
    platforms: (refs) => worker().call("platforms", refs),
    makeIndex: (request) => worker().call("makeIndex", request),
    async build(request, { listen, signal } = {}) {
      const { task, end } = follow.builds(listen);
      try {
        return await worker().call("build", { ...request, task }, { signal });
      } finally {
        end();
      }
    },
    import: (request, signal) => worker().call("importTar", request, { signal }),
    async exportFiles(ref, signal) {
      const { name, size, blob } = await worker().call("exportFiles", ref, { signal });
      const feed = async (): Promise<ByteFeed> => {
        if (blob !== undefined) return blobFeed(blob);
        const number = await worker().call("exportFeed", ref, { signal });
        return {
          size,
          next: () => worker().call("next", number),
          cancel: () =>
            void worker()
              .call("cancel", number)
              .catch(() => {}),
        };
      };
      return { name, size, blob, feed, images: [], left: [], problems: [] };
    },
  };
}

/** Bytes of a Blob taken from it at a time. */
const SLICE = 4 * 1024 * 1024;

/** The bytes of a Blob, piece by piece. */
export function blobFeed(blob: Blob): ByteFeed {
  let at = 0;
  return {
    size: blob.size,
    async next() {
      if (at >= blob.size) return undefined;
      const bytes = new Uint8Array(await blob.slice(at, at + SLICE).arrayBuffer());
      at += bytes.length;
      return bytes;
    },
    cancel() {
      at = blob.size;
    },
  };
}
