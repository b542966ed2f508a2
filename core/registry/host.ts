/** Whether a host name (a port may follow) means this machine: `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopback(host: string): boolean {
  const name = withoutPort(host);
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    /^127(?:\.\d{1,3}){3}$/.test(name) ||
    name === "[::1]"
  );
}

/**
 * Whether a host name (a port may follow) can be one of the internet: no IP address, not this machine, and not under a name that is kept for
 * networks of one's own. What it resolves to is not asked.
 * @see RFC 6761, RFC 6762, RFC 8375
 */
export function isPublicHost(host: string): boolean {
  const name = withoutPort(host).replace(/\.$/, "");
  if (name.startsWith("[") || !name.includes(".")) return false;
  const last = name.slice(name.lastIndexOf(".") + 1);
  // A top-level label of digits (or of hex digits after 0x) makes the whole an IPv4 address, in whatever spelling.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(last)) return false;
  return !OWN_NETWORKS.has(last) && !name.endsWith(".home.arpa");
}

/**
 * Why a server at `from` may not send somebody on to `to`; `undefined` when it may. The address carries a user or a password; it is neither https
 * nor http as the server's own; it leads from the internet to an address or into somebody's own network; it is this machine, and the server is not.
 */
export function leadFlaw(to: URL, from: URL): "user" | "plain" | "inwards" | "loopback" | undefined {
  if (to.username !== "" || to.password !== "") return "user";
  if (to.protocol !== "https:" && !(to.protocol === "http:" && from.protocol === "http:")) return "plain";
  if (isPublicHost(from.hostname) && !isPublicHost(to.hostname)) return "inwards";
  return isLoopback(to.hostname) && !isLoopback(from.hostname) ? "loopback" : undefined;
}

const OWN_NETWORKS: ReadonlySet<string> = new Set(
  "localhost local internal intranet lan home corp private test arpa".split(" "),
);

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, "");
}
