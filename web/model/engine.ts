/**
 * What the page asks of the workers, and what they answer: the one contract between `web/view` and `web/worker`.
 * Everything here is plain, structured-cloneable data. Nodes are numbers that mean something only within one image's tree.
 */
import type { WireError } from "../../core/error.ts";

/** How far the check of a layer's digests has come. */
export type Verification = "pending" | "verified" | "mismatch" | "unverifiable";

/** One layer as the page shows it; facts arrive over time, `undefined` = not known yet. */
export interface LayerView {
  /** From 0 at the base. */
  readonly index: number;
  readonly diffID?: string | undefined;
  /** Digest of the bytes as stored, where the archive or the scan says it. */
  readonly digest?: string | undefined;
  readonly mediaType?: string | undefined;
  /** Member of the archive that holds it. */
  readonly path: string;
  readonly compression?: string | undefined;
  /** Bytes as stored in the archive (on the wire). */
  readonly storedSize: number;
  /** Bytes of the layer's tar (at rest). */
  readonly tarSize?: number | undefined;
  /** Sum of its regular files' sizes: what `docker history` prints. */
  readonly contentSize?: number | undefined;
  readonly entries?: number | undefined;
  readonly added?: number | undefined;
  readonly changed?: number | undefined;
  readonly removed?: number | undefined;
  /** `waiting` → `reading` → `listed` (its files are known) ; `missing` and `failed` are ends. */
  readonly state: "waiting" | "reading" | "listed" | "missing" | "failed";
  readonly verification: Verification;
  /** Bytes of the stored layer read so far by the pass under way. */
  readonly readBytes?: number | undefined;
  readonly problems: readonly WireError[];
}

/** One line of the image's history, oldest first. */
export interface HistoryLine {
  /** Layer it made; `undefined` for an instruction that made none. */
  readonly layer?: number | undefined;
  readonly createdBy: string;
  /** RFC 3339 text as the config has it. */
  readonly created?: string | undefined;
  readonly comment?: string | undefined;
  readonly author?: string | undefined;
}

/** One image of an archive. */
export interface ImageView {
  /** Position in the archive. */
  readonly index: number;
  /** `sha256:…` of the config: the IMAGE ID. */
  readonly id: string;
  readonly tags: readonly string[];
  /** `linux/amd64`, `linux/arm/v7` … */
  readonly platform?: string | undefined;
  readonly created?: string | undefined;
  readonly manifestDigest?: string | undefined;
  readonly format: string;
  readonly layers: readonly LayerView[];
  readonly history: readonly HistoryLine[];
  /** The config's `config` object as facts to list: user, env, cmd, entrypoint, ports … in reading order. */
  readonly settings: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly problems: readonly WireError[];
}

/** A manifest, index, attestation or artifact reached from `index.json`, depth first. */
export interface ManifestView {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly depth: number;
  readonly tags: readonly string[];
  readonly platform?: string | undefined;
  readonly attestation: boolean;
  readonly artifactType?: string | undefined;
  readonly state: "ok" | "missing" | "mismatch" | "unparsable";
  /** The image it stands for, when it is one of {@link ArchiveView.images}. */
  readonly image?: number | undefined;
}

/** An opened archive. */
export interface ArchiveView {
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly kind: "docker-save" | "oci-layout" | "docker-v1" | "skopeo-dir" | "rootfs" | "layer";
  readonly compression: string;
  readonly images: readonly ImageView[];
  readonly manifests: readonly ManifestView[];
  readonly problems: readonly WireError[];
}

/** What happens to an archive while it is open; order: `opening`* then `opened` or `failed`, then layer events in any order. */
export type ArchiveEvent =
  | { readonly type: "opening"; readonly done: number; readonly total: number }
  | { readonly type: "opened"; readonly archive: ArchiveView }
  | { readonly type: "layer"; readonly image: number; readonly layer: LayerView }
  | {
      /** The tree now holds layers 0 to `layers - 1`; views of it answer. `complete` when it holds all that can be read. */
      readonly type: "tree";
      readonly image: number;
      readonly layers: number;
      readonly nodes: number;
      readonly complete: boolean;
    }
  | { readonly type: "failed"; readonly error: WireError };

/** Letters of a change: added, changed, removed; `M` metadata only (mode, owner or time rewritten, same bytes). */
export type Mark = "A" | "C" | "D" | "M" | "";

/** What a file list shows. */
export interface ViewSpec {
  readonly image: number;
  /** Tree as of this layer (inclusive). */
  readonly upTo: number;
  /** First of the layers whose changes are marked in all; default: `upTo` alone. */
  readonly since?: number | undefined;
  /** `merged`: the file system; `layer`: only what layer `upTo` did. */
  readonly scope: "merged" | "layer";
  readonly sort: "name" | "size" | "mtime";
  readonly descending: boolean;
  /** Text of the filter field: substring, glob (`*.so`, `etc/**`) or `/regex/`, with terms such as `size>1M`, `type:link`. Empty = all. */
  readonly filter: string;
  /** Only entries with a change mark in layer `upTo`. */
  readonly changedOnly: boolean;
  /** Whether removed paths are listed (struck through) in the merged scope. */
  readonly showRemoved: boolean;
}

/** Answer to opening or changing a view. */
export interface ViewState {
  readonly view: number;
  readonly rows: number;
  /** Entries under the view (not only those unfolded), and the bytes of its files. */
  readonly entries: number;
  readonly bytes: number;
  /** Matches of the filter, when there is one. */
  readonly matches?: number | undefined;
  /** Why the filter text cannot be used. */
  readonly filterError?: string | undefined;
}

