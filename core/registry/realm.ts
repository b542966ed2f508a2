import { CoreError } from "../error.ts";
import { leadFlaw } from "./host.ts";

/**
 * Where tokens are to be had, as a challenge of the server at `base` says it. RegistryCredentials go there, so it must be https (plain http only
 * where the registry itself is), without user and password; a registry of the internet may not name an address or a machine of somebody's own network.
 * @throws CoreError `registry/realm`.
 */
export function realmUrl(realm: string, base: string): URL {
  const asked = new URL(base);
  let url: URL;
  try {
    url = new URL(realm, base);
  } catch {
    throw refused(asked, realm, "it is no URL");
  }
  const flaw = leadFlaw(url, asked);
  if (flaw !== undefined) throw refused(asked, flaw === "user" ? url.host : url.origin, FLAWS[flaw]);
  url.hash = "";
  return url;
}

const FLAWS = {
  user: "it carries a user or a password",
  plain: "it is not https",
  inwards: "it is no host of the internet, and the registry is",
  loopback: "it is this machine, and the registry is not",
} as const;

function refused(asked: URL, realm: string, flaw: string): CoreError {
  const shown = realm.slice(0, 200);
  return new CoreError(
    "registry/realm",
    `Cannot ask ${JSON.stringify(shown)} for a token for ${asked.host}: ${flaw}`,
    { registry: asked.host, realm: shown, flaw },
  );
}
