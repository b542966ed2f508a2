import type { ArchiveLayer } from "../../core/archive/mod.ts";
import type { Source } from "../../core/bytes/mod.ts";
import type { Digest } from "../../core/digest/mod.ts";
import type { WireError } from "../../core/error.ts";
import { layerSize } from "../../core/image/mod.ts";
import type { EntryTable } from "../../core/tar/mod.ts";
import type { LayerListing, LayerScan } from "../../core/tree/mod.ts";
import type { LayerView } from "../model/engine.ts";

/** One member of the archive that holds a layer: worked on once, whichever images have it. Its facts arrive in the order of the fields. */
export class StoredLayer {
  readonly path: string;
  readonly source: Source | undefined;
  state: LayerView["state"] = "waiting";
  /** Bytes taken in by the pass under way. */
  readBytes: number | undefined;
  compression: string | undefined;
  table: EntryTable | undefined;
  /** What `docker history` says of it. */
  contentSize: number | undefined;
  /** Everything, once a pass has gone over all bytes. */
  scan: LayerScan | undefined;
  problems: readonly WireError[] = [];
  /** Whether its digests are still to come. */
  checking = true;

  constructor(layer: ArchiveLayer) {
    this.path = layer.path;
    this.source = layer.source;
    if (layer.scan !== undefined) this.scanned(layer.scan);
    else if (layer.source === undefined) this.end("missing");
  }

  /** A first look: the table when it is a plain layer. */
  listed({ compression, table }: LayerListing): void {
    this.compression = compression;
    if (table === undefined) return;
    this.table = table;
    this.contentSize = layerSize(table);
    this.state = "listed";
    this.readBytes = undefined;
  }

  /** The digest of a plain layer that has been listed. */
  hashed(digest: Digest): void {
    if (this.table === undefined || this.source === undefined) return;
    this.scan = {
      compression: "none",
      blobDigest: digest,
      blobSize: this.source.size,
      diffID: digest,
      size: this.source.size,
      table: this.table,
      index: undefined,
      contentSize: this.contentSize ?? 0,
      problems: [],
      fileDigests: undefined,
    };
    this.checking = false;
    this.readBytes = undefined;
  }

  /** All that one pass has found. A layer of which not one entry could be read has failed. */
  scanned(scan: LayerScan): void {
    this.scan = scan;
    this.compression = scan.compression;
    this.table = scan.table;
    this.contentSize = layerSize(scan.table);
    this.problems = scan.problems;
    this.checking = false;
    this.readBytes = undefined;
    this.state = scan.table.count === 0 && scan.problems.length > 0 ? "failed" : "listed";
  }

  /** Nothing more will come of it. */
  end(state: "missing" | "failed", problem?: WireError): void {
    if (this.table === undefined) this.state = state;
    this.checking = false;
    this.readBytes = undefined;
    if (problem !== undefined) this.problems = [...this.problems, problem];
  }
}
