/** The calls about registries between the page and the images worker. */
import type {
  LoginRequest,
  LoginView,
  ProxyFacts,
  PullOutcome,
  PullRequest,
  PushOutcome,
  PushPlan,
  RegistrySettings,
  RemoteFacts,
  SearchHit,
  TransferEvent,
} from "../model/registries.ts";
import type { PushOrder } from "./push-work.ts";
import type { AccessState } from "./registry-access.ts";
import type { RemoteRequest } from "./remote-archive.ts";

/** What the page asks of the worker. */
export type RegistryCalls = {
  /** From now on registries are reached so. */
  registries(settings: RegistrySettings): void;
  proxyFacts(request: undefined): ProxyFacts;
  /** What a worker of the same page needs to reach registries as this one does. */
  accessState(request: undefined): AccessState;
  pull(request: PullRequest & { readonly task: number }): PullOutcome;
  remoteFacts(request: RemoteRequest): RemoteFacts;
  remoteTags(request: { readonly repository: string; readonly limit: number }): {
    readonly tags: readonly string[];
    readonly more: boolean;
  };
  catalog(request: { readonly registry: string; readonly limit: number }): {
    readonly names: readonly string[];
    readonly more: boolean;
  };
  search(request: { readonly term: string; readonly limit: number }): readonly SearchHit[];
  planPush(request: PushOrder): PushPlan;
  push(request: PushOrder & { readonly task: number }): PushOutcome;
  login(request: LoginRequest): string;
  logout(registry: string): boolean;
  logins(request: undefined): readonly LoginView[];
};

/** What the worker tells the page. */
export type RegistryPageCalls = {
  transferring(request: { readonly task: number; readonly event: TransferEvent }): void;
};
