/** The images worker: looks after the images that are kept, one for each page. The composition root of its thread. */
import { newSha256 } from "../../core/digest/mod.ts";
import { LentCrew } from "./crew.ts";
import { imagesAnswers } from "./images-answers.ts";
import type { ImagesCalls, ImagesPageCalls } from "./images-protocol.ts";
import { answer, connect, type Endpoint } from "./rpc.ts";
import { storeOnce } from "./store-once.ts";

// The page's library of types has no name for what a dedicated worker's global scope is.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const scope = globalThis as unknown as Endpoint;
const page = connect<ImagesPageCalls>(scope);
const tell = (type: "outdated" | "blocked") => (): void => void page.call("state", { type }).catch(() => {});
const openStore = storeOnce({ onOutdated: tell("outdated"), onBlocked: tell("blocked") });
const crew = new LentCrew(page, { newHasher: newSha256, openStore });
answer<ImagesCalls>(
  scope,
  imagesAnswers({
    page,
    crew,
    openStore,
    lost: (worker) => crew.lost(worker),
    now: () => Date.now() / 1000,
  }),
);
