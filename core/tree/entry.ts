import type { EntryType, TarEntry } from "../tar/mod.ts";
import type { ChangeKind } from "./tree.ts";

/** Where content lies: a row of the table of a layer. */
export interface ContentPlace {
  readonly layer: number;
  readonly row: number;
}

/** What a path is as of some layer. */
export interface NodeEntry {
  /** As its entry says: a hard link is `link`, whatever it leads to. */
  readonly type: EntryType;
  /** What it is for who opens it: of a hard link the type of what it leads to, else `type`. */
  readonly contentType: EntryType;
  /** Bytes of content, for hard links those of what they lead to; 0 for types without content. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Target of a symlink or hard link as written, else empty; bytes that are not UTF-8 appear as U+FFFD. */
  readonly link: string;
  /** Layer whose entry this is, and its row there; row -1: a directory that no entry lists (0755, owned by root). */
  readonly layer: number;
  readonly row: number;
  readonly implicit: boolean;
  /** A hard link whose target is missing. */
  readonly broken: boolean;
  /** Where the bytes of a file (or, for a hard link, of what it leads to) are; `undefined` when there are none to read. */
  readonly content: ContentPlace | undefined;
  /** The whole entry, where there is one: devices, attributes and all. */
  readonly entry: TarEntry | undefined;
  /** The entry that says what it is, with symlink target, devices and attributes: `entry`, or of a hard link that of what it leads to. */
  readonly substance: TarEntry | undefined;
}

/** One change of a path by one layer. */
export interface NodeEvent {
  readonly layer: number;
  /** Row that did it: the new version, or for a removal the whiteout or the entry put in its place; -1: nobody lists it. */
  readonly row: number;
  readonly kind: ChangeKind;
  /** What the path is after it; `undefined` for removals. */
  readonly entry: NodeEntry | undefined;
  /** What differs from the version before; empty for additions and removals. */
  readonly differences: readonly Difference[];
}

/** A respect in which two versions of a path can differ. */
export type Difference = "type" | "content" | "link" | "device" | "mode" | "owner" | "mtime" | "attributes";
