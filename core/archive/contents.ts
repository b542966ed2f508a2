import { type Bytes, type ReadOptions, readExact, type Source } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { contentOf, ENTRY_TYPES, type EntryTable, type EntryType } from "../tar/mod.ts";
import type { LayerScan } from "../tree/mod.ts";
import type { ArchiveLimits } from "./limits.ts";
import type { Problem } from "./types.ts";

/** What the reading of the outer tar found: the same whether it was hopped through or streamed. */
export interface Reading {
  readonly members: EntryTable;
  /** The decompressed archive. */
  readonly source: Source;
  /** Documents kept by the pass, by row. */
  readonly documents: ReadonlyMap<number, Bytes>;
  /** Layers scanned by the pass, by row. */
  readonly scans: ReadonlyMap<number, LayerScan>;
  /** The scan of the whole archive, when it was read as a layer. */
  readonly bare?: LayerScan | undefined;
  readonly problems: readonly Problem[];
}

const decoder = new TextDecoder();
/** Characters of paths that may be looked at for links in them, in one archive: a quarter of a second's worth. */
const LINK_WORK = 200_000_000;
const LINK_TYPES: ReadonlySet<EntryType> = new Set(["symlink", "link"]);
const FILE_TYPES: ReadonlySet<EntryType> = new Set(["file", "sparse"]);

/**
 * The members of an archive by name. Names are cleaned (`./a//b/` is `a/b`), links followed inside the archive only; of members with
 * one name the last counts, as for Docker, which unpacks them one over the other.
 */
export class Contents {
  readonly reading: Reading;
  /** Names that stood twice. */
  readonly duplicates: readonly string[];
  readonly #limits: ArchiveLimits;
  readonly #rows = new Map<string, number>();
  readonly #hasSymlinks: boolean;
  #documentBytes = 0;
  #walked = 0;

