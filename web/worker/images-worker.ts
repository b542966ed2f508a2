/** The images worker: looks after the images that are kept, one for each page. The composition root of its thread. */
import { newSha256 } from "../../core/digest/mod.ts";
import { loginShelf } from "../store/mod.ts";
import { LentCrew } from "./crew.ts";
import { imagesAnswers } from "./images-answers.ts";
import type { ImagesCalls, ImagesPageCalls } from "./images-protocol.ts";
import { Logins } from "./logins.ts";
import { RegistryAccess } from "./registry-access.ts";
import { answer, connect, type Endpoint } from "./rpc.ts";
import { storeOnce } from "./store-once.ts";

// The page's library of types has no name for what a dedicated worker's global scope is.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const scope = globalThis as unknown as Endpoint;
const page = connect<ImagesPageCalls>(scope);
const tell = (type: "outdated" | "blocked") => (): void => void page.call("state", { type }).catch(() => {});
const openStore = storeOnce({ onOutdated: tell("outdated"), onBlocked: tell("blocked") });
const logins = new Logins(loginShelf(), (registry) => access.wayTo(registry));
const access: RegistryAccess = new RegistryAccess({
  credentials: logins,
  // Workers lie in a folder beside the page, in the build and while it is developed.
  home: new URL("..", location.href).href,
  fetch: (...args) => fetch(...args),
});
const crew = new LentCrew(page, { newHasher: newSha256, openStore });
answer<ImagesCalls>(
  scope,
  imagesAnswers({
    page,
    crew,
    openStore,
    registries: { access, logins },
    lost: (worker) => crew.lost(worker),
    now: () => Date.now() / 1000,
  }),
);
