import type { RepositoryPolicy } from "./policy.ts";

/** What is asked for, as a policy names it. */
export interface Named {
  /** The registry's key. */
  readonly registry: string;
  /** The upstream's name of the repository, with `library/`. */
  readonly repository: string;
  /** The tag where one is named; blobs, digests and uploads have none. */
  readonly tag?: string | undefined;
}

/** Decides what may be asked for: manifests, and everything else of the repository alike. */
export type RepositoryFilter = (asked: Named) => boolean;

/**
 * The filter that `policy` describes. A pattern with a tag speaks of that tag only: denying it leaves the digest that it stands for within
 * reach, and allowing it allows the repository's blobs, without which it would be of no use.
 */
export function createRepositoryFilter(policy: RepositoryPolicy): RepositoryFilter {
  const allow = policy.allow.map(compile);
  const deny = policy.deny.map(compile);
  return ({ registry, repository, tag }) => {
    const name = `${registry}/${repository}`;
    const denied = deny.some(
      (pattern) =>
        pattern.name.test(name) &&
        (pattern.tag === undefined || (tag !== undefined && pattern.tag.test(tag))),
    );
    if (denied) return false;
    return (
      allow.length === 0 ||
      allow.some(
        (pattern) =>
          pattern.name.test(name) &&
          (pattern.tag === undefined || tag === undefined || pattern.tag.test(tag)),
      )
    );
  };
}

function compile(pattern: string): { readonly name: RegExp; readonly tag: RegExp | undefined } {
  const colon = pattern.indexOf(":", pattern.indexOf("/") + 1);
  const [name, tag] = colon < 0 ? [pattern, undefined] : [pattern.slice(0, colon), pattern.slice(colon + 1)];
  return { name: glob(name), tag: tag === undefined ? undefined : glob(tag) };
}

/** `*` within a segment, `**` across; runs of stars are one, so that matching stays cheap. */
function glob(pattern: string): RegExp {
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part === "*") return "[^/]*";
    if (part.startsWith("*")) return ".*";
    return part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}
