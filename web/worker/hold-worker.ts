/** The hold worker: holds one archive open and answers the page's questions about it. The composition root of its thread. */
import { newSha256 } from "../../core/digest/mod.ts";
import type { ArchiveEvent } from "../model/engine.ts";
import { holdAnswers } from "./answers.ts";
import { LentCrew } from "./crew.ts";
import { Hold } from "./hold.ts";
import type { HoldCalls, PageCalls } from "./protocol.ts";
import { answer, connect, type Endpoint } from "./rpc.ts";
import { storeOnce } from "./store-once.ts";

// The page's library of types has no name for what a dedicated worker's global scope is.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const scope = globalThis as unknown as Endpoint;
const page = connect<PageCalls>(scope);
const openStore = storeOnce();
const crew = new LentCrew(page, { newHasher: newSha256, openStore });
const tell = (event: ArchiveEvent): void => void page.call("tell", event).catch(() => {});
const hold = new Hold({ crew, newHasher: newSha256, tell });
answer<HoldCalls>(
  scope,
  holdAnswers(hold, {
    crew,
    openStore,
    lost: (worker) => crew.lost(worker),
    loading: (event) => void page.call("loading", event).catch(() => {}),
    tell,
    drafts: page,
    now: () => Date.now() / 1000,
  }),
);
