import { serverKey } from "../../core/command/mod.ts";
import { parseReference } from "../../core/oci/mod.ts";
import { checkLogin, DOCKER_HUB, searchRepositories, searchTerm } from "../../core/registry/mod.ts";
import type { TransferEvent } from "../model/registries.ts";
import type { BrowserStore } from "../store/mod.ts";
import type { Crew } from "./crew.ts";
import { type Logins, registryOfServer } from "./logins.ts";
import { pullInto } from "./pull-work.ts";
import { pushFrom, pushPlan } from "./push-work.ts";
import type { RegistryAccess } from "./registry-access.ts";
import type { RegistryCalls, RegistryPageCalls } from "./registry-calls.ts";
import { remoteFacts } from "./remote-archive.ts";
import type { Answers, Remote } from "./rpc.ts";

/** What {@link registryAnswers} works with. */
export interface RegistryAnswersOptions {
  readonly page: Remote<RegistryPageCalls>;
  readonly access: RegistryAccess;
  readonly logins: Logins;
  readonly crew: Crew;
  readonly openStore: () => Promise<BrowserStore>;
  /** Called after work that changed the store, or left something unfinished in it. */
  readonly changed: () => void;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** What answers the page's calls about registries. */
export function registryAnswers(options: RegistryAnswersOptions): Answers<RegistryCalls> {
  const { page, access, logins, crew, openStore, changed, now } = options;
  const telling =
    (task: number) =>
    (event: TransferEvent): void =>
      void page.call("transferring", { task, event }).catch(() => {});
  return {
    registries: (settings) => access.configure(settings),
    proxyFacts: (_, signal) => access.facts(signal),
    accessState: () => access.state(),
    async pull({ task, ...request }, signal) {
      const store = await openStore();
      try {
        return await pullInto(request, { store, access, crew, signal, tell: telling(task) });
      } finally {
        changed();
      }
    },
    async remoteFacts(request, signal) {
      const [registry, store] = [await access.registry(), await openStore()];
      return remoteFacts(registry, request, { store, signal });
    },
    async remoteTags({ repository, limit }, signal) {
      const pages = (await access.registry()).repository(parseReference(repository)).tags({ signal });
      const { items, more } = await upTo(pages, limit);
      return { tags: items, more };
    },
    async search({ term, limit }, signal) {
      const { domain } = searchTerm(term);
      const found = await searchRepositories(await access.registry(), { term, limit, catalog: true, signal });
      return found.map(({ name, description, stars, official }) => ({
        name: domain === DOCKER_HUB ? name : `${domain}/${name}`,
        description,
        stars,
        official,
      }));
    },
    async catalog({ registry, limit }, signal) {
      const { items, more } = await upTo((await access.registry()).catalog(registry, { signal }), limit);
      return { names: items.map((name) => `${registry}/${name}`), more };
    },
    async planPush(order, signal) {
      return pushPlan(order, { store: await openStore(), access, now, signal });
    },
    async push({ task, ...order }, signal) {
      const store = await openStore();
      try {
        return await pushFrom(order, { store, access, now, signal, tell: telling(task) });
      } finally {
        changed();
      }
    },
    async login({ registry, username, password, keep }, signal) {
      const server = serverKey(registry);
      const { status, identityToken } = await checkLogin(await access.registry(), {
        registry: registryOfServer(server),
        credentials: { username, password },
        signal,
      });
      // A registry that gives a token of its own wants the password no more.
      const secret =
        identityToken === undefined ? { username, password } : { username, password: "", identityToken };
      await logins.hold(server, { ...secret, kept: keep });
      access.forget();
      return status;
    },
    async logout(registry) {
      const there = await logins.erase(serverKey(registry));
      access.forget();
      return there;
    },
    logins: () => logins.views(),
  };
}

/** The first items of pages, and whether there are more. */
async function upTo(
  pages: AsyncGenerator<readonly string[], void, void>,
  limit: number,
): Promise<{ readonly items: readonly string[]; readonly more: boolean }> {
  const items: string[] = [];
  for await (const page of pages) {
    items.push(...page);
    if (items.length > limit) return { items: items.slice(0, limit), more: true };
  }
  return { items, more: false };
}
