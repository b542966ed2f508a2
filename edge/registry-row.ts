import { isPublicHost } from "./public-host.ts";
import { DEFAULT_REGISTRIES, PLAIN_ROW, type RegistryRow } from "./registries.ts";
import { parseUrl, refused, Section, told } from "./setting.ts";

/**
 * The table that `value` describes: a list of keys of the known registries and of objects with a `key`. An object whose key is known
 * changes that row, another one stands alone.
 * @throws CoreError `edge/policy`
 */
export function parseRegistries(value: unknown, place: string): readonly RegistryRow[] {
  if (!Array.isArray(value)) throw refused(place, told(value), "a list");
  if (value.length === 0) throw refused(place, "an empty list", "at least one registry");
  const rows = value.map((item: unknown, at) => parseRow(item, `${place}[${at}]`));
  const names = new Set<string>();
  for (const { key, aliases } of rows) {
    for (const name of [key, ...aliases]) {
      if (names.has(name)) throw refused(place, `${name} twice`, "each key and alias once");
      names.add(name);
    }
  }
  for (const { key, fallbacks } of rows) {
    for (const fallback of fallbacks)
      if (!rows.some((row) => row.key === fallback))
        throw refused(`${place} ${key}.fallbacks`, fallback, "the key of a row of the table");
  }
  return rows;
}

function parseRow(value: unknown, place: string): RegistryRow {
  if (typeof value === "string") {
    const known = DEFAULT_REGISTRIES.find(({ key }) => key === value);
    if (known === undefined)
      throw refused(place, told(value), "a registry that is known by itself, or an object with key and base");
    return known;
  }
  const section = new Section(value, place);
  const key = parseKey(section.text("key"), section.at("key"));
  const known = DEFAULT_REGISTRIES.find((row) => row.key === key);
  const before = known ?? { ...PLAIN_ROW, key, base: key.includes("*") ? "https://*" : `https://${key}` };
  const insecure = section.flag("insecure") ?? before.insecure;
  const row: RegistryRow = {
    key,
    aliases: (section.texts("aliases") ?? before.aliases).map((alias) =>
      parseKey(alias, section.at("aliases")),
    ),
    base: parseOrigin(section.text("base") ?? before.base, section.at("base"), insecure),
    realm: section.text("realm") ?? before.realm,
    realmHosts: section.texts("realmHosts") ?? before.realmHosts,
    token: section.one("token", ["bearer", "basic", "none", "auto"]) ?? before.token,
    service: section.text("service") ?? before.service,
    storage: section.texts("storage") ?? before.storage,
    blobs: section.one("blobs", ["stream", "redirect", "auto"]) ?? before.blobs,
    write: section.flag("write") ?? before.write,
    insecure,
    library: section.flag("library") ?? before.library,
    search: section.one("search", ["hub", "quay", "ecr-public", "catalog"]) ?? before.search,
    credential: parseCredential(section) ?? before.credential,
    fallbacks: section.texts("fallbacks") ?? before.fallbacks,
  };
  if (row.key.includes("*") !== row.base.includes("*"))
    throw refused(section.at("base"), told(row.base), "a * in both key and base, or in neither");
  if (row.realm !== undefined) parseTarget(row.realm, section.at("realm"), insecure);
  section.done();
  return row;
}

const KEY = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;
/** The star stands in the first label, and at least two labels follow: `*.com` would be an open proxy. */
const FAMILY = /^[a-z0-9-]*\*[a-z0-9-]*(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?){2,}$/;

function parseKey(key: string | undefined, place: string): string {
  if (key === undefined) throw refused(place, "nothing", "a host name");
  if (KEY.test(key) || FAMILY.test(key)) return key;
  throw refused(place, told(key), "a host name in lower case, or one * in the first of three or more labels");
}

function parseCredential(section: Section): RegistryRow["credential"] {
  const value = section.value("credential");
  if (value === undefined) return undefined;
  const inner = new Section(value, section.at("credential"));
  const [username, password] = [inner.text("username"), inner.secret("password")];
  if (username === undefined || password === undefined)
    throw refused(inner.place, "one of both missing", "username and password");
  inner.done();
  return { username, password };
}

/** An origin that may be dialled. */
function parseOrigin(text: string, place: string, insecure: boolean): string {
  const url = parseTarget(text.replace("*", "a.b.c"), place, insecure);
  if (url.pathname !== "/" || url.search !== "" || text.endsWith("/"))
    throw refused(place, told(text), "scheme and host without a path");
  return text;
}

function parseTarget(text: string, place: string, insecure: boolean): URL {
  const url = parseUrl(text);
  if (url === undefined) throw refused(place, told(text), "a URL");
  if (url.username !== "" || url.password !== "")
    throw refused(place, "a name or password in it", "a URL without them");
  if (insecure && /^https?:$/.test(url.protocol)) return url;
  if (url.protocol !== "https:" || url.port !== "" || !isPublicHost(url.hostname))
    throw refused(
      place,
      told(text),
      `https on a public host name and the usual port, or "insecure": true beside it`,
    );
  return url;
}
