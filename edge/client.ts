import { parseV6 } from "./public-host.ts";

/**
 * The client's address: the other end of the connection, or what the outermost of `trustedHops` proxies saw. Entries of X-Forwarded-For to
 * the left of that were written by whoever sent the request and say nothing.
 */
export function clientAddress(
  request: Request,
  peer: string | undefined,
  trustedHops: number,
): string | undefined {
  if (trustedHops === 0) return peer;
  const hops = (request.headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  const seen = hops.at(-trustedHops);
  return seen === undefined || seen === ""
    ? peer
    : seen.replace(/^\[(.*)\](:\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");
}

/** What counts as one client: an IPv4 address, or the /64 of an IPv6 address, which one subscriber owns as a whole. */
export function clientGroup(address: string | undefined): string {
  if (address === undefined) return "unknown";
  const groups = parseV6(address);
  if (groups === undefined) return address;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >>> 8, high & 255, low >>> 8, low & 255].join(".");
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}
