import { isDigest } from "../core/digest/mod.ts";
import type { FaultCode } from "./errors.ts";
import { findRegistry, type RegistryRow } from "./registries.ts";

/** How the client named the registry, kept so that what it is told can be said in the same way. */
export interface Entry {
  /** What stands before `/v2`: the access key's segment, the registry's, or nothing. */
  readonly mount: string;
  /** What stands before the repository's name: `ghcr.io/`, or nothing. */
  readonly prefix: string;
  /** The value of `ns` if it alone names the registry. */
  readonly ns: string | undefined;
  /** Whether the client named the registry at all, in whichever way. */
  readonly explicit: boolean;
}

/** What one address below `/v2` means. */
export type Endpoint =
  | { readonly kind: "ping" }
  | { readonly kind: "catalog" }
  | { readonly kind: "discover"; readonly name: string | undefined }
  | { readonly kind: "manifest"; readonly name: string; readonly reference: string }
  | { readonly kind: "blob"; readonly name: string; readonly digest: string }
  | { readonly kind: "uploads"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly session: string }
  | { readonly kind: "tags"; readonly name: string }
  | { readonly kind: "referrers"; readonly name: string; readonly digest: string };

/** A request's address, understood. */
export interface Route {
  readonly endpoint: Endpoint;
  /** Absent only for a ping that names no registry. */
  readonly registry: RegistryRow | undefined;
  /** The repository as the upstream knows it: without a prefix, with `library/`; absent where the endpoint has none. */
  readonly repository: string | undefined;
  readonly entry: Entry;
  /** The query as the client wrote it, byte for byte, without `?` and without `ns`. */
  readonly query: string;
}

/** Why an address means nothing. */
export interface RouteFault {
  readonly status: 400 | 404;
  readonly code: FaultCode;
  readonly message: string;
}

/** What addresses are understood by. */
export interface World {
  readonly registries: readonly RegistryRow[];
  readonly default: string | undefined;
  /** Host that clients know the proxy by, with its port: a label in front of it names a registry. */
  readonly host: string | undefined;
  /** Bytes that a path may have, upload tickets aside. */
  readonly longestPath: number;
}

