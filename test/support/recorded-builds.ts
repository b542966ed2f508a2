import {
  type BuildOptions,
  buildImage,
  type ContextEntry,
  contextOf,
  formatWarning,
} from "../../core/build/mod.ts";
import { sourceOf } from "../../core/bytes/mod.ts";
import { formatBuildError } from "../../core/dockerfile/mod.ts";
import { CoreError } from "../../core/error.ts";
import { parsePlatform } from "../../core/oci/mod.ts";

type Content =
  | string
  | null
  | { readonly base64: string }
  | { readonly symlink: string }
  | { readonly link: string };

/** An entry of a recorded context. */
export type RecordedEntry = readonly [path: string, content: Content, mode?: string];

/** What comes of a build. */
export interface Outcome {
  readonly error?: string | undefined;
  readonly configDigest?: string | undefined;
  readonly diffIDs?: readonly string[] | undefined;
}

/** One build that BuildKit was given, and what came of it. */
export interface RecordedBuild extends Outcome {
  readonly name: string;
  readonly dockerfile: string;
  readonly context: readonly RecordedEntry[];
  readonly args?: readonly string[];
  readonly warnings?: readonly string[];
}

/** The time of everything in recorded builds, in seconds since the epoch. */
const EPOCH = 1_704_164_645;

function entryOf([path, content, mode]: RecordedEntry): ContextEntry {
  const common = { path, mtime: EPOCH, ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }) };
  if (content === null) return { ...common, type: "dir" };
  if (typeof content === "string") {
    return { ...common, type: "file", content: sourceOf(new TextEncoder().encode(content)) };
  }
  if ("symlink" in content) return { ...common, type: "symlink", link: content.symlink };
  if ("link" in content) return { ...common, type: "link", link: content.link };
  const bytes = Uint8Array.from(atob(content.base64), (letter) => letter.charCodeAt(0));
  return { ...common, type: "file", content: sourceOf(bytes) };
}

/** The values of a flag that may be given several times. */
function pairsOf(args: readonly string[], flag: string): Map<string, string> {
  const values = args.filter((_, at) => args[at - 1] === flag);
  return new Map(
    values.map((value) => [value.slice(0, value.indexOf("=")), value.slice(value.indexOf("=") + 1)]),
  );
}

const oneOf = (args: readonly string[], flag: string): string | undefined =>
  args.find((_, at) => args[at - 1] === flag);

/** Builds what was recorded, in the same way; what BuildKit made of it is `recorded` itself. */
export async function rebuild(
  recorded: RecordedBuild,
  host: Pick<BuildOptions, "store" | "newHasher">,
): Promise<{ readonly outcome: Outcome; readonly warnings: ReadonlySet<string> }> {
  const { dockerfile, args = [], context } = recorded;
  const warnings = new Set<string>();
  try {
    const image = await buildImage({
      ...host,
      dockerfile,
      context: contextOf(context.map(entryOf)),
      args: pairsOf(args, "--build-arg"),
      labels: pairsOf(args, "--label"),
      target: oneOf(args, "--target"),
      platform: parsePlatform(oneOf(args, "--platform") ?? "linux/amd64"),
      sourceDateEpoch: EPOCH,
      now: () => 1_800_000_000,
      onWarning: (warning) => warnings.add(formatWarning(warning)),
    });
    return { outcome: { configDigest: image.record.id, diffIDs: image.config.diffIDs }, warnings };
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return { outcome: { error: formatBuildError(error, dockerfile).trim() }, warnings };
  }
}

/** What BuildKit made of it, to be compared with what {@link rebuild} gives. */
export function recordedOutcome({ error, configDigest, diffIDs, warnings }: RecordedBuild): {
  readonly outcome: Outcome;
  readonly warnings: ReadonlySet<string>;
} {
  const outcome = error === undefined ? { configDigest, diffIDs } : { error };
  return { outcome, warnings: new Set(warnings) };
}
