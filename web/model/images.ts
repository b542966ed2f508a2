/**
 * The images that are kept in the browser: what the page asks of them, and what it is told. Everything here is plain, structured-cloneable
 * data, but for the functions of {@link Images} themselves. All tabs of the origin see the same images.
 */
import type { SaveLayout } from "../../core/archive/mod.ts";
import type { WireError } from "../../core/error.ts";
import type { ConsoleFacts, ConsoleHost, ConsoleOutcome } from "./console.ts";
import type { ArchiveEvent, ByteFeed, OpenArchive } from "./engine.ts";
import type { StoredDraft } from "./stored-draft.ts";

/** One image that is kept. */
export interface StoredImage {
  /** `sha256:…` of the config: the IMAGE ID. */
  readonly id: string;
  /** Familiar names with their tags (`app:1`), sorted by their full form. */
  readonly tags: readonly string[];
  /** Familiar names with digests (`app@sha256:…`). */
  readonly repoDigests: readonly string[];
  /** Digest of the manifest or index that it is kept by. */
  readonly root: string;
  /** Platforms of the images under that root whose configs are kept, in the root's order. */
  readonly platforms: readonly string[];
  /** Seconds since the epoch. */
  readonly created?: number | undefined;
  /** Sum of its layers' files, as `docker images` prints it; `undefined` while one of them was never read. */
  readonly size?: number | undefined;
  /** Bytes it takes as stored, everything under its names: what a registry would send. `undefined` when the store is damaged. */
  readonly storedSize?: number | undefined;
  /** The part of {@link storedSize} that another image uses too. */
  readonly sharedSize?: number | undefined;
  /** The rest: what removing this image with all its names would really free. */
  readonly uniqueSize?: number | undefined;
  /** Neither tag nor child: what `docker image prune` takes. */
  readonly dangling: boolean;
  /** ID of the image it was built on here. */
  readonly parent?: string | undefined;
  /** Images built on it. */
  readonly children: number;
  /** Containers that use it. */
  readonly users: number;
  /** Seconds since the epoch; `undefined` when it was never tagged. */
  readonly lastTaggedAt?: number | undefined;
  /** Its config cannot be read: check the store. */
  readonly damaged: boolean;
}

/** What the browser gives this page, in bytes. An estimate: browsers round it, and some name more than the disk has. */
export interface Room {
  /** Bytes used, whatever by. */
  readonly used?: number | undefined;
  readonly quota?: number | undefined;
  /** The browser keeps what is stored until the person removes it; else it may drop everything when the disk gets full. */
  readonly persistent: boolean;
  /** Bytes of layers that arrived in loads that broke off; another load of the same archive goes on from them. */
  readonly unfinished: number;
}

/** Everything that is kept, as of one moment. */
export interface StoredImages {
  /** The newest first. */
  readonly images: readonly StoredImage[];
  /** Containers, the newest first. */
  readonly drafts: readonly StoredDraft[];
  readonly room: Room;
  /** Bytes of all that is stored whole, shared parts once. */
  readonly total: number;
}

/** What the page is told of the store. `state` comes first, and again after every change by whatever tab. */
export type StoreEvent =
  | ({ readonly type: "state" } & StoredImages)
  /** The store cannot be used: `store/unavailable`, `store/newer`, `store/full`. Nothing else follows. */
  | { readonly type: "failed"; readonly error: WireError }
  /** Another tab brought the store to a newer version: this page should be loaded again. */
  | { readonly type: "outdated" }
  /** Other tabs with an older version of the page keep the store from being opened: they should be closed. */
  | { readonly type: "blocked" };

/** How far one blob of a load is. */
export interface LoadPart {
  /** The same for every report of this part. */
  readonly key: string;
  readonly kind: "layer" | "config" | "manifest" | "index" | "other";
  /** What a layer decompresses to: Docker calls it by the first 12 digits of that. */
  readonly diffID?: string | undefined;
  /** Digest of the bytes as stored, where it is known by now. */
  readonly digest?: string | undefined;
  /**
   * `reading`: read for its digest before it is stored; `storing`; `stored`; `present`: it was there already; `left`: the archive does not
   * have it, and the image may lack it.
   */
  readonly state: "waiting" | "reading" | "storing" | "stored" | "present" | "left";
  /** Bytes of it that are there (of `reading`: that are read). */
  readonly bytes: number;
  readonly total: number;
  /** Bytes that were there before this load: a rate counts from here. */
  readonly resumedFrom: number;
}

