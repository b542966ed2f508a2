import { type Credentials, registryCredentials } from "../../core/command/mod.ts";
import { newSha256 } from "../../core/digest/mod.ts";
import { CoreError, isCoreError } from "../../core/error.ts";
import {
  DOCKER_HUB,
  directEndpoint,
  type Endpoint,
  openRegistry,
  proxyEndpoint,
  type Registry,
} from "../../core/registry/mod.ts";
import { DEFAULT_REGISTRY_SETTINGS, type ProxyFacts, type RegistrySettings } from "../model/registries.ts";
import { type HeldLogin, registryOfServer } from "./logins.ts";
import { type Capability, readCapability } from "./proxy-capability.ts";
import { wireOf } from "./rpc.ts";

/** Header in which proxies of ours take the key that lets somebody in. */
const KEY_HEADER = "x-breakbulk-key";

/** What {@link RegistryAccess} works with. */
export interface RegistryAccessOptions {
  /** Logins, each with the way that took it. */
  readonly credentials: Pick<Credentials, "list"> & {
    get(server: string): Promise<HeldLogin | undefined>;
  };
  /** Address of the folder that the page came from. */
  readonly home: string;
  readonly fetch: typeof fetch;
}

/** The way from this page to registries: through its proxy, or directly, as the settings say. */
export class RegistryAccess {
  readonly #options: RegistryAccessOptions;
  #settings: RegistrySettings = DEFAULT_REGISTRY_SETTINGS;
  #capability: Promise<Capability | undefined> | undefined;
  #registry: Promise<Registry> | undefined;

  constructor(options: RegistryAccessOptions) {
    this.#options = options;
  }

  get settings(): RegistrySettings {
    return this.#settings;
  }

  /** From now on registries are reached so. Tokens of before are forgotten. */
  configure(settings: RegistrySettings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.forget();
  }

  /** Forgets tokens and what was found out about the proxy: logins have changed, or it is to be asked again. */
  forget(): void {
    this.#capability = undefined;
    this.#registry = undefined;
  }

  /** Where the proxy is, with a slash at its end. */
  get proxyAddress(): string {
    const { proxy } = this.#settings;
    return new URL(proxy === "" ? "." : `${proxy.replace(/\/+$/, "")}/`, this.#options.home).href;
  }

  /** The registries by the usual way. */
  async registry(): Promise<Registry> {
    // What is under way goes on as it began, whatever is set meanwhile.
    const endpoint = this.#endpoints();
    this.#registry ??= this.#open(endpoint);
    return this.#registry;
  }

  /** URL of the API that requests for a registry go to. */
  wayTo(registry: string): string {
    return this.#endpoints()(registry).base;
  }

  /** The ways to the registry of a reference, to be tried in turn: mirrors of Docker Hub come before the usual one. */
  async ways(domain: string): Promise<readonly (() => Promise<Registry>)[]> {
    const usual = (): Promise<Registry> => this.registry();
    if (domain !== DOCKER_HUB) return [usual];
    const mirrors = this.#settings.mirrors.map(
      (address) => () =>
        this.#open(() => ({ registry: DOCKER_HUB, base: baseOf(address), prefix: "" }), false),
    );
    return [...mirrors, usual];
  }

  /** What the proxy says of itself. */
  async facts(signal?: AbortSignal): Promise<ProxyFacts> {
    const address = this.proxyAddress;
    this.#capability = undefined;
    try {
      const capability = await readCapability(address, { ...this.#asking(), signal });
      this.#capability = Promise.resolve(capability);
      return { address, ...capability };
    } catch (error) {
      signal?.throwIfAborted();
      const needsKey = isCoreError(error, "registry/unauthorized");
      return { address, problem: wireOf(error), write: false, needsKey };
    }
  }

  /** What another worker of this page needs to go the same way. */
  async state(): Promise<AccessState> {
    const logins: (readonly [string, HeldLogin])[] = [];
    for (const server of await this.#options.credentials.list()) {
      const login = await this.#options.credentials.get(server);
      if (login !== undefined) logins.push([server, login]);
    }
    return { settings: this.#settings, home: this.#options.home, logins };
  }

  async #open(endpoint: (registry: string) => Endpoint, withLogins = true): Promise<Registry> {
    const { fetch, credentials } = this.#options;
    this.#capability ??= readCapability(this.proxyAddress, this.#asking()).catch(() => undefined);
    const chunk = (await this.#capability)?.chunk;
    return openRegistry({
      fetch: (request) => fetch(request, { credentials: "omit", referrerPolicy: "no-referrer" }),
      endpoint,
      newHasher: newSha256,
      ...(chunk === undefined ? {} : { chunk }),
      ...(withLogins && {
        credentials: registryCredentials({
          async get(server) {
            const login = await credentials.get(server);
            return login?.via === endpoint(registryOfServer(server)).base ? login : undefined;
          },
        }),
      }),
    });
  }

  /** Where requests go by the settings of now. */
  #endpoints(): (registry: string) => Endpoint {
    const { direct, accessKey } = this.#settings;
    const address = this.proxyAddress;
    const headers = accessKey === "" ? undefined : { [KEY_HEADER]: accessKey };
    return (registry) =>
      direct.includes(registry) ? directEndpoint(registry) : proxyEndpoint(registry, address, { headers });
  }

  #asking() {
    const { accessKey } = this.#settings;
    return { fetch: this.#options.fetch, headers: accessKey === "" ? {} : { [KEY_HEADER]: accessKey } };
  }
}

/** What a worker needs to reach registries as another one does. Holds secrets: it goes from worker to worker of one page and nowhere else. */
export interface AccessState {
  readonly settings: RegistrySettings;
  readonly home: string;
  readonly logins: readonly (readonly [server: string, login: HeldLogin])[];
}

/** The same way, in another worker. */
export function accessFrom({ settings, home, logins }: AccessState): RegistryAccess {
  const held = new Map(logins);
  const credentials = {
    get: async (server: string) => held.get(server),
    list: async () => [...held.keys()],
  };
  const access = new RegistryAccess({ credentials, home, fetch: (...args) => fetch(...args) });
  access.configure(settings);
  return access;
}

function baseOf(address: string): string {
  try {
    return proxyEndpoint(DOCKER_HUB, address).base;
  } catch (error) {
    throw new CoreError(
      "registry/unreachable",
      `Cannot use the mirror ${JSON.stringify(URL.parse(address)?.host ?? "")}: its address is none`,
      {},
      { cause: error },
    );
  }
}
