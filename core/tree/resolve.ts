import { linkBytes, typeOfEvent } from "./compare.ts";
import { eventAt } from "./lookup.ts";
import { PathParts, pathInput } from "./path.ts";
import { ABSENT, type Tree, TYPE } from "./tree.ts";
import { type Ground, type Resolution, walk } from "./walk.ts";

/** Path components that one call walks: forty targets of the longest kind, and a long path. */
const STEPS = 200_000;

/** What {@link resolve} takes. */
export interface ResolveOptions {
  readonly layer: number;
  /** Whether a symlink at the end of the path is followed; default true. */
  readonly followLast?: boolean | undefined;
}

/**
 * Where `path` leads as of `layer`: symlinks are followed inside the image, absolute targets start again at the root, nothing leads
 * outside. Nothing is thrown for what cannot be reached.
 */
export function resolve(tree: Tree, path: string | Uint8Array, options: ResolveOptions): Resolution {
  return walk(tree, groundAt(tree, options.layer), {
    from: 0,
    path: pathInput(path),
    steps: { left: STEPS },
    followLast: options.followLast ?? true,
  });
}

/**
 * Where the symlink or hard link at `node` leads as of `layer`; any other node leads to itself. For a hard link it is the path of the target as
 * it is now, if it is still there: the content itself is in `nodeEntry(…).content`.
 */
export function targetOf(tree: Tree, node: number, layer: number): Resolution {
  const event = eventAt(tree, node, layer);
  if (event < 0) return { found: false, reason: "missing", at: node };
  const ground = groundAt(tree, layer);
  const row = tree.eventRow[event]!;
  const table = tree.tables[tree.eventLayer[event]!]!;
  if (row < 0 || table.type[row] !== TYPE.link) {
    return walk(tree, ground, { from: node, path: undefined, steps: { left: STEPS }, followLast: true });
  }
  const parts = new PathParts();
  const bytes = table.bytes.subarray(table.link[row], table.path[row + 1]);
  parts.split(bytes, 0, bytes.length);
  const clean: number[] = [];
  for (let at = 0; at < parts.count; at++) clean.push(0x2f, ...bytes.subarray(parts.from[at], parts.to[at]));
  return walk(tree, ground, {
    from: 0,
    path: Uint8Array.from(clean),
    steps: { left: STEPS },
    followLast: false,
  });
}

function groundAt(tree: Tree, layer: number): Ground {
  return {
    type(node) {
      const event = eventAt(tree, node, layer);
      return event < 0 ? ABSENT : typeOfEvent(tree, event);
    },
    link: (node) => linkBytes(tree, eventAt(tree, node, layer)),
    missing: () => -1,
  };
}

export type { Resolution } from "./walk.ts";
