import { CoreError } from "../../core/error.ts";
import { isRegistryDomain } from "../../core/oci/mod.ts";
import type { ProxyFacts } from "../model/registries.ts";

/** What a proxy says that it can do. */
export type Capability = Omit<ProxyFacts, "address" | "problem">;

/** Bytes of the document that are read: one with more is none. */
const LIMIT = 256 * 1024;
/** Milliseconds that it is waited for: everything that goes through a proxy asks for it first. */
const PATIENCE_MS = 15_000;
/** Registries, and aliases of one, that are taken note of. */
const MOST_REGISTRIES = 500;
const MOST_ALIASES = 50;
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
    deadline = () => AbortSignal.timeout(PATIENCE_MS),
  }: {
    readonly fetch: typeof globalThis.fetch;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal | undefined;
    /** Ends the waiting. Default: after 15 s. */
    readonly deadline?: (() => AbortSignal) | undefined;
  },
): Promise<Capability> {
  const url = new URL(PATH, address);
  const sent = headersOf(headers, url);
  const late = deadline();
  const either = signal === undefined ? late : AbortSignal.any([signal, late]);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      headers: sent,
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: either,
    });
    text = await textOf(response, either);
  } catch (error) {
    signal?.throwIfAborted();
    throw new CoreError(
      "registry/unreachable",
      `Cannot reach the proxy at ${url.origin}: nothing answers there, or its answer may not be read by this page`,
      { host: url.host },
      { cause: error },
    );
  }
  if (response.status === 401 || response.status === 403) {
    throw new CoreError(
      "registry/unauthorized",
      `Cannot use the proxy at ${url.origin}: it asks for an access key`,
      {
        host: url.host,
        status: response.status,
      },
    );
  }
  return capabilityOf(parsed(text));
}

/** @throws CoreError `registry/unauthorized` without the key, which what the host says of it would repeat. */
function headersOf(headers: Readonly<Record<string, string>>, { host, origin }: URL): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new CoreError(
      "registry/unauthorized",
      `Cannot use the proxy at ${origin}: the access key has characters that cannot be sent`,
      { host },
    );
  }
}

/** The text of an answer; "" for none, for one of refusal, and for one that is too long. */
async function textOf(response: Response, signal: AbortSignal): Promise<string> {
  if (!response.ok || response.body === null) {
    await response.body?.cancel().catch(() => {});
    return "";
  }
  const reader = response.body.getReader();
  const stop = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const bytes = new Uint8Array(LIMIT);
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return new TextDecoder().decode(bytes.subarray(0, size));
      if (size + value.length > LIMIT) return "";
      bytes.set(value, size);
      size += value.length;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
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
  const known = Array.isArray(registries)
    ? registries.slice(0, MOST_REGISTRIES).flatMap(registryOf)
    : undefined;
  return {
    registries: known,
    // Of somebody else's proxy nobody knows: it says so when it is tried.
    write: kind === undefined || write === true,
    chunk: typeof chunk === "number" && Number.isSafeInteger(chunk) && chunk > 0 ? chunk : undefined,
    // It tells its registries only to those who may use it.
    needsKey: key === true && known === undefined,
  };
}

function registryOf(value: unknown): NonNullable<ProxyFacts["registries"]> {
  const { key, aliases, write } = record(value);
  if (!isHost(key)) return [];
  const others = Array.isArray(aliases) ? aliases.slice(0, MOST_ALIASES).filter(isHost) : [];
  return [{ name: key, aliases: others, write: write === true }];
}

const isHost = (value: unknown): value is string => typeof value === "string" && isRegistryDomain(value);

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
