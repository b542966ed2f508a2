/**
 * The registries of the world, as the page uses them: what it asks of the worker that talks to them, and what it is told. Everything here is
 * plain, structured-cloneable data, but for the functions of {@link Registries} themselves.
 */
import type { WireError } from "../../core/error.ts";
import type { ArchiveEvent, OpenArchive } from "./engine.ts";

/** How registries are reached from this page. */
export interface RegistrySettings {
  /** Address of the proxy: an origin, or with a path before `/v2/`. Empty is the server that the page came from. */
  readonly proxy: string;
  /** What the proxy asks for before it lets anybody in; empty for none. */
  readonly accessKey: string;
  /** Registries that are asked without the proxy: those that let pages read their answers. A login goes the way that took it, and no other. */
  readonly direct: readonly string[];
  /**
   * Addresses of mirrors of Docker Hub, which pulls (and nothing else) ask first, in this order, as nobody: no login and no access key goes there.
   * What a tag leads to is asked of Docker Hub itself by the usual way, and the mirror only gives the bytes of that digest; where Docker Hub does
   * not answer, the mirror is believed. Whatever is wrong with a mirror, the next one is asked, and the usual way last.
   */
  readonly mirrors: readonly string[];
}

/** What holds until somebody sets something else. */
export const DEFAULT_REGISTRY_SETTINGS: RegistrySettings = {
  proxy: "",
  accessKey: "",
  direct: [],
  mirrors: [],
};

/** What is known of the proxy. */
export interface ProxyFacts {
  /** Where it is. */
  readonly address: string;
  /** Why it cannot be used; `undefined` when it can. */
  readonly problem?: WireError | undefined;
  /** Registries that it leads to; `undefined` when it does not say. */
  readonly registries?:
    | readonly { readonly name: string; readonly aliases: readonly string[]; readonly write: boolean }[]
    | undefined;
  /** Whether it lets pushes through. */
  readonly write: boolean;
  /** Most bytes of one upload request; `undefined` for no limit. */
  readonly chunk?: number | undefined;
  /** It asks for a key before anything else. */
  readonly needsKey: boolean;
}

/** A login, without its secret. */
export interface LoginView {
  /** `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  readonly username: string;
  /** It is there again tomorrow, encrypted; otherwise it lasts as long as the page. */
  readonly kept: boolean;
}

/** What to pull. */
export interface PullRequest {
  /** As people type it. */
  readonly reference: string;
  /** `linux/arm64`; default: linux/amd64. */
  readonly platform?: string | undefined;
  /** The images of all platforms, with whatever else their index names. */
  readonly allPlatforms?: boolean | undefined;
  /** Every tag of the repository. */
  readonly allTags?: boolean | undefined;
}

/** How far one layer of a pull or push is. */
export interface TransferPart {
  /** Digest of the bytes as stored. */
  readonly digest: string;
  /** From 0 at the base. */
  readonly layer: number;
  /** Docker's word for where it is: `Downloading`, `Pushed`. */
  readonly state: string;
  /** It is where it should be: nothing more will be told of it. */
  readonly settled: boolean;
  /** Bytes that are there. */
  readonly bytes: number;
  readonly total: number;
  /** Bytes that were there before: a rate counts from here. */
  readonly resumedFrom: number;
}

/** What is told of a pull or a push, about ten times a second. */
export type TransferEvent =
  /** An image begins: parts told before belong to another. */
  | { readonly type: "image"; readonly name: string; readonly digest?: string | undefined }
  /** Those that have changed since they were last told. */
  | { readonly type: "parts"; readonly parts: readonly TransferPart[] };

/** What came of a pull. */
export interface PullOutcome {
  /** What `docker pull` prints at its end: digest, status, name. */
  readonly lines: readonly string[];
  readonly images: readonly {
    readonly id: string;
    /** Familiar name that it was asked for by. */
    readonly name: string;
    readonly digest: string;
    readonly newer: boolean;
  }[];
  /** Bytes that came, and bytes that were there before. */
  readonly moved: number;
  readonly present: number;
}

/** One platform that a name in a registry has an image for. */
export interface RemotePlatform {
  /** `linux/arm64/v8`; empty when a lone manifest does not say before its config is read. */
  readonly platform: string;
  readonly digest: string;
  /** Bytes of the manifest. */
  readonly size: number;
}

/** One repository that a search found. */
export interface SearchHit {
  /** As it can be pulled. */
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly official: boolean;
}

/** A login to be tried. */
export interface LoginRequest {
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  /** Keep it in this browser, encrypted. */
  readonly keep: boolean;
}

