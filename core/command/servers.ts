import { type CredentialSource, DOCKER_HUB } from "../registry/mod.ts";
import type { Credentials } from "./context.ts";

/** What Docker keeps the login for Docker Hub under. */
export const HUB_SERVER = "https://index.docker.io/v1/";

/** What a login is kept under for a server as somebody typed it: its host, or Docker Hub's own key. */
export function serverKey(typed: string | undefined): string {
  const host = (typed ?? "").replace(/^https?:\/\//, "").split("/")[0] ?? "";
  if (host === "" || host === "docker.io" || host === "index.docker.io" || host === "registry-1.docker.io")
    return HUB_SERVER;
  return host;
}

/** The logins that are kept, for registries to ask for: each is given to the registry it is for, and to no other. */
export function registryCredentials({ get }: Pick<Credentials, "get">): CredentialSource {
  return async (registry) => {
    const login = await get(registry === DOCKER_HUB ? HUB_SERVER : registry);
    if (login === undefined) return undefined;
    const { username, password, identityToken } = login;
    return identityToken === undefined ? { username, password } : { username, identityToken };
  };
}
