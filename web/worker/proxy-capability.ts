import { CoreError } from "../../core/error.ts";
import type { ProxyFacts } from "../model/registries.ts";

/** What a proxy says that it can do. */
export type Capability = Omit<ProxyFacts, "address" | "problem">;

/** Bytes of the document that are read. */
const LIMIT = 256 * 1024;
const PATH = ".well-known/breakbulk.json";

/**
 * The capability document of the proxy at `address`. What it leaves out is unknown; a proxy that has none is one of somebody else's, which is
 * used as it is.
 * @throws CoreError `registry/unreachable` when nothing answers, or the answer may not be read by a page; `registry/unauthorized` when a key
 * is asked for.
 */
export async function readCapability(
  address: string,
  {
    fetch,
    headers,
    signal,
  }: {
    readonly fetch: typeof globalThis.fetch;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Capability> {
  const url = new URL(PATH, address);
  let response: Response;
  try {
    response = await fetch(url, {
      headers,
      credentials: "omit",
      redirect: "error",
      ...(signal && { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new CoreError(
      "registry/unreachable",
      `Cannot reach the proxy at ${address}: nothing answers there, or its answer may not be read by this page`,
      { host: url.host },
      { cause: error },
    );
  }
  if (response.status === 401 || response.status === 403) {
    throw new CoreError(
      "registry/unauthorized",
      `Cannot use the proxy at ${address}: it asks for an access key`,
      {
        host: url.host,
        status: response.status,
      },
    );
  }
  const text = response.ok ? (await response.text()).slice(0, LIMIT) : "";
  return capabilityOf(parsed(text));
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

/** What a capability document says; each part that is not what it should be is left out. */
export function capabilityOf(document: Readonly<Record<string, unknown>>): Capability {
  const { registries, write, chunk, key, kind } = document;
  const known = Array.isArray(registries) ? registries.flatMap(registryOf) : undefined;
  return {
    registries: known,
    // Of somebody else's proxy nobody knows: it says so when it is tried.
    write: kind === undefined || write === true,
    chunk: typeof chunk === "number" && chunk > 0 ? chunk : undefined,
    // It tells its registries only to those who may use it.
    needsKey: key === true && known === undefined,
  };
}

function registryOf(value: unknown): NonNullable<ProxyFacts["registries"]> {
  const { key, aliases, write } = record(value);
  if (typeof key !== "string") return [];
  const others = Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === "string") : [];
  return [{ name: key, aliases: others, write: write === true }];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