/** What a name in a registry leads to, looked at without pulling it. */
export interface RemoteFacts {
  /** In familiar form, with tag or digest. */
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Those that can be pulled; one of a lone manifest. */
  readonly platforms: readonly RemotePlatform[];
  /** Of the platform that is looked at. */
  readonly platform: string;
  readonly id: string;
  readonly created?: string | undefined;
  readonly layers: readonly {
    readonly digest: string;
    readonly mediaType: string;
    readonly size: number;
    /** The store has it. */
    readonly present: boolean;
  }[];
  /** Bytes to fetch for it: what the store does not have. */
  readonly missing: number;
}

/** What a push would do with one blob. */
export interface PushPart {
  readonly digest: string;
  readonly kind: "layer" | "config" | "manifest" | "index" | "other";
  readonly size: number;
  /** `upload`: it is sent; `mount`: the registry takes it from another repository of its own; `skip`: the registry has it. */
  readonly action: "upload" | "mount" | "skip";
  /** Of a mount: from where. */
  readonly from?: string | undefined;
}

/** What a push would do. */
export interface PushPlan {
  /** Where it goes, in familiar form. */
  readonly name: string;
  /** Of what the name will lead to. */
  readonly digest: string;
  readonly parts: readonly PushPart[];
  /** Bytes that would be sent. */
  readonly upload: number;
  /** Why it cannot be pushed as it is: no login, no write access through the proxy. */
  readonly problem?: WireError | undefined;
}

/** What came of a push. */
export interface PushOutcome {
  readonly name: string;
  readonly digest: string;
  /** Bytes of the manifest. */
  readonly size: number;
  readonly uploaded: number;
  readonly mounted: number;
  readonly skipped: number;
}

/** How long work is followed and stopped. */
export interface TransferRequest {
  readonly listen?: ((event: TransferEvent) => void) | undefined;
  /** Stops it. What has arrived is kept for the next time. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The registries; one per page. All calls reject with a CoreError (`registry/*` names host and status; `registry/unreachable` when nothing
 * answers, or a page may not read the answer), or with the signal's reason.
 */
export interface Registries {
  readonly settings: RegistrySettings;
  /** Changes how registries are reached, from the next call on; remembered by this browser. @throws TypeError for an address that is none. */
  configure(settings: RegistrySettings): void;
  /** Asks the proxy what it is and what it lets through. Never rejects: what is wrong is said in the facts. */
  proxy(signal?: AbortSignal): Promise<ProxyFacts>;
  pull(request: PullRequest, how?: TransferRequest): Promise<PullOutcome>;
  /** Looks at an image without pulling it. */
  look(
    reference: string,
    options: { readonly platform?: string | undefined },
    signal?: AbortSignal,
  ): Promise<RemoteFacts>;
  /** Opens an image in a registry like an archive; layers are read as they are needed, and nothing is kept. */
  open(
    reference: string,
    options: { readonly platform?: string | undefined },
    listen: (event: ArchiveEvent) => void,
  ): OpenArchive;
  /** Tags of a repository in the registry's order, as far as `limit`. */
  tags(
    repository: string,
    options?: { readonly limit?: number | undefined },
    signal?: AbortSignal,
  ): Promise<{ readonly tags: readonly string[]; readonly more: boolean }>;
  /** `docker search`; a term with a registry before a slash is searched there. */
  search(
    term: string,
    options?: { readonly limit?: number | undefined },
    signal?: AbortSignal,
  ): Promise<readonly SearchHit[]>;
  /** Repositories of a registry that lists them. */
  catalog(
    registry: string,
    options?: { readonly limit?: number | undefined },
    signal?: AbortSignal,
  ): Promise<{ readonly names: readonly string[]; readonly more: boolean }>;
  /** What a push would send, mount and skip. Without `target` under the image's own name. */
  planPush(
    source: string,
    options: { readonly target?: string | undefined },
    signal?: AbortSignal,
  ): Promise<PushPlan>;
  /** Pushes a kept image; with a `target` under that name, which it is given in the store as well. */
  push(
    source: string,
    options: { readonly target?: string | undefined },
    how?: TransferRequest,
  ): Promise<PushOutcome>;
  /** Checks a login with the registry and holds it: in memory, and with `keep` encrypted in this browser. Gives what `docker login` prints. */
  login(login: LoginRequest, signal?: AbortSignal): Promise<string>;
  /** Forgets a login; `false` when there was none. */
  logout(registry: string): Promise<boolean>;
  logins(): Promise<readonly LoginView[]>;
}
