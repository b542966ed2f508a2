/** What a reader of tar archives puts up with. Every field may be replaced by the caller; sizes are bytes. */
export interface TarLimits {
  /** Content of one special entry: pax records, or a GNU long name. */
  readonly special: number;
  /** Path or link target of one entry. */
  readonly path: number;
  /** Data regions of one sparse file. */
  readonly fragments: number;
  /** Memory that the table of all entries takes: names, pax records, owners and sparse maps included. */
  readonly table: number;
}

/** The defaults: the special-entry limit is the one Docker's reader has, the path limit is Linux's PATH_MAX. */
export const TAR_LIMITS: TarLimits = {
  special: 1_048_576,
  path: 4096,
  fragments: 1_048_576,
  // Some five million entries; without a bound, a gzip of 10 MB becomes 10 GB of names or pax records.
  table: 536_870_912,
};