/** What a load tells: `opening`*, then `parts`*, about ten times a second. The outcome is the call's answer. */
export type LoadEvent =
  | { readonly type: "opening"; readonly done: number; readonly total: number }
  | {
      readonly type: "parts";
      /** Which image of how many the parts belong to, from 0. */
      readonly image: number;
      readonly images: number;
      /** Those that have changed since they were last told. */
      readonly parts: readonly LoadPart[];
    };

/** What came of a load. */
export interface LoadOutcome {
  /** What `docker load` prints. */
  readonly lines: readonly string[];
  readonly images: readonly {
    readonly id: string;
    /** Familiar names that it has now through this load. */
    readonly tags: readonly string[];
  }[];
  /** Bytes stored, and bytes that were there before. */
  readonly moved: number;
  readonly present: number;
  /** Digests under its indexes that the archive does not have: other platforms, layers that are to be had elsewhere. */
  readonly left: readonly string[];
  /** What is wrong with the archive; what could be loaded is. */
  readonly problems: readonly WireError[];
}

/** What {@link Images.load} and {@link Images.keep} take. */
export interface LoadRequest {
  readonly listen?: ((event: LoadEvent) => void) | undefined;
  /** Stops the load. What has arrived is kept for the next one. */
  readonly signal?: AbortSignal | undefined;
  /** `--platform`: only images of this platform, such as `linux/arm64`. */
  readonly only?: string | undefined;
}

