import { normalizePlatform, type Platform } from "./platform.ts";

/**
 * How well a candidate fits a wanted platform: 0 is best, higher is worse, `undefined` is not at all. A candidate that does not say its
 * platform fits worst of all; `unknown/unknown` (attestations) never does.
 */
export function platformRank(wanted: Platform, candidate: Platform | undefined): number | undefined {
  if (candidate === undefined || (!candidate.os && !candidate.architecture)) return Number.MAX_SAFE_INTEGER;
  const want = normalizePlatform(wanted);
  const have = normalizePlatform(candidate);
  if (have.os === "unknown" || have.architecture === "unknown" || want.os !== have.os) return undefined;
  if (!osVersionFits(want, have) || !featuresFit(want, have)) return undefined;
  const rank = acceptable(want).indexOf(key(have.architecture, have.variant));
  return rank < 0 ? undefined : rank;
}

/**
 * The index of the candidate that fits best; of equals, the first. `undefined` when none fits.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md
 */
export function choosePlatform(
  wanted: Platform,
  candidates: readonly (Platform | undefined)[],
): number | undefined {
  let best: number | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of candidates.entries()) {
    const rank = platformRank(wanted, candidate);
    if (rank !== undefined && rank < bestRank) {
      best = index;
      bestRank = rank;
    }
  }
  return best;
}

const key = (architecture: string | undefined, variant: string | undefined): string =>
  (architecture ?? "") + (variant === undefined ? "" : `/${variant}`);

/** `v3` → 3; `undefined` for anything else. Larger numbers are no real variants, and would make long lists. */
function level(variant: string | undefined): number | undefined {
  const match = /^v([1-9])$/.exec(variant ?? "");
  return match === null ? undefined : Number(match[1]);
}

const downFrom = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(from - to + 1, 0) }, (_, i) => from - i);

/** Normalised `architecture/variant` keys that run on a normalised platform, best first. */
function acceptable(want: Platform): string[] {
  const { architecture, variant } = want;
  const exact = key(architecture, variant);
  switch (architecture) {
    case "amd64": {
      const highest = level(variant) ?? (variant === undefined ? 1 : undefined);
      const levels = highest === undefined ? [exact] : downFrom(highest, 2).map((v) => `amd64/v${v}`);
      return [...levels, "amd64", "386"];
    }
    case "arm": {
      const highest = level(variant);
      return highest === undefined ? [exact] : [exact, ...armLevels(highest - 1)];
    }
    case "arm64":
      return [...arm64Levels(variant), ...armLevels(8)];
    default:
      return [exact];
  }
}

const armLevels = (highest: number): string[] => downFrom(highest, 5).map((v) => `arm/v${v}`);

/** An ARMv9.M core runs what ARMv8.(M+5) does. */
function arm64Levels(variant: string | undefined): string[] {
  const match = /^v([89])(?:\.([0-9]{1,2}))?$/.exec(variant ?? "v8");
  if (match === null) return [key("arm64", variant), "arm64"];
  const minor = Number(match[2] ?? 0);
  const spell = (major: number, minors: readonly number[]): string[] =>
    minors.map((m) => (m > 0 ? `arm64/v${major}.${m}` : major === 8 ? "arm64" : "arm64/v9"));
  if (match[1] === "8") return spell(8, downFrom(minor, 0));
  return [...spell(9, downFrom(minor, 0)), ...spell(8, downFrom(Math.min(minor + 5, 9), 0))];
}

/** Windows images run on hosts of the same build: the first three parts of the version. */
function osVersionFits(want: Platform, have: Platform): boolean {
  if (want.os !== "windows" || !want.osVersion || !have.osVersion) return true;
  const build = (version: string): string => version.split(".").slice(0, 3).join(".");
  return build(want.osVersion) === build(have.osVersion);
}

function featuresFit(want: Platform, have: Platform): boolean {
  return (have.osFeatures ?? []).every((feature) => want.osFeatures?.includes(feature) === true);
}
