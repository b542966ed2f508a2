import type { Bytes } from "../bytes/mod.ts";
import { CoreError } from "../error.ts";
import {
  type Fields,
  fieldsOf,
  type HistoryEntry,
  type ImageConfig,
  type JsonValue,
  parseJson,
  readImageConfig,
} from "../oci/mod.ts";
import type { Contents } from "./contents.ts";
import { findLayers } from "./layer.ts";
import { documentOptions, type OpenOptions } from "./options.ts";
import { attemptAsync, bounded, problemOf } from "./problem.ts";
import type { ArchiveImage, Problem } from "./types.ts";

/** One step of a legacy image: a directory named by a v1 ID, with its description and its layer. */
interface Step {
  readonly id: string;
  readonly bytes: Bytes;
  readonly fields: Fields;
  /** Made once, however many images the step is in: a command may be megabytes. */
  readonly history: HistoryEntry;
  /** What is wrong with it. */
  readonly flaws: readonly Problem[];
}

/**
 * The images of an archive of before Docker 1.10: directories `<v1 id>/json` and `<v1 id>/layer.tar`, each naming its parent, and the
 * names in `repositories`. Without that file, every step that is nobody's parent is an image.
 */
export async function legacyImages(
  contents: Contents,
  repositories: Bytes | undefined,
  options: OpenOptions,
): Promise<{ readonly images: ArchiveImage[]; readonly problems: Problem[] }> {
  const problems: Problem[] = [];
  const steps = await readSteps(contents, { options, problems });
  const tops =
    repositories === undefined ? new Map<string, string[]>() : parseRepositories(repositories, options);
  const covered = new Set([...steps.values()].map(({ fields }) => fields.string("parent") ?? ""));
  const untagged = [...steps.keys()].filter((id) => !tops.has(id) && !covered.has(id));
  for (const id of untagged) tops.set(id, []);
  const images = [...tops]
    .slice(0, options.limits.images)
    .map(([id, tags]) => imageOf(contents, { steps, id, tags, options }));
  return { images, problems: problems.slice(0, options.limits.problems) };
}

/** Names by v1 ID, in the order of the file. */
function parseRepositories(bytes: Bytes, options: OpenOptions): Map<string, string[]> {
  const { value } = parseJson(bytes, documentOptions("repositories", options));
  const tops = new Map<string, string[]>();
  if (!(value instanceof Map))
    throw new CoreError("archive/layout", "Cannot read repositories: it is no object", {});
  const names: ReadonlyMap<string, JsonValue> = value;
  for (const name of names.keys()) {
    // Names are keys here, not fields: they match by case.
    for (const [tag, id] of fieldsOf(
      new Map([["tags", names.get(name) ?? null]]),
      `repositories ${name}`,
    ).stringMap("tags") ?? []) {
      const tags = tops.get(id) ?? [];
      tags.push(`${name}:${tag}`);
      tops.set(id, tags);
    }
  }
  return tops;
}

async function readSteps(
  contents: Contents,
  { options, problems }: { readonly options: OpenOptions; readonly problems: Problem[] },
): Promise<Map<string, Step>> {
  const steps = new Map<string, Step>();
  for (const name of contents.names()) {
    const match = /^([^/]+)\/json$/.exec(name);
    if (match === null) continue;
    if (steps.size + problems.length >= options.limits.manifests) {
      problems.unshift(tooManySteps(options.limits.manifests));
      break;
    }
    const id = match[1]!;
    const step = await attemptAsync(problems, async () => {
      const member = contents.find(name);
      if (member === undefined) return undefined;
      const bytes = await contents.read(member, options);
      const { value } = parseJson(bytes, documentOptions(name, options));
      const fields = fieldsOf(value, name);
      fields.string("parent");
      const flaws: Problem[] = [];
      return { id, bytes, fields, history: historyOf(fields, flaws), flaws };
    });
    if (step !== undefined) steps.set(id, step);
  }
  return steps;
}

function tooManySteps(limit: number): Problem {
  return {
    code: "bytes/limit",
    message: `The archive has more than ${limit} descriptions of layers; the rest is left out`,
    detail: { limit },
  };
}

function imageOf(
  contents: Contents,
  at: {
    readonly steps: ReadonlyMap<string, Step>;
    readonly id: string;
    readonly tags: readonly string[];
    readonly options: OpenOptions;
  },
): ArchiveImage {
  const problems: Problem[] = [];
  const chain: Step[] = [];
  const seen = new Set<string>();
  for (let id = at.id; id !== ""; ) {
    const step = at.steps.get(id);
    if (step === undefined || seen.has(id) || chain.length >= at.options.limits.layers) {
      problems.push({
        code: step === undefined ? "archive/missing" : "archive/path",
        message: `Cannot follow the parents of ${at.id}: ${id} is ${step === undefined ? "not in the archive" : "met again, or too far down"}`,
        detail: { image: at.id, step: id },
      });
      break;
    }
    seen.add(id);
    chain.push(step);
    id = step.fields.string("parent") ?? "";
  }
  chain.reverse();
  const history = chain.map((step) => step.history);
  for (const { flaws } of chain) problems.push(...flaws);
  const config = configOf(chain.at(-1)?.fields, { history, problems });
  const layers = findLayers(
    contents,
    chain.map(({ id }) => ({ path: `${id}/layer.tar` })),
    { diffIDs: [], byLayer: history, problems },
  );
  return {
    id: undefined,
    tags: at.tags,
    platform: config?.platform,
    config,
    configBytes: undefined,
    format: "legacy",
    description: chain.at(-1)?.bytes,
    layers,
    problems: bounded(problems, at.options.limits.problems),
  };
}

/** The config that Docker would make: the top description, with the history of all. Diff IDs are not known before the layers are read. */
function configOf(
  top: Fields | undefined,
  { history, problems }: { readonly history: readonly HistoryEntry[]; readonly problems: Problem[] },
): ImageConfig | undefined {
  if (top === undefined) return undefined;
  try {
    return { ...readImageConfig(top), rootfsType: "layers", history };
  } catch (error) {
    problems.push(problemOf(error));
    return undefined;
  }
}

function historyOf(fields: Fields, problems: Problem[]): HistoryEntry {
  try {
    return {
      created: fields.string("created"),
      createdBy: (fields.object("container_config")?.strings("Cmd") ?? []).join(" "),
      author: fields.string("author"),
      comment: fields.string("comment"),
      emptyLayer: false,
    };
  } catch (error) {
    problems.push(problemOf(error));
    return { createdBy: "", emptyLayer: false };
  }
}
