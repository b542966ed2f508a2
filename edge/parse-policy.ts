import {
  type CachePolicy,
  DEFAULT_POLICY,
  type Limits,
  type Policy,
  type RatePolicy,
  type RepositoryPolicy,
} from "./policy.ts";
import { DEFAULT_REGISTRIES, findRegistry, type RegistryRow } from "./registries.ts";
import { parseRegistries } from "./registry-row.ts";
import { parseUrl, refused, Section, told } from "./setting.ts";

/** Variables of the environment, each with the setting of the policy that it sets and how its text is read. */
const VARIABLES: Readonly<
  Record<string, readonly [path: string, kind: "text" | "list" | "flag" | "count" | "json"]>
> = {
  EDGE_PUBLIC_URL: ["publicUrl", "text"],
  EDGE_MODE: ["mode", "text"],
  EDGE_REGISTRIES: ["registries", "json"],
  EDGE_CUSTOM: ["custom", "list"],
  EDGE_DEFAULT: ["default", "text"],
  EDGE_ACCESS_KEYS: ["accessKeys", "list"],
  EDGE_PUBLIC: ["public", "flag"],
  EDGE_WRITE: ["write", "flag"],
  EDGE_ORIGINS: ["origins", "list"],
  EDGE_ALLOW: ["repositories.allow", "list"],
  EDGE_DENY: ["repositories.deny", "list"],
  EDGE_REQUEST_BODY: ["limits.requestBody", "count"],
  EDGE_CACHE_BYTES: ["cache.bytes", "count"],
  EDGE_CACHE_OBJECT_BYTES: ["cache.objectBytes", "count"],
  EDGE_CACHE_FOLDER: ["cache.folder", "text"],
  EDGE_CACHE_TAG_SECONDS: ["cache.tagSeconds", "count"],
  EDGE_RATE_TOKENS: ["rates.tokens", "count"],
  EDGE_RATE_MANIFESTS: ["rates.manifests", "count"],
  EDGE_RATE_BLOB_BYTES: ["rates.blobBytes", "count"],
  EDGE_TRUSTED_HOPS: ["trustedHops", "count"],
  EDGE_SEALING_SECRETS: ["sealingSecrets", "list"],
  EDGE_ABUSE_CONTACT: ["abuseContact", "text"],
};

/**
 * The policy that the environment asks for: `EDGE_POLICY` holds one as JSON, and the single variables ({@link VARIABLES}) stand over it. What is not
 * said is as in {@link DEFAULT_POLICY}.
 * @throws CoreError `edge/policy` naming place, found and expected: nothing is guessed, and nothing unknown is passed over
 */
export function parsePolicy(environment: Readonly<Record<string, string | undefined>>): Policy {
  const written: Record<string, unknown> = parseJson(environment["EDGE_POLICY"], "EDGE_POLICY") ?? {};
  const place = new Section(written, "EDGE_POLICY");
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith("EDGE_") || name === "EDGE_POLICY" || typeof text !== "string") continue;
    const variable = VARIABLES[name];
    if (variable === undefined)
      throw refused(
        name,
        "a variable that nobody reads",
        `one of EDGE_POLICY, ${Object.keys(VARIABLES).join(", ")}`,
      );
    if (text === "") continue;
    const [path, kind] = variable;
    const [outer = "", inner] = path.split(".");
    const value = readVariable(name, text, kind);
    if (inner === undefined) written[outer] = value;
    else written[outer] = { ...(written[outer] === undefined ? {} : place.members(outer)), [inner]: value };
  }
  return policyOf(written);
}

function readVariable(
  name: string,
  text: string,
  kind: "text" | "list" | "flag" | "count" | "json",
): unknown {
  if (kind === "text") return text;
  if (kind === "list") return text.split(/[\s,]+/).filter((item) => item !== "");
  if (kind === "json") return text.trimStart().startsWith("[") ? parseJson(text, name) : text.split(/[\s,]+/);
  if (kind === "count") {
    if (!/^\d{1,15}$/.test(text)) throw refused(name, told(text), "a whole number of 0 or more");
    return Number(text);
  }
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw refused(name, told(text), "1 or 0");
}

function parseJson(text: string | undefined, place: string): Record<string, unknown> | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message repeats the text, which may hold a credential.
    throw refused(place, `${text.length} characters that are not JSON`, "JSON");
  }
}

/** The policy that a JSON value describes, checked as {@link parsePolicy} does. */
export function policyOf(value: unknown): Policy {
  const section = new Section(value, "");
  const rows = section.value("registries");
  const custom = (section.texts("custom") ?? []).map((suffix) => ({
    key: suffix.startsWith("*") ? suffix : `*.${suffix}`,
  }));
  const registries = [
    ...(rows === undefined ? DEFAULT_REGISTRIES : parseRegistries(rows, "registries")),
    ...(custom.length === 0 ? [] : parseRegistries(custom, "custom")),
  ];
  const policy: Policy = {
    publicUrl: parsePublicUrl(section.text("publicUrl")),
    mode: section.one("mode", ["anonymous", "passthrough", "gateway"]) ?? DEFAULT_POLICY.mode,
    registries,
    default: section.text("default") ?? defaultOf(registries),
    accessKeys: secrets(section, "accessKeys", 16),
    public: section.flag("public") ?? DEFAULT_POLICY.public,
    write: section.flag("write") ?? DEFAULT_POLICY.write,
    origins: (section.texts("origins") ?? DEFAULT_POLICY.origins).map(parseClientOrigin),
    repositories: parseRepositories(section.section("repositories")),
    limits: parseLimits(section.section("limits")),
    cache: parseCache(section.section("cache")),
    rates: parseRates(section.section("rates")),
    trustedHops: section.count("trustedHops") ?? DEFAULT_POLICY.trustedHops,
    sealingSecrets: secrets(section, "sealingSecrets", 32),
    abuseContact: section.text("abuseContact"),
  };
  section.done();
  checkTogether(policy);
  return policy;
}

