import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Credentials, Login } from "../../core/command/mod.ts";
import { CoreError } from "../../core/error.ts";
import { takeLock } from "./lock.ts";
import { replaceFile } from "./replace.ts";

interface Entry {
  readonly auth?: string;
  readonly identitytoken?: string;
}

interface Config {
  auths?: Record<string, Entry>;
}

/**
 * Logins in a file of the form of Docker's config.json; what else stands in it stays. Those in `given`, the text of such a file, come first and are only
 * read: `DOCKER_AUTH_CONFIG`.
 */
export function loginFile(path: string, given = ""): Credentials {
  const first = givenLogins(given);
  const read = (): Config => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});
  /** Reads, changes and writes, one process after the other: no login is lost to another. */
  const change = async (edit: (config: Config) => Config | undefined): Promise<boolean> => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const giveBack = await takeLock(`${path}.lock`);
    try {
      const config = edit(read());
      if (config !== undefined) replaceFile(path, JSON.stringify(config, undefined, "\t"), 0o600);
      return config !== undefined;
    } finally {
      giveBack();
    }
  };
  return {
    plainFile: path,
    get: async (server) => loginOf(first[server]) ?? loginOf(read().auths?.[server]),
    async put(server, login) {
      await change((config) => ({ ...config, auths: { ...config.auths, [server]: entryOf(login) } }));
    },
    async erase(server) {
      if (!existsSync(path)) return false;
      return change((config) => {
        const { [server]: erased, ...auths } = config.auths ?? {};
        return erased === undefined ? undefined : { ...config, auths };
      });
    },
    list: async () => [...new Set([...Object.keys(first), ...Object.keys(read().auths ?? {})])],
  };
}

function givenLogins(text: string): Record<string, Entry> {
  if (text.trim() === "") return {};
  try {
    const config: Config = JSON.parse(text);
    return config.auths ?? {};
  } catch {
    // Nothing of the text goes into the message: it holds passwords.
    throw new CoreError("command/failed", "Failed to read DOCKER_AUTH_CONFIG: it is no JSON");
  }
}

function loginOf(entry: Entry | undefined): Login | undefined {
  if (entry?.auth === undefined) return undefined;
  const text = new TextDecoder().decode(Uint8Array.from(atob(entry.auth), (letter) => letter.charCodeAt(0)));
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return {
    username: text.slice(0, colon),
    password: text.slice(colon + 1),
    identityToken: entry.identitytoken,
  };
}

function entryOf({ username, password, identityToken }: Login): Entry {
  const secret = identityToken === undefined ? password : "";
  const bytes = new TextEncoder().encode(`${username}:${secret}`);
  const auth = btoa(String.fromCharCode(...bytes));
  return identityToken === undefined ? { auth } : { auth, identitytoken: identityToken };
}
