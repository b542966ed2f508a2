import { describe, expect, it } from "vitest";
import { buildImage, type ContextEntry, contextOf, formatWarning } from "../../../core/build/mod.ts";
import { sourceOf } from "../../../core/bytes/mod.ts";
import { newSha256 } from "../../../core/digest/mod.ts";
import { formatBuildError } from "../../../core/dockerfile/mod.ts";
import { CoreError } from "../../../core/error.ts";
import { parsePlatform } from "../../../core/oci/mod.ts";
import { createMemoryStore } from "../../../core/store/mod.ts";
import RECORDED from "../../fixture/builds.jsonl?raw";

type Content =
  | string
  | null
  | { readonly base64: string }
  | { readonly symlink: string }
  | { readonly link: string };
type Entry = readonly [path: string, content: Content, mode?: string];

/** One build that BuildKit was given, and what came of it. */
interface Case {
  readonly name: string;
  readonly dockerfile: string;
  /** Default: the one that most have, and `more`. */
  readonly context?: readonly Entry[];
  readonly more?: readonly Entry[];
  readonly args?: readonly string[];
  readonly error?: string;
  readonly configDigest?: string;
  readonly diffIDs?: readonly string[];
  readonly warnings?: readonly string[];
}

const [HEAD, ...LINES] = RECORDED.trim().split("\n");
const COMMON: readonly Entry[] = JSON.parse(HEAD).context;
const CASES: readonly Case[] = LINES.map((line) => JSON.parse(line));
const EPOCH = 1_704_164_645;

function entryOf([path, content, mode]: Entry): ContextEntry {
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

describe("what BuildKit made of it is what comes out", () => {
  it.each(CASES.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const { dockerfile, args = [], context = [...COMMON, ...(one.more ?? [])] } = one;
    const warnings: string[] = [];
    const store = createMemoryStore({ now: () => 0 });
    const found: { error?: string; configDigest?: string; diffIDs?: readonly string[] } = {};
    try {
      const image = await buildImage({
        store,
        newHasher: newSha256,
        dockerfile,
        context: contextOf(context.map(entryOf)),
        args: pairsOf(args, "--build-arg"),
        labels: pairsOf(args, "--label"),
        target: oneOf(args, "--target"),
        platform: parsePlatform(oneOf(args, "--platform") ?? "linux/amd64"),
        sourceDateEpoch: EPOCH,
        now: () => 1_800_000_000,
        onWarning: (warning) => warnings.push(formatWarning(warning)),
      });
      found.configDigest = image.record.id;
      found.diffIDs = image.config.diffIDs;
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      found.error = formatBuildError(error, dockerfile).trim();
    }
    const { error, configDigest, diffIDs } = one;
    expect(found).toEqual(error === undefined ? { configDigest, diffIDs } : { error });
    expect(new Set(warnings)).toEqual(new Set(one.warnings));
  });
});
