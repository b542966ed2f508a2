import type { Bytes } from "../../core/bytes/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { layerCount, resolve } from "../../core/tree/mod.ts";
import type { ArchiveEvent } from "../model/engine.ts";
import type { LoadEvent } from "../model/images.ts";
import type { BrowserStore } from "../store/mod.ts";
import { readFile } from "./content.ts";
import type { Crew } from "./crew.ts";
import { documentOf, inspectDocument } from "./documents.ts";
import { draftAnswers } from "./draft-answers.ts";
import type { DraftPageCalls } from "./draft-calls.ts";
import type { Feed } from "./feed.ts";
import type { Hold } from "./hold.ts";
import { loadOpened } from "./load-work.ts";
import { nodeView } from "./node-view.ts";
import type { HoldCalls } from "./protocol.ts";
import { type Answers, type Remote, transferred } from "./rpc.ts";
import { save } from "./save.ts";
import { storedArchive } from "./stored-archive.ts";
import { usageView } from "./usage-view.ts";
import { Views } from "./views.ts";

/** What answers the page's calls about the archive in `hold`. */
export function holdAnswers(
  hold: Hold,
  options: {
    readonly crew: Crew;
    readonly lost: (worker: number) => void;
    readonly openStore: () => Promise<BrowserStore>;
    readonly loading: (event: LoadEvent) => void;
    readonly tell: (event: ArchiveEvent) => void;
    readonly drafts: Remote<DraftPageCalls>;
    /** Seconds since the epoch. */
    readonly now: () => number;
  },
): Answers<HoldCalls> {
  const { crew } = options;
  const views = new Views();
  const feeds = new Map<number, Feed>();
  let feedNumbers = 0;

  return {
    open: ({ file, name }) => hold.open(file, name),
    async openStored(request, signal) {
      const store = await options.openStore();
      const archive = await storedArchive(store, request, { newHasher: newSha256, signal });
      // A table that could not be kept is made again at the next opening.
      hold.show(archive, request.ref, (scan) => void store.scans.put(scan).catch(() => {}));
    },
    async openRemote({ request, access }, signal) {
      // Archives and kept images do not wait for what talks to registries.
      const [{ accessFrom }, { remoteArchive }] = await Promise.all([
        import("./registry-access.ts"),
        import("./remote-archive.ts"),
      ]);
      // Where nothing can be kept, images in registries can be looked at all the same.
      const store = await options.openStore().catch(() => undefined);
      const archive = await remoteArchive(await accessFrom(access).registry(), request, { store, signal });
      hold.show(archive, request.reference);
    },
    async keep({ only }, signal) {
      const store = await options.openStore();
      // A layer that is being inflated for its files need not be inflated for the store as well.
      await hold.allListed();
      signal.throwIfAborted();
      return loadOpened(hold.scanned(), { store, crew, signal, only, tell: options.loading });
    },
    look: (image) => void hold.look(image),
    view: (spec, signal) => views.open(hold.look(spec.image).tree, spec, signal),
    change: ({ view, spec }, signal) => {
      hold.look(spec.image);
      return views.change(view, spec, signal);
    },
    fold: ({ view, node, ...how }) => views.fold(view, node, how),
    reveal: ({ view, node }) => views.reveal(view, node),
    rows: ({ view, from, to }) => views.rows(view, from, to),
    closeView: (view) => views.close(view),
    node: ({ image, node, upTo }) => nodeView(hold.look(image), node, upTo),
    find: ({ image, path, upTo }) => {
      const { tree } = hold.look(image);
      const layer = Math.min(upTo, layerCount(tree) - 1);
      const found = layer < 0 ? undefined : resolve(tree, path, { layer, followLast: true });
      return found?.found ? found.node : undefined;
    },
    async read({ place, from, to }, signal) {
      const { node, layer } = place;
      const slice = await readFile(hold.look(place.image), { node, layer, from, to }, { crew, signal });
      return transferred(slice, [slice.bytes.buffer]);
    },
    async save({ place, format }, signal) {
      const { feed, size } = await save(hold.look(place.image), place, { crew, signal, format });
      const number = feedNumbers++;
      feeds.set(number, feed);
      return { feed: number, size };
    },
    async next(number) {
      const feed = feeds.get(number);
      const chunk: Bytes | undefined = await feed?.next();
      if (chunk !== undefined) return transferred(chunk, [chunk.buffer]);
      feeds.delete(number);
      return undefined;
    },
    async cancel(number) {
      const feed = feeds.get(number);
      feeds.delete(number);
      await feed?.cancel();
    },
    ...draftAnswers({
      ...options,
      hold,
      page: options.drafts,
      feeds(feed) {
        const number = feedNumbers++;
        feeds.set(number, feed);
        return number;
      },
    }),
    usage: (image) => usageView(hold.look(image)),
    async document({ image, kind, raw }) {
      if (kind !== "inspect") return documentOf(hold.archive, { image, kind, raw });
      const looked = hold.look(image);
      await hold.listed(looked);
      return inspectDocument(looked);
    },
    lost: options.lost,
  };
}
