import {
  DEFAULT_REGISTRY_SETTINGS,
  type Registries,
  type RegistrySettings,
  type TransferEvent,
  type TransferRequest,
} from "../model/registries.ts";
import type { RegistryCalls } from "../worker/registry-calls.ts";
import type { CallOptions } from "../worker/rpc.ts";
import { openHold } from "./hold.ts";
import type { Pool } from "./pool.ts";

/** How the worker that talks to registries is asked; it may be started again between two calls. */
export interface RegistryWorker {
  call<N extends keyof RegistryCalls>(
    name: N,
    request: Parameters<RegistryCalls[N]>[0],
    options?: CallOptions,
  ): Promise<ReturnType<RegistryCalls[N]>>;
  /** Numbers a piece of work whose events go to `listen` until the function that it gives back is called. */
  follow(listen: ((event: TransferEvent) => void) | undefined): {
    readonly task: number;
    readonly end: () => void;
  };
  /** Settings that every worker is told before anything else. */
  configure(settings: RegistrySettings): void;
}

/** What {@link createRegistries} takes. */
export interface RegistriesOptions {
  readonly worker: RegistryWorker;
  readonly pool: Pool;
  /** What this browser remembers of the settings. */
  readonly recalled: RegistrySettings | undefined;
  readonly remember: (settings: RegistrySettings) => void;
}

/** Tags and repositories that are listed where nobody says how many. */
const LIMIT = 1000;
/** Repositories that a search gives. */
const HITS = 25;

/** The registries, through the images worker. */
export function createRegistries({ worker, pool, recalled, remember }: RegistriesOptions): Registries {
  let settings = recalled ?? DEFAULT_REGISTRY_SETTINGS;
  worker.configure(settings);

  const followed = async <T>(
    { listen, signal }: TransferRequest,
    work: (task: number, options: CallOptions) => Promise<T>,
  ): Promise<T> => {
    const { task, end } = worker.follow(listen);
    try {
      return await work(task, { signal });
    } finally {
      end();
    }
  };

  return {
    get settings() {
      return settings;
    },
    configure(next) {
      settings = withoutStaleKey(checkedSettings(next), settings);
      remember(settings);
      worker.configure(settings);
    },
    proxy: (signal) => worker.call("proxyFacts", undefined, { signal }),
    pull: (request, how = {}) =>
      followed(how, (task, options) => worker.call("pull", { ...request, task }, options)),
    look: (reference, { platform }, signal) =>
      worker.call("remoteFacts", { reference, platform }, { signal }),
    open: (reference, { platform }, listen) =>
      openHold(
        pool,
        {
          remote: { reference, platform },
          access: () => worker.call("accessState", undefined),
          name: reference,
        },
        listen,
      ),
    tags: (repository, { limit = LIMIT } = {}, signal) =>
      worker.call("remoteTags", { repository, limit }, { signal }),
    search: (term, { limit = HITS } = {}, signal) => worker.call("search", { term, limit }, { signal }),
    catalog: (registry, { limit = LIMIT } = {}, signal) =>
      worker.call("catalog", { registry, limit }, { signal }),
    planPush: (source, { target }, signal) => worker.call("planPush", { source, target }, { signal }),
    push: (source, { target }, how = {}) =>
      followed(how, (task, options) => worker.call("push", { source, target, task }, options)),
    login: (login, signal) => worker.call("login", login, { signal }),
    logout: (registry) => worker.call("logout", registry),
    logins: () => worker.call("logins", undefined),
  };
}

/** The key of one proxy is not shown to another: it is typed anew for that, even if it is the same. */
export function withoutStaleKey(next: RegistrySettings, before: RegistrySettings): RegistrySettings {
  const moved = next.proxy.replace(/\/+$/, "") !== before.proxy.replace(/\/+$/, "");
  return moved && next.accessKey === before.accessKey ? { ...next, accessKey: "" } : next;
}

/** @throws TypeError for an address that is none. */
export function checkedSettings(settings: RegistrySettings): RegistrySettings {
  const trimmed = (texts: readonly string[]): string[] => [
    ...new Set(texts.map((text) => text.trim()).filter((text) => text !== "")),
  ];
  const proxy = settings.proxy.trim();
  const mirrors = trimmed(settings.mirrors);
  for (const address of proxy === "" ? mirrors : [proxy, ...mirrors]) {
    const url = URL.parse(address);
    const web = url?.protocol === "https:" || url?.protocol === "http:";
    if (
      url === null ||
      !web ||
      url.username !== "" ||
      url.password !== "" ||
      url.search !== "" ||
      url.hash !== ""
    )
      throw new TypeError(`${address} is no address of a server: expected one such as https://proxy.example`);
  }
  return { proxy, mirrors, accessKey: settings.accessKey.trim(), direct: trimmed(settings.direct) };
}