/** One request's address, raw. */
export interface Address {
  /** Path without the access key's segment; nothing decoded. */
  readonly path: string;
  /** Query without `?`; nothing decoded. */
  readonly query: string;
  /** Host header, with its port. */
  readonly host: string;
  /** What was taken from the front of the path, to be put there again. */
  readonly mount: string;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** Sessions are the upstream's own; what could lead out of the path is refused before. */
const SESSION = /^[A-Za-z0-9._~!$&'()*+,;=:@%-]+$/;
const LONGEST_NAME = 255;
/** A ticket holds a signed address of a few KiB. */
const LONGEST_PATH = 16_384;

/** Path and query of a URL's text, with nothing decoded or put in order. */
export function rawAddress(url: string): { readonly path: string; readonly query: string } {
  const from = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0;
  const hash = url.indexOf("#", from);
  const text = url.slice(from, hash < 0 ? undefined : hash);
  const mark = text.indexOf("?");
  return mark < 0 ? { path: text, query: "" } : { path: text.slice(0, mark), query: text.slice(mark + 1) };
}

/** Whether a path is one of a registry, `/v2/…` or `/<registry>/v2/…`, and none of the page. */
export function isRegistryPath(path: string): boolean {
  return /^(?:\/[^/]+)?\/v2(?:\/|$)/.test(path);
}

/**
 * What an address means: which registry, by the host's label, the segment before `/v2`, the first segment of the name or `ns`, in this
 * order and all of one mind (R1, R2), out of a closed table (R3); and what of it, read from the right, since names are of any depth (R5).
 */
export function parseRoute(address: Address, world: World): Route | RouteFault {
  const path = address.path.replaceAll(/%3a/gi, ":");
  const flaw = flawOfPath(path, world.longestPath);
  if (flaw !== undefined) return nameInvalid(`Cannot read the address: ${flaw}`);
  // A repository may be called v2, so that a path that begins with it has nothing before it.
  const bare = /^\/v2(?:\/(.*))?$/.exec(path);
  const split = bare ?? /^\/[^/]+\/v2(?:\/(.*))?$/.exec(path);
  if (split === null) return nowhere("it is not below /v2/");
  const before = bare === null ? (path.split("/")[1] ?? "") : "";

  const named = nameRegistry({ ...address, before, rest: split[1] ?? "" }, world);
  if ("status" in named) return named;
  const { registry, query, entry } = named;
  const endpoint = parseEndpoint(named.rest);
  if (endpoint === undefined) return nowhere("the specification has no such address");
  if ("status" in endpoint) return endpoint;
  if (endpoint.kind === "ping") {
    return { endpoint, registry: entry.explicit ? registry : undefined, repository: undefined, entry, query };
  }
  if (registry === undefined) {
    return unknown(
      "No registry is named, and this proxy has none for such requests: put the registry's host before the name",
    );
  }
  const name = "name" in endpoint ? endpoint.name : undefined;
  const repository = name === undefined ? undefined : upstreamName(registry, name);
  return { endpoint, registry, repository, entry, query };
}

/** A repository's name at the upstream: one of a single segment stands for `library/` at Docker Hub (R8). */
export function upstreamName(registry: RegistryRow, name: string): string {
  return registry.library && !name.includes("/") ? `library/${name}` : name;
}

/** The path and query, from the root, of something below `/v2/<repository>` in the client's own way of saying it. */
export function clientPath(
  entry: Entry,
  name: string,
  rest: { readonly path: string; readonly query: string },
): string {
  const path = `${entry.mount}/v2/${entry.prefix}${name}${rest.path}`;
  const parts = [rest.query, entry.ns === undefined ? "" : `ns=${encodeURIComponent(entry.ns)}`];
  const query = parts.filter((part) => part !== "").join("&");
  return query === "" ? path : `${path}?${query}`;
}

/** Whether `name` is a repository's name: components of lower case, 255 characters in all. */
export function isRepositoryName(name: string): boolean {
  return name.length <= LONGEST_NAME && name.split("/").every((component) => COMPONENT.test(component));
}

/** The parameters of a raw query called `name`, decoded, and the rest of the query, untouched. */
export function takeParameter(
  query: string,
  name: string,
): { readonly values: string[]; readonly rest: string } {
  const values: string[] = [];
  const rest = query.split("&").filter((part) => {
    const equals = part.indexOf("=");
    if ((equals < 0 ? part : part.slice(0, equals)) !== name) return true;
    values.push(decoded(equals < 0 ? "" : part.slice(equals + 1)));
    return false;
  });
  return { values, rest: rest.join("&") };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function flawOfPath(path: string, longest: number): string | undefined {
  if (path.length > (path.includes("/blobs/uploads/") ? LONGEST_PATH : longest))
    return `it has ${path.length} characters, expected at most ${longest}`;
  if (/%(?:2f|5c|2e|25|0[0-9a-f]|1[0-9a-f]|7f)/i.test(path)) return "it has escapes that names never need";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  // oxlint-disable-next-line no-control-regex
  if (/[\\\u0000-\u0020\u007f-\uffff]/.test(path)) return "it has characters that names never have";
  if (path.includes("//")) return "a segment is empty";
  if (/\/\.{1,2}(?:\/|$)/.test(path)) return "it has segments of dots";
  return undefined;
}

interface Named {
  readonly registry: RegistryRow | undefined;
  readonly rest: string;
  readonly query: string;
  readonly entry: Entry;
}

/** The registry that an address names, and what is left of the address without it. */
function nameRegistry(
  address: Address & { readonly before: string; readonly rest: string },
  world: World,
): Named | RouteFault {
  const find = (name: string): RegistryRow | undefined => findRegistry(world.registries, name);
  const label = labelOf(address.host, world.host);
  const { values: spaces, rest: query } = takeParameter(address.query, "ns");
  const slash = address.rest.indexOf("/");
  const first = slash < 0 ? address.rest : address.rest.slice(0, slash);
  const inName = /[.:]/.test(first) || first === "localhost" ? first : undefined;

  const said: { readonly how: string; readonly name: string; readonly row: RegistryRow | undefined }[] = [];
  if (label !== undefined) said.push({ how: "the host", name: label, row: findByLabel(world, label) });
  if (address.before !== "")
    said.push({ how: "the path before /v2", name: address.before, row: find(address.before) });
  const space = spaces.map((name) => ({ how: "ns", name, row: find(name) }));
  const inNameRow = inName === undefined ? undefined : find(inName);
  // Below a registry that is named otherwise, a first segment with a dot may be a repository's own; one that is in the table never is.
  if (inName !== undefined && (inNameRow !== undefined || said.length + space.length === 0))
    said.push({ how: "the name", name: inName, row: inNameRow });
  said.push(...space);

  for (const { how, name, row } of said) {
    if (row === undefined)
      return unknown(`This proxy does not serve a registry called ${shown(name)}, which ${how} names`);
  }
  const chosen = said[0];
  const other = said.find(({ row }) => row?.key !== chosen?.row?.key);
  if (chosen !== undefined && other !== undefined) {
    return nameInvalid(
      `Two registries are named: ${shown(chosen.name)} by ${chosen.how}, ${shown(other.name)} by ${other.how}`,
    );
  }
  const taken = inNameRow !== undefined;
  const entry: Entry = {
    mount: address.mount + (address.before === "" ? "" : `/${address.before}`),
    prefix: taken ? `${first}/` : "",
    ns: chosen?.how === "ns" ? chosen.name : undefined,
    explicit: chosen !== undefined,
  };
  const registry = chosen?.row ?? (world.default === undefined ? undefined : find(world.default));
  return { registry, rest: taken ? address.rest.slice(first.length + 1) : address.rest, query, entry };
}

/** The label in front of the proxy's own host, `ghcr` of `ghcr.proxy.example`. */
function labelOf(host: string, own: string | undefined): string | undefined {
  const suffix = own === undefined ? undefined : `.${own.toLowerCase()}`;
  const lower = host.toLowerCase();
  return suffix !== undefined && lower.endsWith(suffix) && lower.length > suffix.length
    ? lower.slice(0, -suffix.length)
    : undefined;
}

/** A certificate's wildcard covers one label only, so that dots of a key may be written as hyphens, or an alias be given without any. */
function findByLabel({ registries }: World, label: string): RegistryRow | undefined {
  const exact = findRegistry(registries, label);
  if (exact !== undefined) return exact;
  return registries.find(({ key, aliases }) =>
    [key, ...aliases].some((name) => name.replaceAll(/[.:]/g, "-") === label),
  );
}

function parseEndpoint(rest: string): Endpoint | RouteFault | undefined {
  if (rest === "") return { kind: "ping" };
  if (rest === "_catalog") return { kind: "catalog" };
  if (rest === "_oci/ext/discover") return { kind: "discover", name: undefined };
  const parts = rest.split("/");
  const [third = "", second = "", last = ""] = [parts.at(-3), parts.at(-2), parts.at(-1)];
  const before = (count: number): string => parts.slice(0, -count).join("/");
  const endpoint = ((): Endpoint | RouteFault | undefined => {
    if (second === "tags" && last === "list") return { kind: "tags", name: before(2) };
    if (second === "manifests") return manifestAt(before(2), last);
    if (second === "referrers") return digestAt({ kind: "referrers", name: before(2), digest: last });
    if (third === "blobs" && second === "uploads") {
      if (last === "") return { kind: "uploads", name: before(3) };
      return SESSION.test(last)
        ? { kind: "upload", name: before(3), session: last }
        : { status: 400, code: "BLOB_UPLOAD_INVALID", message: "The upload's session is malformed" };
    }
    if (second === "blobs" && last === "uploads") return { kind: "uploads", name: before(2) };
    if (second === "blobs") return digestAt({ kind: "blob", name: before(2), digest: last });
    if (third === "_oci" && second === "ext" && last === "discover")
      return { kind: "discover", name: before(3) };
    return undefined;
  })();
  if (endpoint === undefined || "status" in endpoint) return endpoint;
  const name = "name" in endpoint ? endpoint.name : undefined;
  if (name === undefined || isRepositoryName(name)) return endpoint;
  return nameInvalid(
    name.length > LONGEST_NAME
      ? `The repository's name has ${name.length} characters, expected at most ${LONGEST_NAME}`
      : `The repository's name ${shown(name)} is malformed`,
  );
}

function manifestAt(name: string, reference: string): Endpoint | RouteFault {
  if (reference.includes(":")) return digestAt({ kind: "manifest", name, reference });
  if (TAG.test(reference)) return { kind: "manifest", name, reference };
  return { status: 400, code: "MANIFEST_INVALID", message: `The tag ${shown(reference)} is malformed` };
}

function digestAt(endpoint: Endpoint): Endpoint | RouteFault {
  const digest = "digest" in endpoint ? endpoint.digest : "reference" in endpoint ? endpoint.reference : "";
  if (isDigest(digest)) return endpoint;
  return { status: 400, code: "DIGEST_INVALID", message: `The digest ${shown(digest)} is malformed` };
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function nameInvalid(message: string): RouteFault {
  return { status: 400, code: "NAME_INVALID", message };
}

function unknown(message: string): RouteFault {
  return { status: 404, code: "NAME_UNKNOWN", message };
}

function nowhere(message: string): RouteFault {
  return { status: 404, code: "NAME_UNKNOWN", message: `Cannot read the address: ${message}` };
}
