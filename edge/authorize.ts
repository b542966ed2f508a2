import type { Fault } from "./errors.ts";
import type { RegistryRow } from "./registries.ts";

/** What is asked of one repository. `repository` is the upstream's name (without the registry, with `library/`), or `undefined` for `_catalog` and the like. */
export interface AccessRequest {
  readonly registry: RegistryRow;
  readonly repository: string | undefined;
  /** The tag that is asked for, where one is: policies speak of tags. */
  readonly tag?: string | undefined;
  readonly actions: readonly ("pull" | "push" | "delete" | "*")[];
  /** Another repository of the same registry that a blob is to be mounted from: it is pulled from. */
  readonly mountFrom?: string | undefined;
  /** The client's request: its Authorization header and, for the challenge, its URL. */
  readonly request: Request;
  readonly signal?: AbortSignal | undefined;
}

/** Leave to ask the upstream. */
export interface Grant {
  readonly ok: true;
  /** The Authorization header for the upstream, or `undefined` for none. It belongs to the upstream's base origin only. */
  readonly authorization: string | undefined;
  /** Whether no client's and no operator's credential had a part in it, so that what it gets may be shared (C1). */
  readonly shared: boolean;
  /** Who asks, for upload tickets: the same client with the same credential has the same one. */
  readonly principal: string;
}

/** An answer for the client in the terms of the specification. */
export interface Refusal extends Fault {
  readonly ok: false;
}

/** The deciding half of the proxy, made once per app. */
export interface TokenBroker {
  /** Leave to ask the upstream, or the reason why not. Asks the upstream's token endpoint when it needs to. */
  authorize(asked: AccessRequest): Promise<Grant | Refusal>;
  /**
   * What to do after the upstream answered 401 to a request under `grant`: a new grant to try once more with (only where no body was
   * sent), or the refusal to hand on, with our own challenge; always the latter under a grant that came from here. The response's body is not read and stays the caller's to cancel.
   */
  reauthorize(asked: AccessRequest, grant: Grant, response: Response): Promise<Grant | Refusal>;
  /**
   * The Authorization header for a hop of a redirect that led to another registry and was challenged there (A14): an anonymous token, if its realm
   * belongs to that host; `undefined` otherwise.
   */
  authorizeHop(hop: {
    readonly url: URL;
    readonly response: Response;
    readonly signal?: AbortSignal | undefined;
  }): Promise<string | undefined>;
  /** The answer to a ping of `/v2/` (`registry` absent) or `/<registry>/v2/`: leave, or our own challenge. */
  ping(request: Request, registry: RegistryRow | undefined): Promise<Grant | Refusal>;
}
