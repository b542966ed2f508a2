import { type Credentials, HUB_SERVER, type Login } from "../../core/command/mod.ts";
import { DOCKER_HUB } from "../../core/registry/mod.ts";
import type { LoginView } from "../model/registries.ts";
import type { LoginShelf } from "../store/mod.ts";

/** A login, the way that it was tried, and whether it is kept. */
export interface HeldLogin extends Login {
  readonly kept: boolean;
  /** URL of the API that took it: the registry's own, or a proxy's. It goes there and nowhere else. */
  readonly via: string;
}

/** The registry that references name, of what logins are kept under. */
export function registryOfServer(server: string): string {
  return server === HUB_SERVER ? DOCKER_HUB : server;
}

/**
 * The logins of this page: in memory, and those that somebody asked to be kept also in the shelf. A login is given to nobody but its registry,
 * and only for the way that took it: whoever is made to set another proxy hands it no password.
 */
export class Logins implements Credentials {
  readonly #shelf: LoginShelf;
  readonly #wayTo: (registry: string) => string;
  readonly #held = new Map<string, HeldLogin>();
  #read: Promise<void> | undefined;

  /** @param wayTo URL of the API that requests for a registry go to now. */
  constructor(shelf: LoginShelf, wayTo: (registry: string) => string) {
    this.#shelf = shelf;
    this.#wayTo = wayTo;
  }

  /** The login of a server, where the way to it is the one that took it. */
  async get(server: string): Promise<HeldLogin | undefined> {
    await this.#ready();
    const held = this.#held.get(server);
    return held?.via === this.#way(server) ? held : undefined;
  }

  #way(server: string): string {
    return this.#wayTo(registryOfServer(server));
  }

  /** Holds a login in memory; one that was kept stays kept, with the new secret. */
  async put(server: string, login: Login): Promise<void> {
    await this.#ready();
    await this.hold(server, { ...login, kept: this.#held.get(server)?.kept ?? false });
  }

  /** Holds a login that was taken just now, and keeps it or lets go of what was kept. */
  async hold(server: string, login: Login & { readonly kept: boolean }): Promise<void> {
    await this.#ready();
    const via = this.#way(server);
    const { username, password, identityToken, kept } = login;
    this.#held.set(server, { username, password, identityToken, kept, via });
    if (kept)
      await this.#shelf.put({ server, username, secret: JSON.stringify({ password, identityToken, via }) });
    else await this.#shelf.erase(server).catch(() => false);
  }

  async erase(server: string): Promise<boolean> {
    await this.#ready();
    const there = this.#held.delete(server);
    return (await this.#shelf.erase(server).catch(() => false)) || there;
  }

  async list(): Promise<readonly string[]> {
    await this.#ready();
    return [...this.#held.keys()];
  }

  /** Without the secrets. */
  async views(): Promise<readonly LoginView[]> {
    await this.#ready();
    return [...this.#held].map(([server, { username, kept }]) => ({
      registry: registryOfServer(server),
      username,
      kept,
    }));
  }

  /** Reads what is kept, once. A browser that keeps nothing for us has no logins, and that is all. */
  #ready(): Promise<void> {
    this.#read ??= this.#readShelf();
    return this.#read;
  }

  async #readShelf(): Promise<void> {
    const shelf = await this.#shelf.list().catch(() => []);
    for (const { server, username, secret } of shelf) {
      if (this.#held.has(server)) continue;
      const { password = "", identityToken, via = "" } = parsedSecret(secret);
      this.#held.set(server, { username, password, identityToken, kept: true, via });
    }
  }
}

function parsedSecret(text: string): Partial<Pick<HeldLogin, "password" | "identityToken" | "via">> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  const { password, identityToken, via }: Readonly<Record<string, unknown>> =
    typeof value === "object" && value !== null ? { ...value } : {};
  return {
    ...(typeof password === "string" && { password }),
    ...(typeof identityToken === "string" && { identityToken }),
    ...(typeof via === "string" && { via }),
  };
}
