import { CoreError } from "../error.ts";
import type { CopyOptions } from "./copy-options.ts";
import type { Draft } from "./draft.ts";
import { type Attributes, type DirNode, type FileNode, sortedChildren } from "./files.ts";
import { applyRules, hasExceptions, type PathRules, type RuleMatches } from "./ignore.ts";

/** What {@link copyTree} takes. */
export interface CopyTreeOptions extends Omit<CopyOptions, "unpack"> {
  /** Only what these rules match is copied, with the directories above it. */
  readonly include: PathRules | undefined;
}

/** One entry on its way. */
interface Step {
  readonly node: FileNode;
  readonly target: readonly string[];
  /** Relative to what is copied. */
  readonly path: string;
  readonly out: RuleMatches;
  readonly in: RuleMatches;
  /** Directories above it that were left out so far and are made when something in them is copied. */
  readonly above: readonly { readonly node: DirNode; readonly target: readonly string[] }[];
}

/**
 * Copies `node` to `target`, whose parent is there; a directory's contents into the directory that is there. Directories inside have the
 * attributes of those they were copied from, whether they were there before or not.
 * @throws CoreError `build/failed` with BuildKit's words
 */
export function copyTree(
  draft: Draft,
  { node, target }: { readonly node: FileNode; readonly target: readonly string[] },
  options: CopyTreeOptions,
): void {
  // A new inode for each file that is copied: names of one file stay names of one file.
  const inodes = new Map<object, object>();
  const steps: Step[] = [{ node, target, path: "", out: [], in: [], above: [] }];
  const descend = hasExceptions(options.exclude);
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    options.signal?.throwIfAborted();
    const top = step.path === "";
    const out = top ? undefined : applyRules(options.exclude, step.path, step.out);
    const chosen =
      top || options.include === undefined ? undefined : applyRules(options.include, step.path, step.in);
    const taken = out?.out !== true && (chosen === undefined || chosen.out);
    if (step.node.type !== "dir") {
      if (!taken) continue;
      makeAbove(draft, step, options);
      putLeaf(draft, step, { options, inodes });
      continue;
    }
    if (!taken && out?.out === true && !descend) continue;
    const dir = step.node;
    const pending = !top && !taken;
    if (taken && !top) {
      makeAbove(draft, step, options);
      putDir(draft, step.target, { dir, options });
    }
    const above = pending ? [...step.above, { node: dir, target: step.target }] : taken ? [] : step.above;
    for (const [name, child] of sortedChildren(dir).reverse()) {
      steps.push({
        node: child,
        target: [...step.target, name],
        path: top ? name : `${step.path}/${name}`,
        out: out?.matches ?? [],
        in: chosen?.matches ?? [],
        above,
      });
    }
  }
}

function makeAbove(draft: Draft, { above }: Step, options: CopyTreeOptions): void {
  for (const { node, target } of above) {
    if (draft.at(target)?.type !== "dir") {
      putDir(draft, target, { dir: node, options });
    }
  }
}

function attributesOf(node: FileNode, { owner, mode }: CopyTreeOptions): Attributes {
  return {
    mode: node.type === "symlink" ? node.mode : (mode?.apply(node.mode, node.type === "dir") ?? node.mode),
    uid: owner?.uid ?? node.uid,
    gid: owner?.gid ?? node.gid,
    mtime: node.mtime,
    xattrs: node.xattrs,
  };
}

function putDir(
  draft: Draft,
  target: readonly string[],
  { dir, options }: { readonly dir: DirNode; readonly options: CopyTreeOptions },
): void {
  const there = draft.at(target);
  if (there !== undefined && there.type !== "dir") {
    throw new CoreError("build/failed", `cannot copy to non-directory: /${target.join("/")}`);
  }
  const attributes = attributesOf(dir, options);
  draft.makeDirs(target, attributes);
  draft.setAttributes(target, attributes);
}

function putLeaf(
  draft: Draft,
  { node, target }: Step,
  { options, inodes }: { readonly options: CopyTreeOptions; readonly inodes: Map<object, object> },
): void {
  if (node.type === "dir") return;
  const there = draft.at(target);
  if (there?.type === "dir") {
    throw new CoreError("build/failed", `cannot replace to directory /${target.join("/")} with file`);
  }
  const inode = inodes.get(node.inode) ?? {};
  inodes.set(node.inode, inode);
  draft.put(target, { ...node, ...attributesOf(node, options), inode });
}
