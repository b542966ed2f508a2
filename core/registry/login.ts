import type { ReadOptions } from "../bytes/mod.ts";
import { CoreError, isCoreError } from "../error.ts";
import type { RegistryCredentials } from "./credentials.ts";
import { discardBody } from "./read-answer.ts";
import { shownUrl, statusText } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import { dockerReason } from "./wording.ts";

/** What a login that was taken gives. */
export interface AcceptedLogin {
  /** What Docker prints. */
  readonly status: string;
  /** Kept instead of the password, where the token service gives one. */
  readonly identityToken?: string | undefined;
}

/**
 * Asks a registry whether it takes these credentials, as `docker login` does: its `/v2/`, with whatever that wants to see. Keeps nothing.
 * @throws CoreError `registry/unauthorized` with Docker's words in `detail.reason`; `registry/unreachable`; `registry/*`.
 */
export async function checkLogin(
  registry: Registry,
  login: ReadOptions & { readonly registry: string; readonly credentials: RegistryCredentials },
): Promise<AcceptedLogin> {
  const transport = registry.visitor(login.registry, login.credentials);
  const { base: url } = transport.endpoint;
  const base = shownUrl(url);
  let status: number;
  try {
    const { response } = await transport.send({
      method: "GET",
      url,
      scopes: [],
      accept: [200, 401, 403, 404],
      signal: login.signal,
    });
    ({ status } = response);
    await discardBody(response);
  } catch (error) {
    if (!isCoreError(error) || error.detail["realm"] !== true) throw error;
    const reason = `Get ${JSON.stringify(base)}: ${dockerReason(error)}`;
    throw new CoreError(
      error.code,
      `Cannot log in to ${login.registry}: ${reason}`,
      { ...error.detail, reason },
      { cause: error },
    );
  }
  if (status !== 200) {
    const reason = `login attempt to ${base} failed with status: ${statusText(status)}`;
    throw new CoreError("registry/unauthorized", `Cannot log in to ${login.registry}: ${reason}`, {
      reason,
      status,
      registry: login.registry,
    });
  }
  const { refreshToken } = transport;
  return {
    status: "Login Succeeded",
    ...(refreshToken === undefined ? {} : { identityToken: refreshToken }),
  };
}
