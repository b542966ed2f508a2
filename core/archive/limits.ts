/** Bounds on what an archive may make us hold or do; every one may be replaced by the caller of `openArchive`. */
export const ARCHIVE_LIMITS = {
  /** Bytes of one metadata document. Docker refuses more. */
  document: 20 * 1024 * 1024,
  /** Bytes of all metadata documents together, as they are held in memory. */
  documents: 256 * 1024 * 1024,
  /** JSON values of all metadata documents together: parsed, one takes fifty times the memory of its text. */
  values: 2_000_000,
  /** Members of the archive (not of its layers); a bare root file system has one for each file. */
  members: 5_000_000,
  /** Bytes of the archive once decompressed. */
  content: Number.MAX_SAFE_INTEGER,
  /** Bytes of a member name that is looked for: Linux's PATH_MAX. */
  path: 4096,
  /** Links followed from one member name. */
  links: 40,
  /** Indexes within indexes. */
  depth: 16,
  /** Manifests and indexes reached from index.json, those named twice counted twice; steps of images of before 1.10. */
  manifests: 10_000,
  /** Images of one archive. */
  images: 1000,
  /** Layers of one image. Docker itself stops at 127. */
  layers: 500,
  /** Problems noted of one image, and of the archive; what is wrong with the rest goes without saying. */
  problems: 100,
} as const;

/** The bounds of {@link ARCHIVE_LIMITS}, all of them. */
export type ArchiveLimits = { readonly [limit in keyof typeof ARCHIVE_LIMITS]: number };
