/** A name and password that the operator keeps for one upstream. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** One upstream of the closed table: callers name its key, and nothing that a caller sends is ever dialled. */
export interface RegistryRow {
  /** The name in references, `docker.io`. One `*` stands for one label or a part of it: `*.pkg.dev` is a family of hosts. */
  readonly key: string;
  /** Other names for the same upstream. */
  readonly aliases: readonly string[];
  /** Scheme and host that are dialled, `https://registry-1.docker.io`; `https://*` of a family is the name that was asked for. */
  readonly base: string;
  /** The token endpoint where it is known; otherwise the registry's own challenge says it. */
  readonly realm: string | undefined;
  /** Hosts that a challenge's realm may name, besides the base's own. */
  readonly realmHosts: readonly string[];
  /** How the upstream authenticates: `none` never gets an Authorization header, `auto` asks its `/v2/` once. */
  readonly token: "bearer" | "basic" | "none" | "auto";
  /** The service that the token endpoint knows the registry by, where `realm` is known. */
  readonly service: string | undefined;
  /** Host suffixes that redirects may lead to; with none, any public https host. */
  readonly storage: readonly string[];
  /** Blobs pass through, or the client gets the redirect, or that depends on the client. */
  readonly blobs: "stream" | "redirect" | "auto";
  /** Whether pushes and deletions may pass (as well as the policy's own switch). */
  readonly write: boolean;
  /** Plain HTTP, ports and private addresses are as the operator wrote them: for registries in one's own network. */
  readonly insecure: boolean;
  /** Whether names of one segment get `library/` in front. */
  readonly library: boolean;
  /** How the registry is searched; absent where it cannot be. */
  readonly search: "hub" | "quay" | "ecr-public" | "catalog" | undefined;
  /** What the operator logs in with, in the gateway mode. */
  readonly credential: Credential | undefined;
  /** Keys of rows that are asked for a pull when this one is out of quota or out of order. */
  readonly fallbacks: readonly string[];
}

/** What a row says when it says nothing. */
export const PLAIN_ROW: Omit<RegistryRow, "key" | "base"> = {
  aliases: [],
  realm: undefined,
  realmHosts: [],
  token: "auto",
  service: undefined,
  storage: [],
  blobs: "auto",
  write: false,
  insecure: false,
  library: false,
  search: undefined,
  credential: undefined,
  fallbacks: [],
};

const row = (key: string, own: Partial<RegistryRow> = {}): RegistryRow => ({
  ...PLAIN_ROW,
  key,
  base: `https://${key}`,
  write: true,
  ...own,
});

/**
 * The registries that a deployment knows when it is told nothing else. Storage hosts change without notice, so the redirect rule for
 * public hosts is left to decide here; the token hosts are part of each registry's contract and pinned.
 */
export const DEFAULT_REGISTRIES: readonly RegistryRow[] = [
  row("docker.io", {
    aliases: ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"],
    base: "https://registry-1.docker.io",
    realm: "https://auth.docker.io/token",
    realmHosts: ["auth.docker.io"],
    token: "bearer",
    service: "registry.docker.io",
    library: true,
    search: "hub",
  }),
  row("ghcr.io", { realm: "https://ghcr.io/token", token: "bearer", service: "ghcr.io" }),
  row("quay.io", { realm: "https://quay.io/v2/auth", token: "bearer", service: "quay.io", search: "quay" }),
  row("mcr.microsoft.com", { token: "none", write: false }),
  row("registry.k8s.io", { token: "none", write: false }),
  row("public.ecr.aws", {
    realm: "https://public.ecr.aws/token/",
    token: "bearer",
    service: "public.ecr.aws",
    search: "ecr-public",
  }),
  row("registry.gitlab.com", {
    realm: "https://gitlab.com/jwt/auth",
    realmHosts: ["gitlab.com"],
    token: "bearer",
    service: "container_registry",
  }),
  row("gcr.io", {}),
  row("*.gcr.io", { base: "https://*" }),
  row("*.pkg.dev", { base: "https://*" }),
];

/** The row for a registry's name as a caller wrote it (any case), or `undefined`: the table is closed. A family's row comes filled in. */
export function findRegistry(rows: readonly RegistryRow[], name: string): RegistryRow | undefined {
  const wanted = name.toLowerCase();
  const exact = rows.find(({ key, aliases }) => key === wanted || aliases.includes(wanted));
  if (exact !== undefined) return exact.key.includes("*") ? undefined : exact;
  const family = rows.find(({ key }) => key.includes("*") && inFamily(key, wanted));
  return family === undefined
    ? undefined
    : { ...family, key: wanted, base: family.base.replace("*", wanted) };
}

/** Whether a host is of the family `*.example.com`: the star takes letters, digits and hyphens of one label. */
function inFamily(pattern: string, host: string): boolean {
  const [before = "", after = ""] = pattern.split("*");
  if (host.length <= before.length + after.length || !host.startsWith(before) || !host.endsWith(after))
    return false;
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(host.slice(before.length, host.length - after.length));
}
