import type { Bytes, Source } from "../bytes/mod.ts";
import type { Compression } from "../compression/mod.ts";
import type { Digest } from "../digest/mod.ts";
import type { ErrorCode, Json } from "../error.ts";
import type { HistoryEntry, ImageConfig, Platform } from "../oci/mod.ts";
import type { EntryTable } from "../tar/mod.ts";
import type { LayerScan } from "../tree/mod.ts";

/**
 * What kind of archive it is: written by `docker save` (manifest.json), an OCI layout, written by Docker before 1.10, skopeo's `dir:`
 * layout in a tar; or no image archive but a bare root file system, or a single layer.
 */
export type ArchiveKind = "docker-save" | "oci-layout" | "docker-v1" | "skopeo-dir" | "rootfs" | "layer";

/** Something wrong with a part of an archive; everything else of it stays readable. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: { readonly [key: string]: Json };
}

/** An opened archive: its tables, in memory; its content, where it was. */
export interface Archive {
  readonly kind: ArchiveKind;
  /** Of the whole file. */
  readonly compression: Compression;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes of the tar in it. */
  readonly contentSize: number;
  /** Every member, in archive order. */
  readonly members: EntryTable;
  /** The decompressed archive. */
  readonly source: Source;
  /** In the order of manifest.json, else of index.json (children of indexes in place), else of repositories. */
  readonly images: readonly ArchiveImage[];
  /** Everything reached from index.json, depth first; a manifest named twice is listed twice. */
  readonly manifests: readonly ManifestNode[];
  /** Bytes of manifest.json and index.json as they are, where they are there. */
  readonly documents: { readonly manifest?: Bytes | undefined; readonly index?: Bytes | undefined };
  /** What is wrong with the archive as a whole. */
  readonly problems: readonly Problem[];
}

/** One image of an archive. */
export interface ArchiveImage {
  /** Digest of the config's bytes, by which Docker names images; `undefined` when the config is missing. */
  readonly id: Digest | undefined;
  /** As written in the archive. */
  readonly tags: readonly string[];
  /** Image that it was built on, where manifest.json says so (archives of the classic builder). */
  readonly parent?: Digest | undefined;
  /** As the config says, else as the index says. */
  readonly platform: Platform | undefined;
  /** `undefined` when it is missing or cannot be read; `problems` says why. */
  readonly config: ImageConfig | undefined;
  /** As stored; `undefined` when missing, and for a legacy image, whose config can be made once its layers are read. */
  readonly configBytes: Bytes | undefined;
  /** The manifest, where one was found through index.json (or is the archive's own). */
  readonly manifest?: ImageManifest | undefined;
  readonly format: "docker" | "oci" | "legacy";
  /** What a legacy archive says of the top step of the image: `legacyConfig` makes the config of it. */
  readonly description?: Bytes | undefined;
  /** From the base up. */
  readonly layers: readonly ArchiveLayer[];
  readonly problems: readonly Problem[];
}

/** The manifest of an image, as stored. */
export interface ImageManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Bytes;
}

/** One layer of an image of an archive. The same member may be a layer of several images, or several times of one. */
export interface ArchiveLayer {
  /** From 0 at the base. */
  readonly index: number;
  /** Digest of the uncompressed layer, as the config says. */
  readonly diffID: Digest | undefined;
  /** Member that holds it (links followed), or the name under which it is missed. Equal paths are the same bytes. */
  readonly path: string;
  /** The bytes as stored; `undefined` when they are missing. */
  readonly source: Source | undefined;
  /** Bytes as stored; as promised when they are missing; 0 when nobody says. */
  readonly size: number;
  readonly mediaType?: string | undefined;
  /** Expected digest of the stored bytes, where a manifest or the member's name says it. */
  readonly digest?: Digest | undefined;
  /** Where else the layer is to be had. */
  readonly urls?: readonly string[] | undefined;
  /**
   * What the one pass over a compressed archive has found out already. When the layer is compressed as well, the scan has no index: to
   * open files of it, it must be scanned again.
   */
  readonly scan?: LayerScan | undefined;
  /** The instruction that made it. */
  readonly history?: HistoryEntry | undefined;
}

/** One manifest, index or artifact as it is reached from index.json. */
export interface ManifestNode {
  readonly digest: Digest;
  /** As the descriptor announces it, else as the document says. */
  readonly mediaType: string;
  /** Bytes as the descriptor announces them. */
  readonly size: number;
  /** 0 for what index.json lists itself. */
  readonly depth: number;
  /** Names from the descriptor's annotations, else those of the index it stands in. */
  readonly tags: readonly string[];
  /** As the descriptor says. */
  readonly platform: Platform | undefined;
  /** Kind of attestation (`attestation-manifest`) for those: they describe an image and are none. */
  readonly attestation?: string | undefined;
  /** As the manifest says; with none said, an artifact is told by its config's type. */
  readonly artifactType?: string | undefined;
  /** What it refers to, for signatures, attestations and other referrers. */
  readonly subject?: Digest | undefined;
  /** Digest and type of the config of a manifest. */
  readonly config?: { readonly digest: Digest; readonly mediaType: string } | undefined;
  /** Digests of the layers (or artifact blobs) of a manifest. */
  readonly layers?: readonly Digest[] | undefined;
  /** How many entries an index has. */
  readonly manifests?: number | undefined;
  /** The archive does not hold it. */
  readonly missing: boolean;
  /** Its bytes do not have the digest they stand under. */
  readonly digestMismatch: boolean;
  /** Its bytes are no manifest and no index. */
  readonly unparsable: boolean;
  /** Bytes as stored. */
  readonly bytes?: Bytes | undefined;
  /** The image it is, when it is one; the same object as in `Archive.images` where it is listed there too. */
  readonly image?: ArchiveImage | undefined;
}
