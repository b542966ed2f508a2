import { type Source, sourceOf } from "../bytes/mod.ts";
import type { CopySpec } from "../dockerfile/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import { CHECKSUM, copyOne, copySource } from "./copy.ts";
import { type CopyOptions, madeDir } from "./copy-options.ts";
import { copyParents } from "./copy-parents.ts";
import { Draft } from "./draft.ts";
import { type DirNode, EMPTY_ROOT, type LeafNode, pathParts } from "./files.ts";
import { type PathRules, parseRules } from "./ignore.ts";
import { parseMode } from "./mode.ts";
import { parseOwner } from "./owner.ts";
import type { CopyFrom } from "./plan.ts";
import { type Fetched, isGit, isURL, parseChecksum } from "./remote.ts";

/** Where files come from, as far as a stage needs to know. */
export interface CopyGround {
  /** The context without what is ignored. */
  readonly context: () => Promise<DirNode>;
  readonly from: (from: CopyFrom) => Promise<DirNode>;
  readonly fetch: (url: string, checksum: string | undefined) => Promise<Fetched>;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link copyInto} takes: an instruction whose variables are substituted. */
export interface CopyStep {
  readonly keyword: string;
  readonly spec: CopySpec;
  readonly from: CopyFrom | undefined;
  readonly workingDir: string;
  /** Where names of users are looked up. */
  readonly users: DirNode | undefined;
  readonly ground: CopyGround;
}

/**
 * The file system `files` after a COPY or ADD; with `--link` the changes alone, on nothing.
 * @throws CoreError `build/failed` with BuildKit's words
 */
export async function copyInto(files: DirNode, step: CopyStep): Promise<Draft> {
  const { keyword, spec, from, ground } = step;
  refuseSources(keyword, spec);
  const draft = new Draft(spec.link ? EMPTY_ROOT : files);
  const dest = destOf(spec.dest, step.workingDir);
  // From a stage or an image everything keeps its owner.
  const given = spec.chown === undefined ? undefined : await parseOwner(spec.chown, step.users);
  const owner = given ?? (from === undefined ? { uid: 0, gid: 0 } : undefined);
  const options: CopyOptions = {
    owner,
    unpackedOwner: given,
    mode: spec.chmod === undefined ? undefined : parseMode(spec.chmod),
    exclude: excludeRules(spec.exclude),
    unpack: false,
    signal: ground.signal,
  };
  const root = await sourceRoot(step);
  for (const source of spec.sources) {
    if (keyword === "ADD" && isURL(source)) {
      const { name, node } = await ground.fetch(source, spec.checksum);
      draft.dated = true;
      // Only what comes from the context is unpacked unasked.
      const fetched = { node, name, dest };
      await copyOne(draft, fetched, {
        ...options,
        owner: given ?? { uid: 0, gid: 0 },
        unpack: spec.unpack === true,
      });
    } else if (spec.parents) copyParents(draft, { root, source, dest }, options);
    else {
      const unpack = keyword === "ADD" && spec.unpack !== false;
      await copySource(draft, { root, source, dest }, { ...options, unpack });
    }
  }
  for (const { name, content } of spec.inline) {
    const inlineOwner = given ?? { uid: 0, gid: 0 };
    await copyOne(
      draft,
      { node: inlineFile(content), name: inlineName(name), dest },
      { ...options, owner: inlineOwner },
    );
  }
  return draft;
}

async function sourceRoot({ spec, from, keyword, ground }: CopyStep): Promise<DirNode> {
  if (from !== undefined) return ground.from(from);
  const local = spec.sources.some((source) => keyword === "COPY" || !isURL(source));
  return local ? ground.context() : EMPTY_ROOT;
}

function refuseSources(keyword: string, spec: CopySpec): void {
  const fail = (message: string): never => {
    throw new CoreError("build/failed", message);
  };
  for (const source of spec.sources) {
    if (keyword === "COPY") {
      if (spec.from === undefined && isGit(source)) fail("source can't be a git ref for COPY");
      if (spec.from === undefined && isURL(source)) fail("source can't be a URL for COPY");
    } else if (isGit(source))
      fail(`cannot add ${source}: there is no git here; add an archive of it instead`);
  }
  if (spec.keepGitDir) fail("cannot keep the .git of a source: there is no git here");
  if (spec.checksum === undefined) return;
  if (spec.sources.length + spec.inline.length !== 1)
    fail("checksum can't be specified for multiple sources");
  if (!spec.sources.every(isURL)) fail("checksum requires HTTP(S) or Git sources");
  parseChecksum(spec.checksum);
}

function excludeRules(patterns: readonly string[]): PathRules {
  try {
    return parseRules(patterns);
  } catch (error) {
    if (!isCoreError(error, "build/failed")) throw error;
    throw new CoreError(
      error.code,
      `${CHECKSUM}: invalid excludepatterns: [${patterns.join(" ")}]: ${error.message}`,
    );
  }
}

/** The absolute destination; a slash at its end stays. */
function destOf(dest: string, workingDir: string): string {
  if (dest.startsWith("/")) return dest;
  const relative = dest === "" || dest === "." ? "./" : dest;
  return `${workingDir === "/" ? "" : workingDir}/${relative}`;
}

/** The name of a file that stands in the Dockerfile. */
function inlineName(name: string): string {
  const parts = pathParts(name);
  if (parts.length === 1) return parts[0]!;
  throw new CoreError("build/failed", `open /${parts.join("/")}: no such file or directory`, { name });
}

function inlineFile(content: string): LeafNode {
  const source: Source = sourceOf(new TextEncoder().encode(content));
  return { ...madeDir(undefined), type: "file", mode: 0o644, content: source, inode: {} };
}
