import type { EditSubject, ImageEdit, NamedChange, NewFile, SettingsEdit } from "./making.ts";

/** A layer of an image that is being edited: one it had, or one that an edit makes. */
export interface WorkingLayer {
  /** The same as long as it is there. */
  readonly key: string;
  /** Layers that it came of, as the image had them; none for one that is new. */
  readonly from: readonly number[];
  /** Bytes as stored, as far as they are known beforehand. */
  readonly size: number;
}

/** One edit that waits. Layers are named by their keys, so that an edit before it can still go. */
export type PendingEdit =
  | { readonly key: string; readonly kind: "settings"; readonly change: SettingsEdit }
  | { readonly key: string; readonly kind: "annotations"; readonly change: NamedChange }
  | { readonly key: string; readonly kind: "append"; readonly tar: File }
  | {
      readonly key: string;
      readonly kind: "append-files";
      readonly files: readonly NewFile[];
      readonly bytes: number;
    }
  | { readonly key: string; readonly kind: "remove-layer"; readonly layer: string }
  | { readonly key: string; readonly kind: "roll-back"; readonly layer: string }
  | { readonly key: string; readonly kind: "squash"; readonly from: string; readonly to: string }
  | { readonly key: string; readonly kind: "flatten" }
  | { readonly key: string; readonly kind: "strip"; readonly paths: readonly string[] }
  | {
      readonly key: string;
      readonly kind: "rebase";
      readonly from: string;
      readonly to: string;
      /** Layers of the old base, and bytes of those of the new one. */
      readonly layers: number;
      readonly sizes: readonly number[];
      readonly names: readonly [from: string, to: string];
    }
  | { readonly key: string; readonly kind: "recompress"; readonly compression: "gzip" | "none" }
  | { readonly key: string; readonly kind: "media-types"; readonly family: "oci" | "docker" };

/** What edits come to: the layers after them, what to ask for, and which of them no longer mean anything. */
export interface AssembledEdits {
  readonly layers: readonly WorkingLayer[];
  readonly edits: readonly ImageEdit[];
  readonly lost: ReadonlySet<string>;
  readonly compression: "gzip" | "none" | undefined;
}

/** Kinds of which an image can have but one waiting: another takes its place. */
const SINGLE: ReadonlySet<PendingEdit["kind"]> = new Set([
  "settings",
  "annotations",
  "rebase",
  "recompress",
  "media-types",
]);

/** What an image is changed by first, and what last: a base is exchanged when its layers are as they were, and what concerns all layers comes at the end. */
const RANK: Readonly<Partial<Record<PendingEdit["kind"], number>>> = {
  rebase: 0,
  recompress: 2,
  "media-types": 3,
  annotations: 4,
};

/** The list with one more edit, in the order in which they are made. */
export function withEdit(edits: readonly PendingEdit[], edit: PendingEdit): readonly PendingEdit[] {
  const rest = edits.filter(({ kind }) => kind !== edit.kind || !SINGLE.has(kind));
  const rank = ({ kind }: PendingEdit): number => RANK[kind] ?? 1;
  return [...rest, edit].sort((a, b) => rank(a) - rank(b));
}

/** The layers of an image before any edit. */
export function layersOf({ layers }: EditSubject): readonly WorkingLayer[] {
  return layers.map(({ size }, index) => ({ key: `layer ${index}`, from: [index], size }));
}

/** Turns the edits that wait into those to ask for. */
export function assemble(subject: EditSubject, pending: readonly PendingEdit[]): AssembledEdits {
  let layers = layersOf(subject);
  const lost = new Set<string>();
  const edits: ImageEdit[] = [];
  let compression: "gzip" | "none" | undefined;
  for (const edit of pending) {
    if (edit.kind === "recompress") compression = edit.compression;
    const next = nextLayers(layers, edit);
    if (next === undefined) {
      lost.add(edit.key);
      continue;
    }
    edits.push(askedFor(layers, edit));
    layers = next;
  }
  return { layers, edits, lost, compression };
}

/** The layers after an edit; `undefined` when it names one that is gone, or would leave none. */
function nextLayers(layers: readonly WorkingLayer[], edit: PendingEdit): readonly WorkingLayer[] | undefined {
  const place = (key: string): number => layers.findIndex((layer) => layer.key === key);
  switch (edit.kind) {
    case "append":
      return [...layers, { key: edit.key, from: [], size: edit.tar.size }];
    case "append-files":
      return [...layers, { key: edit.key, from: [], size: edit.bytes }];
    case "remove-layer":
      return place(edit.layer) < 0 ? undefined : layers.filter(({ key }) => key !== edit.layer);
    case "roll-back":
      return place(edit.layer) < 0 ? undefined : layers.slice(0, place(edit.layer) + 1);
    case "squash": {
      const [from, to] = [place(edit.from), place(edit.to)];
      return from < 0 || to <= from ? undefined : squashed(layers, { from, to, key: edit.key });
    }
    case "flatten":
      return layers.length === 0
        ? undefined
        : squashed(layers, { from: 0, to: layers.length - 1, key: edit.key });
    case "rebase":
      return [
        ...edit.sizes.map((size, index) => ({ key: `${edit.key} ${index}`, from: [], size })),
        ...layers.slice(edit.layers),
      ];
    default:
      return layers;
  }
}

function squashed(
  layers: readonly WorkingLayer[],
  { from, to, key }: { readonly from: number; readonly to: number; readonly key: string },
): readonly WorkingLayer[] {
  const taken = layers.slice(from, to + 1);
  const one = { key, from: taken.flatMap((layer) => layer.from), size: sum(taken.map(({ size }) => size)) };
  return [...layers.slice(0, from), one, ...layers.slice(to + 1)];
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

function askedFor(layers: readonly WorkingLayer[], edit: PendingEdit): ImageEdit {
  const place = (key: string): number => layers.findIndex((layer) => layer.key === key);
  switch (edit.kind) {
    case "settings":
      return { kind: "settings", change: edit.change };
    case "annotations":
      return { kind: "annotations", change: edit.change };
    case "append":
      return { kind: "append", tar: edit.tar, createdBy: `append ${edit.tar.name}` };
    case "append-files":
      return { kind: "append-files", files: edit.files };
    case "remove-layer":
    case "roll-back":
      return { kind: edit.kind, layer: place(edit.layer) };
    case "squash":
      return { kind: "squash", from: place(edit.from), to: place(edit.to) };
    case "flatten":
      return { kind: "squash" };
    case "strip":
      return { kind: "strip", paths: edit.paths };
    case "rebase":
      return { kind: "rebase", from: edit.from, to: edit.to };
    case "recompress":
      return { kind: "recompress", again: true };
    default:
      return { kind: "media-types", family: edit.family };
  }
}
