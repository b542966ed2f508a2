import { importImage } from "../../core/container/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { parsePlatform } from "../../core/oci/mod.ts";
import { compositionSource } from "../../core/tar/mod.ts";
import type { BrowserStore } from "../store/mod.ts";
import { buildInto } from "./build-work.ts";
import { composedBlob } from "./composed-blob.ts";
import { editSubject, stripFound } from "./edit-subject.ts";
import { basesOf, EditPlans, madeView, makeIndex, platformsOf } from "./edit-work.ts";
import { exportedFiles } from "./export-work.ts";
import { chunksOf, Feed } from "./feed.ts";
import type { MakingCalls, MakingPageCalls } from "./making-calls.ts";
import type { RegistryAccess } from "./registry-access.ts";
import type { Answers, Remote } from "./rpc.ts";

/** What {@link makingAnswers} works with. */
export interface MakingOptions {
  readonly page: Remote<MakingPageCalls>;
  readonly access: RegistryAccess;
  readonly openStore: () => Promise<BrowserStore>;
  /** Takes a feed and gives its number. */
  readonly feeds: (feed: Feed) => number;
  /** Called after work that changed the store, or left something unfinished in it. */
  readonly changed: () => void;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** Milliseconds between two tellings of how far an edit is. */
const TELL_EVERY_MS = 100;

/** What answers the page's calls about making images. */
export function makingAnswers(options: MakingOptions): Answers<MakingCalls> {
  const { page, access, openStore, changed, now } = options;
  const plans = new EditPlans();
  return {
    subject: async (ref, signal) => editSubject(await openStore(), ref, signal),
    lookForStrip: async (request, signal) => stripFound(await openStore(), request, signal),
    async planEdit({ task, ...request }, signal) {
      let told = 0;
      return plans.plan(await openStore(), request, {
        now,
        signal,
        tell(progress) {
          const at = performance.now();
          if (at - told < TELL_EVERY_MS) return;
          told = at;
          void page.call("editing", { task, progress }).catch(() => {});
        },
      });
    },
    async keepEdit({ plan, names }) {
      const made = await plans.keep(await openStore(), plan, names);
      changed();
      return made;
    },
    async discardEdit(plan) {
      await plans.discard(plan);
      changed();
    },
    bases: async (ref) => basesOf(await openStore(), ref),
    platforms: async (refs) => platformsOf(await openStore(), refs),
    makeIndex: async (request) => makeIndex(await openStore(), request, now()),
    async build({ task, ...request }, signal) {
      const tell = (telling: Parameters<MakingPageCalls["building"]>[0]["telling"]): void =>
        void page.call("building", { task, telling }).catch(() => {});
      try {
        return await buildInto(request, { store: await openStore(), access, tell, signal, now });
      } finally {
        changed();
      }
    },
    async importTar({ tar, tags, message, changes, platform }, signal) {
      const store = await openStore();
      const made = await importImage({ store, newHasher: newSha256, shelf: store.scans, now, signal }, tar, {
        names: tags,
        message,
        changes,
        ...(platform !== undefined && { platform: parsePlatform(platform) }),
      });
      changed();
      return madeView(store, made.record.id);
    },
    async exportFiles(ref, signal) {
      const composition = await exportedFiles(await openStore(), ref, signal);
      return {
        name: `${fileName(ref)}.files.tar`,
        size: composition.size,
        blob: await composedBlob(composition),
      };
    },
    async exportFeed(ref, signal) {
      const composition = await exportedFiles(await openStore(), ref, signal);
      return options.feeds(new Feed(chunksOf(compositionSource(composition).stream())));
    },
  };
}

/** A reference as the name of a file. */
function fileName(ref: string): string {
  return ref.replace(/^sha256:/, "").replace(/[^A-Za-z0-9._-]+/g, "_");
}
