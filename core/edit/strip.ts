import { type Source, sourceOf } from "../bytes/mod.ts";
import { hardLink, nodeMember, type OpenTree, storeLayerSource } from "../image/mod.ts";
import {
  composeTar,
  compositionSource,
  ENTRY_TYPES,
  type EntryTable,
  encodeGoHeader,
  storedSizeAt,
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
  let [entries, bytes] = [0, 0];
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
    const fate = fateOf(table, row, test);
    if (fate === "goes") {
      entries++;
      bytes += fileBytes(table, row);
      continue;
    }
    if (fate === "orphaned") {
      const target = cleaned(linkAt(table, row));
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
  const stored = Math.ceil(storedSizeAt(table, row) / BLOCK) * BLOCK;
  return [offset - table.prelude[row]!, offset + stored];
}

/**
 * What a strip does with the entry of a row: it `goes`, it `stays`, or it is a hard link to a file that goes, and gets its content
 * (`orphaned`).
 */
export function fateOf(table: EntryTable, row: number, test: PathTest): "goes" | "orphaned" | "stays" {
  if (test(subjectOf(pathAt(table, row)))) return "goes";
  return typeAt(table, row) === "link" && test(cleaned(linkAt(table, row))) ? "orphaned" : "stays";
}

/** Bytes of the file in a row, 0 for what is none. */
export function fileBytes(table: EntryTable, row: number): number {
  const type = typeAt(table, row);
  return type === "file" || type === "sparse" ? table.size[row]! : 0;
}

const typeAt = (table: EntryTable, row: number) => ENTRY_TYPES[table.type[row]!]!;
/** Its path as written, lossy. */
export const pathAt = (table: EntryTable, row: number): string =>
  decoder.decode(table.bytes.subarray(table.path[row], table.link[row]));
const linkAt = (table: EntryTable, row: number): string =>
  decoder.decode(table.bytes.subarray(table.link[row], table.path[row + 1]));

/** A path as others write it. */
function cleaned(path: string): string {
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
