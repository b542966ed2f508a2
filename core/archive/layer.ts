import { type Digest, isDigest } from "../digest/mod.ts";
import type { HistoryEntry } from "../oci/mod.ts";
import { type Contents, cutShort, type Member } from "./contents.ts";
import { attempt, problemOf } from "./problem.ts";
import type { ArchiveLayer, Problem } from "./types.ts";

/** What is said about a layer before its bytes are looked for. */
export interface LayerPlan {
  readonly path: string;
  readonly mediaType?: string | undefined;
  readonly digest?: Digest | undefined;
  readonly urls?: readonly string[] | undefined;
  /** Bytes as promised. */
  readonly size?: number | undefined;
}

/** What the config says about the layers of its image. */
export interface LayerFacts {
  readonly diffIDs: readonly Digest[];
  readonly byLayer: readonly (HistoryEntry | undefined)[];
}

/** The layers of an image as planned, each with its bytes where the archive has them; what is amiss goes to `problems`. */
export function findLayers(
  contents: Contents,
  plans: readonly LayerPlan[],
  facts: LayerFacts & { readonly problems: Problem[] },
): ArchiveLayer[] {
  return plans.map((plan, index): ArchiveLayer => {
    const member = findLayer(contents, plan, { index, problems: facts.problems });
    return {
      index,
      diffID: facts.diffIDs[index],
      path: member?.name ?? plan.path,
      source: member?.source,
      size: member?.size ?? plan.size ?? 0,
      mediaType: plan.mediaType,
      digest: plan.digest ?? (member && digestOfName(member.name)),
      urls: plan.urls,
      scan: member && contents.scanOf(member),
      history: facts.byLayer[index],
    };
  });
}

function findLayer(
  contents: Contents,
  plan: LayerPlan,
  { index, problems }: { readonly index: number; readonly problems: Problem[] },
): Member | undefined {
  const before = problems.length;
  const member = attempt(problems, () => contents.find(plan.path));
  if (problems.length > before) return undefined;
  if (member === undefined) {
    const elsewhere =
      plan.urls === undefined || plan.urls.length === 0 ? "" : `; it is to be had at ${plan.urls[0]}`;
    problems.push({
      code: "archive/missing",
      message: `Cannot find layer ${index}: the archive has no ${plan.path}${elsewhere}`,
      detail: { layer: index, path: plan.path, ...(plan.urls === undefined ? {} : { urls: plan.urls }) },
    });
  } else if (member.source === undefined) {
    problems.push(problemOf(cutShort(member)));
  } else if (plan.size !== undefined && plan.size !== member.size) {
    problems.push({
      code: "digest/mismatch",
      message: `Layer ${index} (${member.name}) has ${member.size} bytes, expected ${plan.size}`,
      detail: { layer: index, path: member.name, found: member.size, expected: plan.size },
    });
  }
  return member;
}

const BLOB_NAME = /^blobs\/([^/]+)\/([^/]+)$/;

/** The digest that a blob's name in a layout promises; `undefined` for other names. */
export function digestOfName(name: string): Digest | undefined {
  const match = BLOB_NAME.exec(name);
  const digest = match === null ? "" : `${match[1]}:${match[2]}`;
  return isDigest(digest) ? digest : undefined;
}

/** Where a layout keeps the bytes of `digest`. */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}