const defaultOf = (rows: readonly RegistryRow[]): string | undefined =>
  rows.some(({ key }) => key === DEFAULT_POLICY.default) ? DEFAULT_POLICY.default : undefined;

/** What no setting shows alone. */
function checkTogether(policy: Policy): void {
  const { registries, publicUrl, mode } = policy;
  if (policy.default !== undefined && findRegistry(registries, policy.default) === undefined)
    throw refused("default", told(policy.default), "the key of a row of registries");
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).host;
  for (const { key, base, credential } of registries) {
    if (new URL(base.replace("*", "a.b.c")).host === own)
      throw refused(`registries ${key}.base`, base, "another host than publicUrl: it would ask itself");
    if (credential !== undefined && mode !== "gateway")
      throw refused(
        `registries ${key}.credential`,
        `mode ${mode}`,
        "mode gateway, the only one that uses it",
      );
  }
  if (mode === "gateway" && policy.accessKeys.length === 0 && !policy.public)
    throw refused("mode", "gateway without accessKeys", "at least one access key, or public: true");
}

/**
 * Refuses to serve what `policy` leaves open to everyone without saying so. A proxy that only its own machine reaches needs no key. Where many
 * isolates answer in turn (`isolated`), what one has sealed the others can only open with a secret that all of them know.
 * @throws CoreError `edge/policy`
 */
export function checkStart(
  policy: Policy,
  { loopback, isolated = false }: { readonly loopback: boolean; readonly isolated?: boolean },
): void {
  if (!loopback && !policy.public && policy.accessKeys.length === 0)
    throw refused(
      "EDGE_ACCESS_KEYS",
      "nothing, on an address that others reach",
      "at least one key of 16 characters or more, or EDGE_PUBLIC=1 to serve everyone",
    );
  if (isolated && policy.sealingSecrets.length === 0)
    throw refused(
      "EDGE_SEALING_SECRETS",
      "nothing",
      "a secret of 32 characters or more that all instances share",
    );
}

function secrets(section: Section, name: string, least: number): readonly string[] {
  const found = section.texts(name) ?? [];
  found.forEach((secret, at) => {
    if (!/^[A-Za-z0-9._~-]+$/.test(secret) || secret.length < least || secret.length > 256)
      throw refused(
        `${section.at(name)}[${at}]`,
        `${secret.length} characters`,
        `${least} to 256 letters, digits, dots, hyphens, underscores and tildes`,
      );
  });
  return found;
}

function parsePublicUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = parseUrl(text);
  const plain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "";
  if (!plain) throw refused("publicUrl", told(text), "an http or https URL without query");
  return url.href.replace(/\/+$/, "");
}

function parseClientOrigin(text: string): string {
  if (text === "*" || parseUrl(text)?.origin === text) return text;
  throw refused("origins", told(text), "* or scheme and host as browsers send them");
}

function parseRepositories(section: Section): RepositoryPolicy {
  const patterns = (name: string): readonly string[] => {
    const found = section.texts(name) ?? [];
    for (const pattern of found)
      if (!/^[a-z0-9*][a-z0-9._\-*/:]*$/i.test(pattern) || !/[/*]/.test(pattern))
        throw refused(section.at(name), told(pattern), "a pattern such as docker.io/library/* or ghcr.io/**");
    return found;
  };
  const policy = { allow: patterns("allow"), deny: patterns("deny") };
  section.done();
  return policy;
}

function parseLimits(section: Section): Limits {
  const { limits } = DEFAULT_POLICY;
  const found: Limits = {
    tokenBody: section.count("tokenBody") ?? limits.tokenBody,
    tokenAnswer: section.count("tokenAnswer") ?? limits.tokenAnswer,
    manifest: section.count("manifest") ?? limits.manifest,
    errorBody: section.count("errorBody") ?? limits.errorBody,
    searchAnswer: section.count("searchAnswer") ?? limits.searchAnswer,
    redirects: section.count("redirects") ?? limits.redirects,
    headerWaitMs: section.count("headerWaitMs") ?? limits.headerWaitMs,
    idleMs: section.count("idleMs") ?? limits.idleMs,
    scopes: section.count("scopes") ?? limits.scopes,
    ranges: section.count("ranges") ?? limits.ranges,
    path: section.count("path") ?? limits.path,
    headers: section.count("headers") ?? limits.headers,
    requestBody: section.count("requestBody") ?? limits.requestBody,
  };
  section.done();
  return found;
}

function parseCache(section: Section): CachePolicy {
  const { cache } = DEFAULT_POLICY;
  const found: CachePolicy = {
    bytes: section.count("bytes") ?? cache.bytes,
    objectBytes: section.count("objectBytes") ?? cache.objectBytes,
    tagSeconds: section.count("tagSeconds") ?? cache.tagSeconds,
    listSeconds: section.count("listSeconds") ?? cache.listSeconds,
    staleSeconds: section.count("staleSeconds") ?? cache.staleSeconds,
    folder: section.text("folder") ?? cache.folder,
  };
  section.done();
  return found;
}

function parseRates(section: Section): RatePolicy {
  const { rates } = DEFAULT_POLICY;
  const found: RatePolicy = {
    tokens: section.count("tokens") ?? rates.tokens,
    manifests: section.count("manifests") ?? rates.manifests,
    blobBytes: section.count("blobBytes") ?? rates.blobBytes,
  };
  section.done();
  return found;
}
