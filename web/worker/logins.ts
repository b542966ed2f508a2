import { type Credentials, HUB_SERVER, type Login } from "../../core/command/mod.ts";
import { DOCKER_HUB } from "../../core/registry/mod.ts";
import type { LoginView } from "../model/registries.ts";
import type { LoginShelf } from "../store/mod.ts";

/** A login, and whether it is kept. */
export interface HeldLogin extends Login {
  readonly kept: boolean;
}

/** The registry that references name, of what logins are kept under. */
export function registryOfServer(server: string): string {
  return server === HUB_SERVER ? DOCKER_HUB : server;
}

/**
 * The logins of this page: in memory, and those that somebody asked to be kept also in the shelf. A login is given to nobody but its registry.
 */
export class Logins implements Credentials {
  readonly #shelf: LoginShelf;
  readonly #held = new Map<string, HeldLogin>();
  #read: Promise<void> | undefined;

  constructor(shelf: LoginShelf) {
    this.#shelf = shelf;
  }

  async get(server: string): Promise<Login | undefined> {
    await this.#ready();
    return this.#held.get(server);
  }

  /** Holds a login in memory; one that was kept stays kept, with the new secret. */
  async put(server: string, login: Login): Promise<void> {
    await this.#ready();
    await this.hold(server, { ...login, kept: this.#held.get(server)?.kept ?? false });
  }

  /** Holds a login, and keeps it or lets go of what was kept. */
  async hold(server: string, login: HeldLogin): Promise<void> {
    await this.#ready();
    const { username, password, identityToken, kept } = login;
    this.#held.set(server, login);
    if (kept)
      await this.#shelf.put({ server, username, secret: JSON.stringify({ password, identityToken }) });
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

  /** All of them, to be handed to another worker of this page. */
  async all(): Promise<readonly (readonly [server: string, login: Login])[]> {
    await this.#ready();
    return [...this.#held];
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
      const { password = "", identityToken } = parsedSecret(secret);
      this.#held.set(server, { username, password, identityToken, kept: true });
    }
  }
}

function parsedSecret(text: string): Partial<Pick<Login, "password" | "identityToken">> {
  const value: unknown = JSON.parse(text);
  const { password, identityToken }: Readonly<Record<string, unknown>> =
    typeof value === "object" && value !== null ? { ...value } : {};
  return {
    ...(typeof password === "string" && { password }),
    ...(typeof identityToken === "string" && { identityToken }),
  };
}
