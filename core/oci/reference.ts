import type { Digest } from "../digest/mod.ts";
import { CoreError } from "../error.ts";

/** Name of an image, in full: what `ubuntu` stands for is `docker.io`, `library/ubuntu`. */
export interface Reference {
  /** Host and port of the registry. */
  readonly domain: string;
  /** Repository in the registry. */
  readonly path: string;
  readonly tag?: string | undefined;
  readonly digest?: Digest | undefined;
}

const DEFAULT_DOMAIN = "docker.io";
const LEGACY_DOMAIN = "index.docker.io";
const DEFAULT_NAMESPACE = "library/";
const PATH_LIMIT = 255;
/** No valid reference is longer: domain 255, path 255, tag 128, digest 137, and separators. */
const TEXT_LIMIT = 1024;

const LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])`;
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const REFERENCE = new RegExp(
  `^(${HOST}(?::[0-9]+)?)/(${COMPONENT}(?:/${COMPONENT})*)(?::(${TAG}))?(?:@(${DIGEST}))?$`,
);
const WHOLE_TAG = new RegExp(`^${TAG}$`);
const WHOLE_PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const WHOLE_DOMAIN = new RegExp(`^${HOST}(?::[0-9]{1,5})?$`);
const BARE_ID = /^[a-f0-9]{64}$/;
/** Algorithms of a reference's digest, with their number of hex digits. */
const DIGEST_DIGITS: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);

/**
 * The reference that `text` means, as `docker pull` reads it: `ubuntu` is `docker.io/library/ubuntu`. No tag is added.
 * @throws CoreError `oci/reference`; `detail.reason` is Docker's wording alone.
 * @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go
 */
export function parseReference(text: string): Reference {
  if (BARE_ID.test(text)) {
    throw referenceError(
      text,
      `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const [domain, remainder] = splitDomain(text);
  const colon = remainder.indexOf(":");
  const name = colon < 0 ? remainder : remainder.slice(0, colon);
  if (name.toLowerCase() !== name) {
    throw referenceError(text, `invalid reference format: repository name (${name}) must be lowercase`);
  }
  const full = `${domain}/${remainder}`;
  const match = full.length > TEXT_LIMIT ? null : REFERENCE.exec(full);
  if (match === null) {
    // The text may be too long for the pattern only because its path is.
    const path = /^[a-z0-9._/-]+/.exec(remainder.slice(0, TEXT_LIMIT))?.[0] ?? "";
    throw referenceError(text, path.length > PATH_LIMIT ? TOO_LONG : "invalid reference format");
  }
  const path = match[2]!;
  if (path.length > PATH_LIMIT) throw referenceError(text, TOO_LONG);
  if (match[4] === undefined) return { domain: match[1]!, path, tag: match[3] };
  return { domain: match[1]!, path, tag: match[3], digest: checkDigest(text, match[4]) };
}

/** Whether `text` is a tag. */
export function isTag(text: string): boolean {
  return WHOLE_TAG.test(text);
}

/** Whether `text` is the name of a repository in its registry. */
export function isRepositoryPath(text: string): boolean {
  return text.length <= PATH_LIMIT && WHOLE_PATH.test(text);
}

/** Whether `text` is the host of a registry, with or without a port. */
export function isRegistryDomain(text: string): boolean {
  return text.length <= PATH_LIMIT && WHOLE_DOMAIN.test(text);
}

const TOO_LONG = `repository name must not be more than ${PATH_LIMIT} characters`;

function splitDomain(text: string): [domain: string, remainder: string] {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const isDomain = first === "localhost" || /[.:]/.test(first) || first.toLowerCase() !== first;
  const domain = !isDomain || first === LEGACY_DOMAIN ? DEFAULT_DOMAIN : first;
  const remainder = isDomain ? text.slice(slash + 1) : text;
  return [
    domain,
    domain === DEFAULT_DOMAIN && !remainder.includes("/") ? DEFAULT_NAMESPACE + remainder : remainder,
  ];
}

function checkDigest(text: string, digest: string): Digest {
  const colon = digest.indexOf(":");
  const algorithm = digest.slice(0, colon);
  const hex = digest.slice(colon + 1);
  const digits = DIGEST_DIGITS.get(algorithm);
  if (digits === undefined) throw referenceError(text, "unsupported digest algorithm");
  if (hex.length !== digits) throw referenceError(text, "invalid checksum digest length");
  if (hex !== hex.toLowerCase()) throw referenceError(text, "invalid checksum digest format");
  return `${algorithm}:${hex}`;
}

function referenceError(text: string, reason: string): CoreError {
  const shown = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return new CoreError("oci/reference", `Cannot parse reference ${JSON.stringify(shown)}: ${reason}`, {
    text: shown,
    reason,
  });
}

/** Repository as people write it: `ubuntu`, `harbor/app`, `localhost:5000/x`. */
export function familiarName(reference: Reference): string {
  const { domain, path } = reference;
  if (domain !== DEFAULT_DOMAIN) return `${domain}/${path}`;
  const short = path.startsWith(DEFAULT_NAMESPACE) ? path.slice(DEFAULT_NAMESPACE.length) : path;
  return short.includes("/") ? path : short;
}

/** The whole reference as people write it, which is how every output shows it. */
export function formatFamiliar(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

/** The whole reference with its domain: what it is stored and sorted under. */
export function formatCanonical(reference: Reference): string {
  return `${reference.domain}/${reference.path}${suffix(reference)}`;
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`);
}

/** The same reference, with the tag `latest` when it has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: "latest" }
    : reference;
}
