import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** A login as it is kept: who it is for in the clear, the secret encrypted. */
interface LoginRecord {
  readonly server: string;
  readonly username: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly secret: ArrayBuffer;
}

/** Apart from the images, so that a damaged or newer store of images never stands between somebody and their logins. */
interface LoginSchema extends DBSchema {
  logins: { key: string; value: LoginRecord };
  /** One key, made on first use, which the browser hands to nobody: it can be used and not read. */
  keys: { key: "logins"; value: CryptoKey };
}

/** A login in the clear. */
export interface KeptLogin {
  readonly server: string;
  readonly username: string;
  /** Password, or token that stands for it, as JSON. */
  readonly secret: string;
}

/** Logins that last longer than the page. */
export interface LoginShelf {
  list(): Promise<readonly KeptLogin[]>;
  put(login: KeptLogin): Promise<void>;
  erase(server: string): Promise<boolean>;
}

/**
 * Logins in a database of this browser, encrypted with a key that cannot be exported (AES-GCM, 256 bits). It keeps them from whoever copies the
 * profile's files; a script of this origin could use the key, which is why none but ours runs here.
 */
export function loginShelf(name = "breakbulk-logins"): LoginShelf {
  let opened: Promise<IDBPDatabase<LoginSchema>> | undefined;
  const open = (): Promise<IDBPDatabase<LoginSchema>> => {
    opened ??= openDB<LoginSchema>(name, 1, {
      upgrade(database) {
        database.createObjectStore("logins", { keyPath: "server" });
        database.createObjectStore("keys");
      },
      terminated() {
        opened = undefined;
      },
    }).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    async list() {
      const database = await open();
      const key = await database.get("keys", "logins");
      if (key === undefined) return [];
      const kept: KeptLogin[] = [];
      for (const { server, username, iv, secret } of await database.getAll("logins")) {
        try {
          const plain = await crypto.subtle.decrypt(cipher({ server, username }, iv), key, secret);
          kept.push({ server, username, secret: new TextDecoder().decode(plain) });
        } catch {
          // Changed by somebody, or encrypted with a key that is gone: it is of no use to anybody.
          await database.delete("logins", server);
        }
      }
      return kept;
    },

    async put({ server, username, secret }) {
      const database = await open();
      const key = (await database.get("keys", "logins")) ?? (await madeKey(database));
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const bytes = new TextEncoder().encode(secret);
      const encrypted = await crypto.subtle.encrypt(cipher({ server, username }, iv), key, bytes);
      await database.put("logins", { server, username, iv, secret: encrypted });
    },

    async erase(server) {
      const database = await open();
      const there = (await database.get("logins", server)) !== undefined;
      await database.delete("logins", server);
      return there;
    },
  };
}

/** A record cannot be moved to another server or user: both are part of what is authenticated. */
function cipher(
  { server, username }: Pick<LoginRecord, "server" | "username">,
  iv: Uint8Array<ArrayBuffer>,
): AesGcmParams {
  const additionalData = new TextEncoder().encode(JSON.stringify([server, username]));
  return { name: "AES-GCM", iv, additionalData };
}

async function madeKey(database: IDBPDatabase<LoginSchema>): Promise<CryptoKey> {
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  // Another tab may have been first: only one key can be there.
  const transaction = database.transaction("keys", "readwrite");
  const key = (await transaction.store.get("logins")) ?? fresh;
  await transaction.store.put(key, "logins");
  await transaction.done;
  return key;
}
