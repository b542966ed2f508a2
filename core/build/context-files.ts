import { type ReadOptions, readExact } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import { type DirNode, type FileNode, pathParts, resolvePath } from "./files.ts";
import {
  applyRules,
  hasExceptions,
  type PathRules,
  parseIgnoreFile,
  parseRules,
  type RuleMatches,
} from "./ignore.ts";
import type { BuildLimits } from "./limits.ts";

/** The text of a file of a context; `undefined` when there is none. @throws CoreError `bytes/limit` */
export async function textFile(
  root: DirNode,
  path: string,
  { limits, signal }: ReadOptions & { readonly limits: BuildLimits },
): Promise<string | undefined> {
  const node = resolvePath(root, path, { followLast: true })?.node;
  if (node?.type !== "file" || node.content === undefined) return undefined;
  const { size } = node.content;
  if (size > limits.text) {
    throw new CoreError(
      "bytes/limit",
      `Cannot read ${path}: it has ${size} bytes, expected at most ${limits.text}`,
      {
        path,
        size,
        limit: limits.text,
      },
    );
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    await readExact(node.content, { from: 0, to: size }, { signal }),
  );
}

/**
 * `root` without what its `.dockerignore` leaves out: the one named after the Dockerfile where there is one.
 * @throws CoreError `build/failed` when a pattern is malformed
 */
export async function withoutIgnored(
  root: DirNode,
  dockerfile: string,
  options: ReadOptions & { readonly limits: BuildLimits },
): Promise<DirNode> {
  const text =
    (await textFile(root, `${dockerfile}.dockerignore`, options)) ??
    (await textFile(root, ".dockerignore", options));
  const patterns = text === undefined ? [] : parseIgnoreFile(text);
  return patterns.length === 0 ? root : filtered(root, parseRules(patterns));
}

/** A directory that is being copied without what is ignored. */
interface Open {
  readonly name: string;
  readonly node: DirNode;
  readonly path: string;
  readonly matches: RuleMatches;
  readonly out: boolean;
  readonly children: Map<string, FileNode>;
  readonly rest: IterableIterator<[string, FileNode]>;
}

function filtered(root: DirNode, rules: PathRules): DirNode {
  const descend = hasExceptions(rules);
  const open = (name: string, node: DirNode, at: Pick<Open, "path" | "matches" | "out">): Open => ({
    name,
    node,
    ...at,
    children: new Map(),
    rest: node.children.entries(),
  });
  const top = open("", root, { path: "", matches: [], out: false });
  const stack = [top];
  for (let dir = stack.at(-1)!; ; dir = stack.at(-1)!) {
    const next = dir.rest.next();
    if (!next.done) {
      const [name, child] = next.value;
      const path = dir.path === "" ? name : `${dir.path}/${name}`;
      const { out, matches } = applyRules(rules, path, dir.matches);
      if (child.type !== "dir") {
        if (!out) dir.children.set(name, child);
      } else if (!out || descend) stack.push(open(name, child, { path, matches, out }));
      continue;
    }
    stack.pop();
    const parent = stack.at(-1);
    const copy: DirNode = { ...dir.node, children: dir.children };
    if (parent === undefined) return copy;
    // A directory that is left out is there for what is kept in it.
    if (!dir.out || dir.children.size > 0) parent.children.set(dir.name, copy);
  }
}

/** The Dockerfile of a context: the named one, or `Dockerfile`, or `dockerfile`. @throws CoreError `build/failed` */
export async function findDockerfile(
  root: DirNode,
  file: string | undefined,
  options: ReadOptions & { readonly limits: BuildLimits },
): Promise<{ readonly text: string; readonly file: string }> {
  for (const name of file === undefined ? ["Dockerfile", "dockerfile"] : [file]) {
    const text = await textFile(root, pathParts(name).join("/"), options);
    if (text !== undefined) return { text, file: name };
  }
  throw new CoreError(
    "build/failed",
    `failed to read dockerfile: open ${file ?? "Dockerfile"}: no such file or directory`,
  );
}