/** What {@link Images.save} takes. */
export interface SaveRequest {
  /** One of core/archive's `SAVE_LAYOUTS`, which says what each keeps and who takes it. */
  readonly layout: SaveLayout;
  /** `all` that are kept, or one such as `linux/arm64/v8`. */
  readonly platforms: string;
  readonly signal?: AbortSignal | undefined;
  /** Told while a compressed layer is read for its plain size: only the classic layout, and only when its file table was lost. */
  readonly listen?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** An archive to be saved. */
export interface SavedImages {
  /** Name to suggest for the file: `app_1.tar`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * The archive, composed over the stored blobs: making it took milliseconds and no memory, whatever its size. `undefined` when layers have to be
   * inflated on the way (classic layout with compressed layers); then {@link SavedImages.feed} gives the bytes.
   */
  readonly blob?: Blob | undefined;
  /** Gives the bytes; also where there is a Blob. Opened at the first call. */
  feed(): Promise<ByteFeed>;
  readonly images: readonly { readonly id: string; readonly tags: readonly string[] }[];
  /** Digests that the images lack here and that are not saved: other platforms, foreign layers. */
  readonly left: readonly string[];
  /** Of images that had to be left out ({@link Images.exportAll} only). */
  readonly problems: readonly WireError[];
}

/** A change of names that can be taken back for a while. */
export interface Undoable {
  /** What to give to {@link Images.undo}; `undefined` when nothing was changed. */
  readonly undo?: number | undefined;
  /** Milliseconds from now in which it can be: blobs are freed only after that. */
  readonly undoMs: number;
}

/** What a removal does, or would. */
export interface RemovalView {
  /** As `docker rmi` prints it: `Untagged: app:1`, `Deleted: sha256:…`. Of a prune `untagged: …` under `Deleted Images:`. */
  readonly lines: readonly string[];
  /** Familiar names that go, with tags or digests. */
  readonly names: readonly string[];
  /** IDs of the images that go. */
  readonly images: readonly string[];
  /** Chain IDs of the layers that nothing else uses. */
  readonly layers: readonly string[];
  /** Arguments that are refused: `image/conflict` (its detail says whether force would do: `forceable`), `image/missing`, `oci/reference`. */
  readonly errors: readonly WireError[];
  /** Bytes of the store that are free after it (once it can no longer be taken back). */
  readonly frees: number;
  /** What `docker image prune` calls reclaimed: the sum of the layers that go, as their files are counted. */
  readonly reclaimed: number;
}

/** How to remove. */
export interface RemoveRequest {
  /** Names or IDs, or beginnings of IDs. */
  readonly refs: readonly string[];
  readonly force?: boolean | undefined;
  /** `--no-prune`: keep untagged parents. */
  readonly keepParents?: boolean | undefined;
}

/** What to prune. */
export interface PruneRequest {
  /** `--all`: every image that no container uses, and not only dangling ones. */
  readonly all?: boolean | undefined;
  /** As in `--filter`: `until=24h`, `label=a=b`, `label!=a`. */
  readonly filters?: readonly string[] | undefined;
}

/** Something wrong with the store. */
export interface StoreFinding {
  readonly digest: string;
  /** `damaged`: it is there and not what its digest says; `missing`: an image needs it and it is gone. */
  readonly kind: "damaged" | "missing";
  readonly problem: WireError;
  /** IDs of the images that need it, and their names. */
  readonly images: readonly { readonly id: string; readonly tags: readonly string[] }[];
}

/** What {@link Images.check} found. */
export interface CheckOutcome {
  readonly blobs: number;
  readonly bytes: number;
  /** Sorted by digest; none when the store is whole. */
  readonly findings: readonly StoreFinding[];
}

/**
 * The images kept in the browser; one per page. All calls reject with a CoreError (`store/full`, `image/missing`, …), with a RangeError or
 * TypeError for misuse, or with the signal's reason. A full disk in the middle of a load rejects with `store/full`, whose detail says
 * `needed`, `free` and `missing` bytes where they are known; what has arrived is kept, and what was there is untouched.
 */
export interface Images {
  /** Calls `listen` with what is kept, now and after every change by whatever tab, until the function that it gives back is called. */
  watch(listen: (event: StoreEvent) => void): () => void;
  /**
   * `docker load`: brings all images of an archive into the store, layers in parallel. Each layer is read and inflated once; layers that are there are
   * not stored again. Loading the same file after it broke off goes on where it stopped.
   */
  load(file: Blob, name: string, request?: LoadRequest): Promise<LoadOutcome>;
  /** The same for an archive that is open in place: layers that have been read for its tree are not inflated again. */
  keep(archive: OpenArchive, request?: LoadRequest): Promise<LoadOutcome>;
  /**
   * Opens a kept image by name or ID, like an archive that holds nothing else; images under its index are further images of it, the one that is
   * meant (or of `platform`) first. Its tree is there at once: file tables are kept with the layers; those that are not are made and kept.
   */
  open(
    ref: string,
    options: { readonly platform?: string | undefined },
    listen: (event: ArchiveEvent) => void,
  ): OpenArchive;
  /** `docker save`. A name without a tag means all tags of the repository. */
  save(refs: readonly string[], request: SaveRequest): Promise<SavedImages>;
  /**
   * Everything that is kept as one OCI layout; {@link Images.load} takes it back: IDs, names, digests. It does not say which image was built on
   * which, nor when it was tagged. Images that are not there in full are left out, and told.
   */
  exportAll(signal?: AbortSignal): Promise<SavedImages>;
  /** `docker tag`; an image that had the name loses it. */
  tag(source: string, target: string): Promise<Undoable>;
  /** Takes a name from its image and keeps the image, if need be without one. */
  untag(name: string): Promise<Undoable>;
  /** What {@link Images.remove} would do right now. */
  previewRemove(request: RemoveRequest): Promise<RemovalView>;
  /** `docker rmi`: each argument by itself; what is refused does not keep the others from going. */
  remove(request: RemoveRequest): Promise<RemovalView & Undoable>;
  /** What {@link Images.prune} would do right now. @throws CoreError `image/filter` with Docker's words. */
  previewPrune(request: PruneRequest): Promise<RemovalView>;
  /** `docker image prune`. */
  prune(request: PruneRequest): Promise<RemovalView & Undoable>;
  /**
   * Takes a change back: names and images are as they were, but for names that have been given to another image since. `false` when it is too late.
   */
  undo(undo: number): Promise<boolean>;
  /** Reads everything and compares it with its digests. */
  check(options?: {
    readonly listen?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<CheckOutcome>;
  /**
   * Drops blobs that {@link Images.check} found damaged, after another look at each: loading an archive with them puts whole ones in their place. Images that
   * need them stay, and lack them. Gives the bytes freed.
   */
  dropDamaged(digests: readonly string[]): Promise<number>;
  /** Drops what has arrived in loads that broke off and frees what nothing needs; gives the bytes freed. */
  dropUnfinished(): Promise<number>;
  /** Runs a command line of the console; the signal ends it with exit code 130. */
  command(
    line: string,
    options: { readonly host: ConsoleHost; readonly signal: AbortSignal },
  ): Promise<ConsoleOutcome>;
  /** What can be named on a command line, as of now. */
  commandFacts(): Promise<ConsoleFacts>;
  /** Asks the browser to keep what is stored; whether it does. Some ask the person: do not let anything wait for it. */
  askPersistence(): Promise<boolean>;
}