/** The type of a file as the list shows it. */
export type NodeType = "file" | "dir" | "symlink" | "link" | "char" | "block" | "fifo" | "other";

/** One row of a file list. */
export interface Row {
  readonly node: number;
  /** Last path component; bytes that are not UTF-8 are U+FFFD. */
  readonly name: string;
  readonly depth: number;
  readonly type: NodeType;
  readonly expandable: boolean;
  readonly expanded: boolean;
  readonly mark: Mark;
  /** The path is gone in this view (shown struck through). */
  readonly removed: boolean;
  /** Bytes: of the file, or of everything below a directory. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Symlink or hard-link target as written. */
  readonly link?: string | undefined;
  /** Layer whose entry this row shows. */
  readonly layer: number;
  /** The filter matches this very row (not only something below it). */
  readonly match: boolean;
  /** 1-based position among its siblings and their number: for screen readers. */
  readonly position: number;
  readonly siblings: number;
}

/** All about one path in one image. */
export interface NodeView {
  readonly node: number;
  /** Absolute path inside the image, lossy. */
  readonly path: string;
  readonly row: Row;
  readonly xattrs: readonly { readonly name: string; readonly value: string }[];
  readonly device?: { readonly major: number; readonly minor: number } | undefined;
  /** Where a symlink or hard link leads inside the image, or why it leads nowhere. */
  readonly target?:
    | { readonly node: number; readonly path: string }
    | { readonly broken: "missing" | "cycle" }
    | undefined;
  /** Which layers wrote, changed or removed this path, oldest first; each version with content can be opened. */
  readonly versions: readonly {
    readonly layer: number;
    readonly mark: Mark;
    readonly size: number;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    readonly mtime: number;
    readonly type: NodeType;
    readonly readable: boolean;
    readonly createdBy?: string | undefined;
  }[];
}

/** Bytes of a file, and what it cost to get them. */
export interface FileSlice {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offset of `bytes` in the file, and the size of the whole. */
  readonly from: number;
  readonly size: number;
  /** Bytes read from the archive and bytes inflated for this answer, and the time it took. */
  readonly read: number;
  readonly inflated: number;
  readonly tookMs: number;
}

/** Where an image's bytes are. */
export interface UsageView {
  readonly layers: readonly {
    readonly index: number;
    readonly bytes: number;
    readonly files: number;
    readonly wasted: number;
  }[];
  readonly totalBytes: number;
  readonly finalBytes: number;
  readonly wastedBytes: number;
  /** Bytes rewritten only for a new mode, owner or time; part of `wastedBytes`. */
  readonly metadataOnlyBytes: number;
  /** 0 to 1; `undefined` for an image without files. */
  readonly efficiency?: number | undefined;
  /** Largest first. */
  readonly wasted: readonly {
    readonly path: string;
    readonly node: number;
    readonly bytes: number;
    readonly copies: number;
    readonly kind: "overwritten" | "removed" | "metadata";
  }[];
}

/** The documents of an image, as text ready to show. */
export type DocumentKind = "manifest" | "config" | "inspect" | "index" | "archive-manifest";

/** A finite run of bytes that the page pulls, one chunk a call. */
export interface ByteFeed {
  /** Expected number of bytes, when known. */
  readonly size?: number | undefined;
  /** The next chunk; `undefined` at the end. */
  next(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Gives up the rest. */
  cancel(): void;
}

/** An archive that is open in the workers. All calls reject with a CoreError, or with the signal's reason. */
export interface OpenArchive {
  /** Says which image is looked at: its layers come first, and its tree is made. Of the others only the layers are listed. */
  look(image: number): void;
  /** Opens a view of an image's files, root unfolded. */
  view(spec: ViewSpec, signal?: AbortSignal): Promise<ViewState>;
  /** Changes a view, keeping what is unfolded. */
  change(view: number, spec: ViewSpec, signal?: AbortSignal): Promise<ViewState>;
  /** Folds or unfolds a directory; `deep` takes everything below along. */
  fold(view: number, node: number, options: { expanded: boolean; deep?: boolean }): Promise<ViewState>;
  /** Unfolds what is above `node` and gives its row. */
  reveal(view: number, node: number): Promise<ViewState & { readonly row: number }>;
  /** The rows `[from, to)` of a view. */
  rows(view: number, from: number, to: number): Promise<readonly Row[]>;
  closeView(view: number): void;
  /** Facts of one path as of layer `upTo`. */
  node(image: number, node: number, upTo: number): Promise<NodeView>;
  /** The node at `path`, symlinks followed. */
  find(image: number, path: string, upTo: number): Promise<number | undefined>;
  /** Bytes `[from, to)` of the file at `node` as layer `layer` (or the last layer up to it) has it; links are followed. */
  read(
    target: { image: number; node: number; layer: number },
    range: { from: number; to: number },
    signal?: AbortSignal,
  ): Promise<FileSlice>;
  /** A file as it is, or a directory (as of layer `layer`) as tar or zip. */
  save(
    target: { image: number; node: number; layer: number },
    format: "file" | "tar" | "zip",
    signal?: AbortSignal,
  ): Promise<ByteFeed>;
  usage(image: number): Promise<UsageView>;
  /** Pretty text for reading; `raw` is byte for byte what the archive holds. */
  document(image: number, kind: DocumentKind, raw?: boolean): Promise<string | undefined>;
  /** Ends the workers of this archive. */
  close(): void;
}

/** Opens archives; one per page. */
export interface Engine {
  /** Opens `file` in place. `listen` is told what happens until the archive is closed. */
  open(file: Blob, name: string, listen: (event: ArchiveEvent) => void): OpenArchive;
  /** The demo image, made on the spot. */
  demo(): Promise<File>;
}