  constructor(reading: Reading, limits: ArchiveLimits) {
    this.reading = reading;
    this.#limits = limits;
    const { members } = reading;
    const duplicates = new Set<string>();
    this.#hasSymlinks = members.type.includes(ENTRY_TYPES.indexOf("symlink"));
    for (let row = 0; row < members.count; row++) {
      const name = cleanPath(pathAt(members, row));
      if (name === undefined || name === "") continue;
      if (this.#rows.has(name) && typeAt(members, row) !== "dir") duplicates.add(name);
      this.#rows.set(name, row);
    }
    this.duplicates = [...duplicates];
  }

  /** Cleaned names of all members, those that lead out of the archive left out. */
  names(): IterableIterator<string> {
    return this.#rows.keys();
  }

  /**
   * The file that `path` leads to, links followed; `undefined` when there is none.
   * @throws CoreError `archive/path` when the path or a link leads out of the archive, or there are too many links.
   */
  find(path: string): Member | undefined {
    const { members, source } = this.reading;
    if (path.length > this.#limits.path) {
      throw new CoreError(
        "bytes/limit",
        `Cannot find ${path.slice(0, 100)}…: the path has ${path.length} characters, expected at most ${this.#limits.path}`,
        { path: path.slice(0, 100), size: path.length, limit: this.#limits.path },
      );
    }
    let name = this.#clean(path, path);
    for (let hops = 0; hops <= this.#limits.links; hops++) {
      const row = this.#rows.get(name);
      if (row === undefined) {
        const through = this.#throughLink(name, path);
        if (through === undefined) return undefined;
        name = through;
        continue;
      }
      const type = typeAt(members, row);
      if (FILE_TYPES.has(type)) {
        const size = members.size[row]!;
        // Of an archive that was cut short the last member may be there in part only.
        const cut = type === "file" && members.offset[row]! + size > source.size;
        return { name, row, size, source: cut ? undefined : contentOf(source, members, row) };
      }
      if (!LINK_TYPES.has(type)) return undefined;
      name = this.#follow(name, row, path);
    }
    throw new CoreError("archive/path", `Cannot follow ${path}: more than ${this.#limits.links} links`, {
      path,
      limit: this.#limits.links,
    });
  }

  /**
   * All bytes of a member that is a document.
   * @throws CoreError `bytes/limit` when it, or all documents together, are too large; `tar/truncated` when it is not all there.
   */
  async read(member: Member, options: ReadOptions): Promise<Bytes> {
    const { document, documents } = this.#limits;
    if (member.size > document) {
      throw new CoreError(
        "bytes/limit",
        `Cannot read ${member.name}: it has ${member.size} bytes, expected at most ${document}`,
        { path: member.name, size: member.size, limit: document },
      );
    }
    this.#documentBytes += member.size;
    if (this.#documentBytes > documents) {
      throw new CoreError(
        "bytes/limit",
        `Cannot read ${member.name}: the documents of the archive have more than ${documents} bytes together`,
        { path: member.name, size: member.size, limit: documents },
      );
    }
    const kept = this.reading.documents.get(member.row);
    if (kept !== undefined) return kept;
    if (member.source === undefined) throw cutShort(member);
    return readExact(member.source, { from: 0, to: member.size }, options);
  }

  /** The scan of a member that the pass has made. */
  scanOf(member: Member): LayerScan | undefined {
    return this.reading.scans.get(member.row);
  }

  /** Where the link at `row` leads. Symlinks count from their own directory, hard links from the root. */
  #follow(name: string, row: number, path: string): string {
    const { members } = this.reading;
    const target = linkAt(members, row);
    const base = typeAt(members, row) === "symlink" && !target.startsWith("/") ? parentOf(name) : "";
    return this.#clean(`${base}/${target}`, path);
  }

  /** `name` with its first component that is a symlink replaced by where that leads; `undefined` when there is none. */
  #throughLink(name: string, path: string): string | undefined {
    if (!this.#hasSymlinks) return undefined;
    for (let slash = name.indexOf("/"); slash >= 0; slash = name.indexOf("/", slash + 1)) {
      // Every look-up hashes all that is before it, so a path of a thousand directories costs a million steps, and of those there can be many.
      this.#walked += slash;
      if (this.#walked > LINK_WORK) {
        throw new CoreError(
          "bytes/limit",
          `Cannot follow ${path}: the archive's links take too long to follow`,
          {
            path,
            limit: LINK_WORK,
          },
        );
      }
      const row = this.#rows.get(name.slice(0, slash));
      if (row !== undefined && typeAt(this.reading.members, row) === "symlink") {
        return this.#clean(`${this.#follow(name.slice(0, slash), row, path)}/${name.slice(slash + 1)}`, path);
      }
    }
    return undefined;
  }

  #clean(name: string, path: string): string {
    const clean = cleanPath(name);
    if (clean !== undefined) return clean;
    throw new CoreError("archive/path", `Cannot follow ${path}: it leads out of the archive`, { path });
  }
}

/** A file of an archive. */
export interface Member {
  /** Cleaned, links followed. */
  readonly name: string;
  readonly row: number;
  /** Bytes. */
  readonly size: number;
  /** `undefined` when the archive ends before it does. */
  readonly source: Source | undefined;
}

/** The error for a member whose bytes the archive promises but does not hold. */
export function cutShort(member: Member): CoreError {
  return new CoreError(
    "tar/truncated",
    `Cannot read ${member.name}: the archive ends before its ${member.size} bytes do`,
    {
      path: member.name,
      size: member.size,
    },
  );
}

/** Path of a row as written. */
export function pathAt(table: EntryTable, row: number): string {
  return decoder.decode(table.bytes.subarray(table.path[row], table.link[row]));
}

function linkAt(table: EntryTable, row: number): string {
  return decoder.decode(table.bytes.subarray(table.link[row], table.path[row + 1]));
}

/** Type of a row. */
export function typeAt(table: EntryTable, row: number): EntryType {
  return ENTRY_TYPES[table.type[row]!] ?? "other";
}

/** `path` without `.`, `..`, empty components and slashes at either end; `undefined` when it leads above the root. */
export function cleanPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf("/"), 0));
}
