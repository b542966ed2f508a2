import { CoreError } from "../error.ts";
import { leadFlaw } from "./host.ts";
import { shownUrl } from "./refusal.ts";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Where a response sends the request on to; `undefined` when it is an answer itself.
 * @throws CoreError `registry/redirect` when that is no place to go: from https to plain http, from the internet into somebody's own network,
 * or with a user or a password.
 */
export function nextHop(response: Response, from: string): string | undefined {
  if (!REDIRECTS.has(response.status)) return undefined;
  const location = response.headers.get("location");
  if (location === null) throw refused(from, "it says not where to");
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    throw refused(from, "where to is no URL");
  }
  const flaw = placeFlaw(to, new URL(from));
  if (flaw !== undefined) throw refused(from, flaw);
  to.hash = "";
  return to.href;
}

/** What speaks against going from one place to another; `undefined` for nothing. */
function placeFlaw(to: URL, from: URL): string | undefined {
  switch (leadFlaw(to, from)) {
    case undefined:
      return undefined;
    case "user":
      return "where to carries a user or a password";
    case "plain":
      return `${to.protocol}//${to.host} is not https`;
    default:
      return `${to.host} is no host of the internet`;
  }
}

function refused(from: string, flaw: string): CoreError {
  const url = shownUrl(from);
  return new CoreError("registry/redirect", `Cannot follow the redirect of ${url}: ${flaw}`, { url, flaw });
}
