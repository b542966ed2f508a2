import { Draft } from "./draft.ts";
import { type DirNode, type FileNode, sortedChildren } from "./files.ts";

/** `base` with everything that is in `top` laid over it, as a layer is: directories meet, all else takes the place of what was there. */
export function overlaid(base: DirNode, top: DirNode): DirNode {
  const draft = new Draft(base);
  const steps: { readonly path: readonly string[]; readonly node: FileNode }[] = childrenOf([], top);
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { path, node } = step;
    const there = draft.at(path);
    if (node.type !== "dir" || there?.type !== "dir") draft.put(path, node);
    else {
      draft.setAttributes(path, node);
      steps.push(...childrenOf(path, node));
    }
  }
  return draft.root;
}

const childrenOf = (path: readonly string[], dir: DirNode) =>
  sortedChildren(dir).map(([name, node]) => ({ path: [...path, name], node }));
