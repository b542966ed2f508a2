import { type Source, sourceOf } from "../bytes/mod.ts";
import { hardLink, nodeMember, type OpenTree, storeLayerSource } from "../image/mod.ts";
import {
  composeTar,
  compositionSource,
  ENTRY_TYPES,
  type EntryTable,
  encodeGoHeader,
  type TarMember,
} from "../tar/mod.ts";
import { lookup } from "../tree/mod.ts";
import { type DraftLayer, type ImageDraft, type LayerChange, withLayers } from "./draft.ts";
import { type PathTest, pathTest } from "./path-pattern.ts";
import { draftLayer, type EditWork, type OpenDraft, openDraft, storing } from "./work.ts";

/** What came of a strip. */
export interface Stripped {
  readonly draft: ImageDraft;
  /** Entries that went, of all layers. */
  readonly entries: number;
  /** Bytes of the files that went. */
  readonly bytes: number;
  /** Absolute paths that were names of a file that went, and still have its content: they were not asked for. */
  readonly remaining: readonly string[];
}

/**
 * `draft` with the paths that `patterns` mean, and everything below them, gone from every layer, as if they had never been there. The bytes
 * of all else are copied as they are. Layers that had none of them stay the same blobs; a layer that had nothing else goes.
 * @throws CoreError `edit/foreign`; `store/*`, and what a broken layer throws.
 * @see {@link pathTest} for the patterns
 */
export async function stripped(
  draft: ImageDraft,
  patterns: readonly string[],
  work: EditWork,
): Promise<Stripped> {
  const test = pathTest(patterns);
  const open = await openDraft(draft, work);
  const changes: LayerChange[] = [];
  const remaining = new Set<string>();
  let [entries, bytes] = [0, 0];
  for (const [index, layer] of draft.layers.entries()) {
    const cut = cutLayer(open, index, test);
    if (cut === undefined) continue;
    entries += cut.entries;
    bytes += cut.bytes;
    for (const path of cut.remaining) remaining.add(path);
    changes.push({ from: layer, to: await storedAgain(draft, { layer, index, cut }, work) });
  }
  return { draft: withLayers(draft, changes), entries, bytes, remaining: [...remaining].sort() };
}

async function storedAgain(
  draft: ImageDraft,
  { layer, index, cut }: { readonly layer: DraftLayer; readonly index: number; readonly cut: Cut },
  work: EditWork,
): Promise<DraftLayer | undefined> {
  if (cut.rest === undefined) return undefined;
  const stored = await storeLayerSource(work.store, cut.rest, storing(work, draft.family, index));
  const { annotations } = layer.descriptor;
  return draftLayer({ ...stored, descriptor: { ...stored.descriptor, annotations } });
}

/** A layer without some of its entries. */
interface Cut {
  /** `undefined`: nothing is left. */
  readonly rest: Source | undefined;
  readonly entries: number;
  readonly bytes: number;
  readonly remaining: readonly string[];
}

const BLOCK = 512;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is left of layer `index`; `undefined` when all of it is. */
function cutLayer({ layers, tree }: OpenDraft, index: number, test: PathTest): Cut | undefined {
  const { table, tar } = layers[index]!;
  const gone = new Uint8Array(table.count);
  let [entries, bytes] = [0, 0];
  for (let row = 0; row < table.count; row++) {
    if (!test(subjectOf(pathAt(table, row)))) continue;
    gone[row] = 1;
    entries++;
    if (typeAt(table, row) === "file" || typeAt(table, row) === "sparse") bytes += table.size[row]!;
  }
  const parts: Source[] = [];
  const remaining: string[] = [];
  /** Names that have taken over the content of a file that went, by its path. */
  const heirs = new Map<string, string>();
  let cutLinks = false;
  let [from, to] = [0, 0];
  const flush = (): void => {
    if (to > from) parts.push(tar.slice(from, to));
  };
  for (let row = 0; row < table.count; row++) {
    if (gone[row] === 1) continue;
    const target = typeAt(table, row) === "link" ? cleaned(linkAt(table, row)) : undefined;
    if (target !== undefined && test(target)) {
      const path = cleaned(pathAt(table, row));
      const heir = heirOf({ tree, layers, upTo: index }, { path, target, heirs });
      cutLinks = true;
      if (heir === undefined) continue;
      remaining.push(`/${path}`);
      flush();
      [from, to] = [0, 0];
      parts.push(memberSource(heir));
      continue;
    }
    const [start, end] = extentOf(table, row);
    if (start !== to) {
      flush();
      from = start;
    }
    to = end;
  }
  flush();
  if (entries === 0 && !cutLinks) return undefined;
  if (parts.length === 0) return { rest: undefined, entries, bytes, remaining };
  parts.push(sourceOf(new Uint8Array(2 * BLOCK)));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return { rest: compositionSource({ parts, size }), entries, bytes, remaining };
}

/** What stands for a hard link whose file goes: the file itself, at the first of its names that stay. */
function heirOf(
  files: OpenTree,
  link: { readonly path: string; readonly target: string; readonly heirs: Map<string, string> },
): TarMember | undefined {
  const node = lookup(files.tree, link.path, { layer: files.upTo });
  const member = node === undefined ? undefined : nodeMember(files, node);
  if (member === undefined) return undefined;
  const first = link.heirs.get(link.target);
  if (first !== undefined) return hardLink(member, new TextEncoder().encode(first));
  link.heirs.set(link.target, link.path);
  return member;
}

/** An entry as it lies in an archive, without the end that follows the last. */
function memberSource(member: TarMember): Source {
  const whole = compositionSource(composeTar([member], { encode: encodeGoHeader }));
  return whole.slice(0, whole.size - 2 * BLOCK);
}

/** First and last byte of an entry in its archive, headers and padding included. */
function extentOf(table: EntryTable, row: number): readonly [start: number, end: number] {
  const offset = table.offset[row]!;
  const type = typeAt(table, row);
  const at = type === "sparse" ? table.sparse.rows.indexOf(row) : -1;
  const has = type === "file" || type === "other";
  const stored = at >= 0 ? table.sparse.stored[at]! : has ? table.size[row]! : 0;
  return [offset - table.prelude[row]!, offset + Math.ceil(stored / BLOCK) * BLOCK];
}

/** What the entry of a row is. */
export const typeAt = (table: EntryTable, row: number) => ENTRY_TYPES[table.type[row]!]!;
/** Its path as written, lossy. */
export const pathAt = (table: EntryTable, row: number): string =>
  decoder.decode(table.bytes.subarray(table.path[row], table.link[row]));
/** Where a link leads, as written, lossy. */
export const linkAt = (table: EntryTable, row: number): string =>
  decoder.decode(table.bytes.subarray(table.link[row], table.path[row + 1]));

/** A path as others write it. */
export function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** The path that an entry is about: of a whiteout what it hides. */
export function subjectOf(path: string): string {
  const clean = cleaned(path);
  const slash = clean.lastIndexOf("/") + 1;
  const name = clean.slice(slash);
  if (name === ".wh..wh..opq") return clean.slice(0, Math.max(slash - 1, 0));
  return name.startsWith(".wh.") ? clean.slice(0, slash) + name.slice(".wh.".length) : clean;
}
