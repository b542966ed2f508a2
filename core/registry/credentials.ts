/** What proves to a registry who asks. */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string }
  /** A refresh token that a token service gave out at login; `username` only for services that still ask for it. */
  | { readonly username?: string | undefined; readonly identityToken: string }
  /** A bearer token that is sent as it stands. */
  | { readonly registryToken: string };

/** The credentials for a registry, by the name that references use; `undefined` to ask as nobody. */
export type CredentialSource = (
  registry: string,
) => RegistryCredentials | undefined | Promise<RegistryCredentials | undefined>;

/** Value of an `Authorization` header for a name and a password. @see RFC 7617 */
export function basicAuthorization(username: string, password: string): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
