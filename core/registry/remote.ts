import type { NewHasher } from "../digest/mod.ts";
import type { Scope } from "./scope.ts";
import type { Transport } from "./transport.ts";

/** One repository as requests are made to it. */
export interface Remote {
  readonly transport: Transport;
  /** Name at the endpoint. */
  readonly name: string;
  readonly newHasher?: NewHasher | undefined;
}

/** URL of something of a repository. `rest` is of characters that need no escaping. */
export function remoteUrl({ transport, name }: Remote, rest: string): string {
  return `${transport.endpoint.base}${name}/${rest}`;
}

/** What doing this to a repository takes. */
export function scopeFor({ name }: Remote, ...actions: string[]): Scope[] {
  return [{ type: "repository", name, actions }];
}
