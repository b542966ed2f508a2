/** One repository that was found. */
export interface Found {
  /** The key of the registry that says so. */
  readonly registry: string;
  /** The repository's name there. */
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly official: boolean;
  readonly automated: boolean;
  /** Times it was pulled, where the registry says. */
  readonly pulls?: number;
}

/** A page of what was found. */
export interface FoundPage {
  readonly results: readonly Found[];
  /** How many there are in all, where that is known. */
  readonly total?: number;
  readonly more: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const textOf = (value: unknown): string =>
  typeof value === "string" ? value.replace(/\p{Cc}+/gu, " ").slice(0, 1000) : "";
const countOf = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
const NAME = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/;

/** Docker Hub's answers: `/v2/search/repositories` calls things otherwise than `/v1/search`. */
export function readHub(registry: string, value: unknown): FoundPage {
  const page = fieldsOf(value);
  const results = listOf(page["results"]).map((row) => ({
    registry,
    name: textOf(row["repo_name"] ?? row["name"]),
    description: textOf(row["short_description"] ?? row["description"]),
    stars: countOf(row["star_count"]),
    official: row["is_official"] === true,
    automated: row["is_automated"] === true,
    pulls: countOf(row["pull_count"]),
  }));
  const more =
    typeof page["next"] === "string"
      ? page["next"] !== ""
      : countOf(page["page"]) < countOf(page["num_pages"]);
  return { results: named(results), total: countOf(page["count"] ?? page["num_results"]), more };
}

/** Quay's `/api/v1/find/repositories`. */
export function readQuay(registry: string, value: unknown): FoundPage {
  const page = fieldsOf(value);
  const results = listOf(page["results"]).map((row) => ({
    registry,
    name: `${textOf(fieldsOf(row["namespace"])["name"])}/${textOf(row["name"])}`,
    description: textOf(row["description"]),
    stars: countOf(row["stars"]),
    official: false,
    automated: false,
  }));
  return { results: named(results), more: page["has_additional"] === true };
}

/** The search of the ECR Public gallery. */
export function readEcrPublic(registry: string, value: unknown): FoundPage {
  const page = fieldsOf(value);
  const results = listOf(page["repositoryCatalogSearchResultList"]).map((row) => ({
    registry,
    name: `${textOf(row["primaryRegistryAliasName"])}/${textOf(row["repositoryName"])}`,
    description: textOf(row["repositoryDescription"]),
    stars: 0,
    official: row["registryVerified"] === true,
    automated: false,
    pulls: countOf(row["downloadCount"]),
  }));
  return {
    results: named(results),
    total: countOf(page["totalResults"]),
    more: textOf(page["nextToken"]) !== "",
  };
}

/** The names of a `_catalog` that have `term` in them. */
export function readCatalog(registry: string, value: unknown, term: string): FoundPage {
  const names = fieldsOf(value)["repositories"];
  const results = (Array.isArray(names) ? names : [])
    .filter((name): name is string => typeof name === "string" && name.includes(term.toLowerCase()))
    .map((name) => ({ registry, name, description: "", stars: 0, official: false, automated: false }));
  return { results: named(results), total: results.length, more: false };
}

/** What can be pulled by its name; anything else is none of a registry's. */
function named(results: readonly Found[]): readonly Found[] {
  return results.filter(({ name }) => name.length <= 255 && NAME.test(name));
}
